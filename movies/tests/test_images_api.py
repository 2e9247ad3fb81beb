"""POST /api/movies/{id}/images"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from rest_framework.test import APIClient

from movies.models import Image, Movie
from movies.tests.factories import MovieFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def jpeg(width: int = 400, height: int = 600) -> SimpleUploadedFile:
    file = io.BytesIO()
    Picture.new("RGB", (width, height), "navy").save(file, "JPEG")
    return SimpleUploadedFile("poster.jpg", file.getvalue(), "image/jpeg")


def test_a_poster_is_seen_wherever_the_movie_is(curator: APIClient, anyone: APIClient) -> None:
    movie = MovieFactory.create()
    response = curator.post(f"/api/movies/{movie.pk}/images", {"file": jpeg(), "kind": "poster"}, format="multipart")
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["kind"], body["width"], body["height"]) == ("poster", 400, 600)
    document = anyone.get(f"/api/movies/{movie.pk}?expand=images")
    assert document.json()["poster_url"] == body["url"]
    assert document.json()["images"] == [body]
    assert document.headers["ETag"].startswith('"2-')
    picture = anyone.get(body["url"])
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    content = b"".join(picture)
    assert Picture.open(io.BytesIO(content)).size == (400, 600)
    assert anyone.get(body["renditions"]["185"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"kind": "poster"}, "/file"),
        ({"file": "not a file", "kind": "poster"}, "/file"),
        ({"file": jpeg, "kind": "portrait"}, "/kind"),
        ({"file": jpeg}, "/kind"),
        ({"file": jpeg, "kind": "poster", "language": "Frnch"}, "/language"),
        ({"file": jpeg, "kind": "poster", "colour": "red"}, "/colour"),
        (
            {
                "file": lambda: SimpleUploadedFile("x.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
                "kind": "poster",
            },
            "/file",
        ),
        ({"file": lambda: SimpleUploadedFile("x.jpg", b""), "kind": "poster"}, "/file"),
    ],
)
def test_a_wrong_upload_is_named_and_leaves_nothing(
    curator: APIClient, tmp_path: Path, fields: dict[str, Any], pointer: str
) -> None:
    movie = MovieFactory.create()
    data = {name: value() if callable(value) else value for name, value in fields.items()}
    response = curator.post(f"/api/movies/{movie.pk}/images", data, format="multipart")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, pointer), response.content
    assert not Image.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_oversized_file_is_413(curator: APIClient, settings: Any, tmp_path: Path) -> None:
    settings.UPLOAD_MAX_BYTES = 1024
    movie = MovieFactory.create()
    response = curator.post(f"/api/movies/{movie.pk}/images", {"file": jpeg(), "kind": "poster"}, format="multipart")
    assert response.status_code == 413
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_movie_may_come_with_its_poster_and_neither_without_the_other(curator: APIClient, tmp_path: Path) -> None:
    made = curator.post("/api/movies", {"title": "Heat", "poster": jpeg()}, format="multipart")
    assert made.status_code == 201, made.content
    assert made.json()["poster_url"].startswith("http://testserver/media/images/")
    broken = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0 no picture")
    refused = curator.post("/api/movies", {"title": "Ronin", "poster": broken}, format="multipart")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/poster")
    assert Movie.objects.count() == 1
    assert curator.post("/api/movies", {"title": "X", "poster": "text"}, format="multipart").status_code == 400


def test_uploading_takes_its_permission(anyone: APIClient, alice: APIClient, curator: APIClient) -> None:
    movie = MovieFactory.create()
    for client, status in ((anyone, 401), (alice, 403)):
        answer = client.post(f"/api/movies/{movie.pk}/images", {"file": jpeg(), "kind": "poster"}, format="multipart")
        assert answer.status_code == status
    missing = curator.post("/api/movies/999999/images", {"file": jpeg(), "kind": "poster"}, format="multipart")
    assert missing.status_code == 404
    assert not Image.objects.exists()


def test_an_unknown_field_of_the_form_is_named(curator: APIClient) -> None:
    answer = curator.post(f"/api/movies/{MovieFactory.create().pk}/images", {"image": "x"}, format="multipart")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (400, "/image", "unknown")
    assert error["detail"] == "There is no field 'image'. Known are: file, kind, language."
