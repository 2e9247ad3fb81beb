"""How large a body each caller may send where: asked of the views, before the body is read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from watchly.entry.admission import ANYONES_BYTES, allowed_bytes
from watchly.tests.fixtures import MakeUser

pytestmark = pytest.mark.django_db

IMAGES = 4 * settings.UPLOAD_MAX_BYTES
IMPORT = settings.IMPORT_MAX_BYTES + ANYONES_BYTES
UPLOAD_PAGE, MOVIE_PAGE = "/admin/movies/importrun/add/", "/admin/movies/movie/add/"


def _allowed(path: str, client: Client, media_type: str = "multipart/form-data; boundary=b") -> int:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": media_type,
        "HTTP_COOKIE": cookies,
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    return allowed_bytes(environ)


@pytest.mark.parametrize(
    ("role", "path", "most"),
    [
        (None, UPLOAD_PAGE, ANYONES_BYTES),
        (None, MOVIE_PAGE, ANYONES_BYTES),
        ("curator", UPLOAD_PAGE, IMPORT),
        ("curator", MOVIE_PAGE, IMAGES),
        ("moderator", UPLOAD_PAGE, IMAGES),
        ("curator", "/admin/nothing/", IMAGES),
        ("curator", "/nothing", ANYONES_BYTES),
        ("curator", "/api/movies/import", ANYONES_BYTES),  # by cookie, without the CSRF token
    ],
)
def test_what_a_caller_may_send_to_a_page(make_user: MakeUser, role: str | None, path: str, most: int) -> None:
    client = Client()
    if role is not None:
        client.force_login(make_user(role=role))
    assert _allowed(path, client) == most


def test_a_user_without_a_role_sends_no_files_to_the_back_office(make_user: MakeUser) -> None:
    client = Client()
    client.force_login(make_user())
    assert _allowed(UPLOAD_PAGE, client) == ANYONES_BYTES
