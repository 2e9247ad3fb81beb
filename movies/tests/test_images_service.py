"""Adding pictures to movies: what is stored, what lists show, and that nothing is left of what failed."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError
from PIL import Image as Pillow

from movies.models import Image, Movie
from movies.services import images
from movies.services.images import add_image
from movies.tests.factories import MovieFactory
from watchly.common.errors import Conflict, Gone, NotFound, RuleViolation, StorageUnavailable, TooLarge, WatchlyError
from watchly.common.files import stored as stored_files
from watchly.tests.pictures import archive, picture, png_claiming, stored, upload

pytestmark = pytest.mark.django_db

BLUE = (20, 40, 200)


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def movie() -> Movie:
    return MovieFactory.create()


@pytest.fixture
def nothing_happens(movie: Movie) -> Iterator[None]:
    """After the test the movie, the table and the storage are as before it."""
    before = Movie.objects.values().get(pk=movie.pk)
    yield
    assert Movie.objects.values().get(pk=movie.pk) == before
    assert not Image.objects.exists()
    assert stored() == set()


# --- Adding ---


def test_a_poster_is_stored_in_renditions_and_shown(movie: Movie) -> None:
    image = add_image(movie_id=movie.pk, kind="poster", upload=upload(picture(size=(1400, 2100))), language="en")
    image.refresh_from_db()
    assert list(image.renditions) == ["185", "342", "500", "780", "1280"]
    assert stored() == set(image.renditions.values())
    assert image.path == image.renditions["1280"]
    assert image.path.startswith(f"images/{image.path[7:9]}/{image.path[7:9]}")
    assert (image.width, image.height, image.language, image.position) == (1280, 1920, "en", 0)
    with default_storage.open(image.path) as file:
        content = file.read()
    assert image.bytes == len(content)
    assert Pillow.open(io.BytesIO(content)).format == "WEBP"
    before, version = movie.updated_at, movie.version
    movie.refresh_from_db()
    assert (movie.poster_path, movie.backdrop_path, movie.version) == (image.path, None, version + 1)
    assert movie.locked_fields == ["images"]
    assert movie.updated_at > before


@pytest.mark.parametrize("kind", ["backdrop", "screenshot"])
def test_wide_kinds_have_wide_renditions(movie: Movie, kind: str) -> None:
    image = add_image(movie_id=movie.pk, kind=kind, upload=upload(picture(size=(2400, 1350))))
    assert list(image.renditions) == ["300", "780", "1280", "1920"]
    movie.refresh_from_db()
    assert movie.poster_path is None
    assert movie.backdrop_path == (image.path if kind == "backdrop" else None)


def test_without_lock_the_version_rises_and_nothing_is_locked(movie: Movie) -> None:
    add_image(movie_id=movie.pk, kind="poster", upload=upload(), lock=False)
    movie.refresh_from_db()
    assert (movie.version, movie.locked_fields) == (2, [])


def test_a_second_picture_stands_behind_the_first(movie: Movie) -> None:
    first = add_image(movie_id=movie.pk, kind="poster", upload=upload())
    second = add_image(movie_id=movie.pk, kind="poster", upload=upload(picture(colour=BLUE)))
    assert (first.position, second.position) == (0, 1)
    assert stored() == {*first.renditions.values(), *second.renditions.values()}
    movie.refresh_from_db()
    assert movie.poster_path == first.path


def test_the_same_upload_twice_is_a_conflict(movie: Movie) -> None:
    first = add_image(movie_id=movie.pk, kind="poster", upload=upload())
    with pytest.raises(Conflict) as caught:
        add_image(movie_id=movie.pk, kind="poster", upload=upload(name="other.jpg"), pointer="/poster")
    assert (caught.value.code, caught.value.errors[0].pointer) == ("same_image", "/poster")
    assert Image.objects.get() == first
    assert stored() == set(first.renditions.values())
    movie.refresh_from_db()
    assert movie.version == 2


def test_the_same_upload_may_serve_two_kinds_and_two_movies(movie: Movie) -> None:
    made = [
        add_image(movie_id=movie.pk, kind="poster", upload=upload()),
        add_image(movie_id=movie.pk, kind="screenshot", upload=upload()),
        add_image(movie_id=MovieFactory.create().pk, kind="poster", upload=upload()),
    ]
    assert len({image.digest for image in made}) == 1
    assert len({image.path for image in made}) == 3


def test_an_upload_that_was_read_before_is_read_again(movie: Movie) -> None:
    file = upload()
    file.read()
    assert add_image(movie_id=movie.pk, kind="poster", upload=file).width == 600


# --- Nothing is left behind ---


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (png_claiming(50_000, 50_000), TooLarge, "image_too_large"),
        (bytes(6 * 2**20), TooLarge, "file_too_large"),
        (b"", RuleViolation, "not_an_image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', RuleViolation, "image_type"),
        (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", RuleViolation, "image_type"),
        (picture() + archive(), RuleViolation, "image_polyglot"),
        (picture()[:-400], RuleViolation, "image_truncated"),
        (picture(size=(1, 1)), RuleViolation, "image_too_small"),
    ],
)
@pytest.mark.usefixtures("nothing_happens")
def test_a_refused_file_leaves_nothing(movie: Movie, data: bytes, kind: type[WatchlyError], code: str) -> None:
    with pytest.raises(kind) as caught:
        add_image(movie_id=movie.pk, kind="poster", upload=upload(data, name="poster.png"))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"kind": "logo"}, "/kind"),
        ({"kind": "poster", "language": "english"}, "/language"),
        ({"kind": "poster", "language": "EN"}, "/language"),
    ],
)
@pytest.mark.usefixtures("nothing_happens")
def test_wrong_values_are_refused(movie: Movie, values: dict[str, Any], pointer: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        add_image(movie_id=movie.pk, upload=upload(), **values)
    assert caught.value.errors[0].pointer == pointer


@pytest.mark.usefixtures("nothing_happens")
def test_a_missing_movie_is_not_found_before_the_file_is_looked_at() -> None:
    with pytest.raises(NotFound):
        add_image(movie_id=0, kind="poster", upload=upload(b"not even a picture"))


@pytest.mark.usefixtures("nothing_happens")
def test_a_movie_withdrawn_meanwhile_gets_no_picture(movie: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    real = images.get_movie

    def withdrawn_under_the_lock(*, movie_id: int, for_update: bool = False) -> Movie:
        if for_update:
            assert stored()  # the files are there by now
            raise Gone
        return real(movie_id=movie_id)

    monkeypatch.setattr(images, "get_movie", withdrawn_under_the_lock)
    with pytest.raises(Gone):
        add_image(movie_id=movie.pk, kind="poster", upload=upload())


@pytest.mark.parametrize("error", [RuntimeError, OperationalError, KeyboardInterrupt])
@pytest.mark.usefixtures("nothing_happens")
def test_a_failing_transaction_leaves_nothing(
    movie: Movie, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail(**_: Any) -> None:
        assert stored()
        raise error

    monkeypatch.setattr(images, "record_edit", fail)
    with pytest.raises(error):
        add_image(movie_id=movie.pk, kind="poster", upload=upload())


def test_when_the_commit_may_have_come_through_the_files_stay(movie: Movie, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def lost_at_the_end() -> Iterator[None]:
        yield
        raise OperationalError("the connection was lost")

    monkeypatch.setattr(stored_files, "transaction", SimpleNamespace(atomic=lost_at_the_end))
    monkeypatch.setattr(images, "_insert", lambda *_: Image(movie=movie))
    with pytest.raises(OperationalError):
        add_image(movie_id=movie.pk, kind="poster", upload=upload())
    assert len(stored()) == 4  # if no row names them, the sweep finds them


@pytest.mark.parametrize("fails_at", [1, 3])
@pytest.mark.usefixtures("nothing_happens")
def test_a_full_disk_leaves_nothing(movie: Movie, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    real, calls = FileSystemStorage._save, []  # type: ignore[attr-defined]

    def until_full(self: FileSystemStorage, name: str, content: Any) -> str:
        calls.append(name)
        if len(calls) == fails_at:
            real(self, name, ContentFile(b"the first half"))  # what was written before the disk was full
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", until_full)
    with pytest.raises(StorageUnavailable) as caught:
        add_image(movie_id=movie.pk, kind="poster", upload=upload())
    assert isinstance(caught.value.__cause__, OSError)
    assert len(calls) == fails_at
