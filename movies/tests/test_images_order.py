"""Removing pictures of movies, and which of them lists show."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from movies.models import Image, Movie
from movies.services import images
from movies.services.images import add_image, make_first, remove_image
from movies.tests.factories import MovieFactory
from watchly.common.errors import NotFound
from watchly.tests.pictures import picture, stored, upload

pytestmark = pytest.mark.django_db

BLUE, GREEN = (20, 40, 200), (30, 180, 60)


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def movie() -> Movie:
    return MovieFactory.create()


def test_removing_the_first_shows_the_next(movie: Movie, django_capture_on_commit_callbacks: Any) -> None:
    first = add_image(movie_id=movie.pk, kind="poster", upload=upload())
    second = add_image(movie_id=movie.pk, kind="poster", upload=upload(picture(colour=BLUE)))
    with django_capture_on_commit_callbacks() as callbacks:
        remove_image(image_id=first.pk)
    assert stored() == {*first.renditions.values(), *second.renditions.values()}  # until the transaction is through
    for callback in callbacks:
        callback()
    assert stored() == set(second.renditions.values())
    movie.refresh_from_db()
    assert (movie.poster_path, movie.version) == (second.path, 4)


def test_removing_the_only_one_leaves_none(movie: Movie, django_capture_on_commit_callbacks: Any) -> None:
    image = add_image(movie_id=movie.pk, kind="backdrop", upload=upload())
    with django_capture_on_commit_callbacks(execute=True):
        remove_image(image_id=image.pk)
    movie.refresh_from_db()
    assert movie.backdrop_path is None
    assert stored() == set()
    with pytest.raises(NotFound):
        remove_image(image_id=image.pk)


def test_a_removal_that_fails_removes_nothing(movie: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    image = add_image(movie_id=movie.pk, kind="poster", upload=upload())
    monkeypatch.setattr(images, "record_edit", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        remove_image(image_id=image.pk)
    assert Image.objects.get() == image
    assert stored() == set(image.renditions.values())


def test_a_file_that_cannot_be_deleted_fails_no_removal(
    movie: Movie, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    image = add_image(movie_id=movie.pk, kind="poster", upload=upload())

    def fail(self: FileSystemStorage, name: str) -> None:
        raise PermissionError(errno.EACCES, "no", name)

    monkeypatch.setattr(FileSystemStorage, "delete", fail)
    with django_capture_on_commit_callbacks(execute=True):
        remove_image(image_id=image.pk)
    assert not Image.objects.exists()


def test_another_is_made_first(movie: Movie) -> None:
    colours = [(200, 30, 40), BLUE, GREEN]
    one, two, three = (
        add_image(movie_id=movie.pk, kind="poster", upload=upload(picture(colour=colour))) for colour in colours
    )
    backdrop = add_image(movie_id=movie.pk, kind="backdrop", upload=upload())
    assert make_first(image_id=three.pk).position == 0
    assert list(Image.objects.filter(kind="poster").values_list("pk", "position")) == [
        (three.pk, 0),
        (one.pk, 1),
        (two.pk, 2),
    ]
    movie.refresh_from_db()
    assert (movie.poster_path, movie.backdrop_path, movie.version) == (three.path, backdrop.path, 6)


def test_making_the_first_first_changes_nothing(movie: Movie) -> None:
    image = add_image(movie_id=movie.pk, kind="poster", upload=upload())
    make_first(image_id=image.pk)
    movie.refresh_from_db()
    assert movie.version == 2


def test_a_picture_that_is_not_there_cannot_be_first() -> None:
    with pytest.raises(NotFound):
        make_first(image_id=0)
