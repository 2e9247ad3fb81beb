"""A movie's pictures on its page in the back office."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from movies.admin.pictures import image_thumbnail, poster_thumbnail
from movies.models import Image, Movie
from movies.tests.back_office import form_data, page, signed_in
from movies.tests.factories import ImageFactory, MovieFactory
from watchly.common.files import pictures
from watchly.tests.pictures import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


def add(browser: Client, movie: Movie, file: Any, **values: Any) -> Any:
    data = form_data(browser.get(page(movie)))
    number = data["images-TOTAL_FORMS"]
    row = {"kind": "poster", "movie": movie.pk, **({"upload": file} if file else {}), **values}
    data |= {"images-TOTAL_FORMS": number + 1, **{f"images-{number}-{name}": value for name, value in row.items()}}
    return browser.post(page(movie), data)


def test_a_picture_is_added_shown_and_put_first(browser: Client) -> None:
    movie = MovieFactory.create()
    old = ImageFactory.create(movie=movie, position=0)
    response = add(browser, movie, upload(), language="German", first="on")
    assert response.status_code == 302
    new = Image.objects.exclude(pk=old.pk).get()
    movie.refresh_from_db()
    assert (new.language, movie.poster_path) == ("de", new.path)
    assert movie.locked_fields == ["images"]
    assert image_thumbnail(new) in browser.get(page(movie)).content.decode()


def test_an_upload_is_decoded_once(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []
    real = pictures._decode

    def counted(data: bytes, *arguments: Any) -> Any:
        decoded.append(data)
        return real(data, *arguments)

    monkeypatch.setattr(pictures, "_decode", counted)
    assert add(browser, MovieFactory.create(), upload()).status_code == 302
    assert (len(decoded), Image.objects.count()) == (1, 1)


def test_what_is_wrong_with_a_file_is_said_beside_it(browser: Client) -> None:
    movie = MovieFactory.create()
    for file, said in ((None, "Choose a file"), (SimpleUploadedFile("a.jpg", b"not a picture"), "picture")):
        response = add(browser, movie, file)
        assert response.status_code == 200
        inline = next(each for each in response.context["inline_admin_formsets"] if each.formset.prefix == "images")
        assert said in str(inline.formset.forms[0].errors["upload"])
    assert not Image.objects.exists()


def test_the_same_picture_twice_is_refused(browser: Client) -> None:
    movie = MovieFactory.create()
    assert add(browser, movie, upload()).status_code == 302
    assert "has this poster already" in add(browser, movie, upload()).content.decode()
    assert Image.objects.count() == 1


def test_a_picture_is_taken_away(browser: Client) -> None:
    movie = MovieFactory.create()
    ImageFactory.create(movie=movie, position=0), ImageFactory.create(movie=movie, position=1)
    data = form_data(browser.get(page(movie)))
    assert browser.post(page(movie), {**data, "images-0-DELETE": "on"}).status_code == 302
    movie.refresh_from_db()
    assert movie.poster_path == Image.objects.get().path


def test_thumbnails_are_the_narrowest_rendition() -> None:
    prefix = settings.MEDIA_URL
    assert poster_thumbnail("images/ab/x-w1280.webp") == f"{prefix}images/ab/x-w185.webp"
    assert poster_thumbnail("images/ab/x-w120.webp") == f"{prefix}images/ab/x-w120.webp"
    assert poster_thumbnail(None) is None
    image = Image(path="x-w500.webp", renditions={"500": "x-w500.webp", "185": "x-w185.webp"})
    assert image_thumbnail(image) == f"{prefix}x-w185.webp"
