"""Pictures from the local disk: what is served, how, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import path

from watchly.api.media import media

urlpatterns = [path("media/<path:path>", media)]
pytestmark = pytest.mark.urls(__name__)

NAME = "images/ab/ab12-w185.webp"
CONTENT = b"RIFF a picture"


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    root = tmp_path / "media"
    settings.MEDIA_ROOT = root
    (root / NAME).parent.mkdir(parents=True)
    (root / NAME).write_bytes(CONTENT)
    return root


def test_a_picture_is_served_once_and_for_all(client: Client) -> None:
    response = client.get(f"/media/{NAME}")
    assert response.status_code == 200
    assert response.getvalue() == CONTENT
    expected = {
        "Content-Type": "image/webp",
        "Content-Length": str(len(CONTENT)),
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    assert {name: response.headers[name] for name in expected} == expected
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [("webp", "image/webp"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("png", "image/png")],
)
def test_the_type_is_that_of_the_name(client: Client, media_root: Path, suffix: str, content_type: str) -> None:
    (media_root / f"a.{suffix}").write_bytes(b"<script>alert(1)</script>")
    response = client.get(f"/media/a.{suffix}")
    assert response.getvalue()
    assert response.headers["Content-Type"] == content_type


def test_head_has_the_headers_and_no_body(client: Client) -> None:
    response = client.head(f"/media/{NAME}")
    assert (response.status_code, response.headers["Content-Length"]) == (200, str(len(CONTENT)))
    assert response.getvalue() == b""


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_else_can_be_done(client: Client, media_root: Path, method: str) -> None:
    assert getattr(client, method)(f"/media/{NAME}").status_code == 405
    assert (media_root / NAME).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "name",
    [
        "images/ab/absent.webp",
        "images",
        "images/",
        "images/ab/",
        "images//ab/ab12-w185.webp",
        "./images/ab/ab12-w185.webp",
        "images/../images/ab/ab12-w185.webp",
        "../secret.webp",
        "..%2fsecret.webp",
        "%2e%2e/secret.webp",
        "images/..%5c..%5csecret.webp",
        "%2f%2fetc/secret.webp",
        "C:%5csecret.webp",
        "images/ab/ab12-w185.webp%00.png",
        "images/ab/ab12-w185.webp%0a",
        "images/ab/ab12-w185.WEBP",
        "images/ab/ab12-w185.webp/",
        "folder.webp",
        ".hidden.webp",
        "images/.hidden/a.webp",
        "drawing.svg",
        "page.html",
        "page.html.gz",
        "import.csv",
        "noextension",
        "linked.webp",
        "dangling.webp",
        "loop.webp",
        "a" * 300 + ".webp",
        "a/" * 5000 + "a.webp",
    ],
)
def test_all_else_is_not_there(client: Client, media_root: Path, name: str) -> None:
    secret = media_root.parent / "secret.webp"
    secret.write_bytes(b"secret")
    (media_root / "folder.webp").mkdir()
    (media_root / "images/.hidden").mkdir()
    for present in (".hidden.webp", "images/.hidden/a.webp", "drawing.svg", "page.html", "import.csv", "noextension"):
        (media_root / present).write_bytes(b"secret")
    (media_root / "linked.webp").symlink_to(secret)
    (media_root / "dangling.webp").symlink_to(media_root / "nowhere")
    (media_root / "loop.webp").symlink_to(media_root / "loop.webp")
    response = client.get(f"/media/{name}")
    assert response.status_code == 404
    assert b"secret" not in response.content.replace(name.encode(), b"")
    assert "immutable" not in response.headers.get("Cache-Control", "")


def test_a_file_that_may_not_be_read_is_not_there(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, mode: str) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", fail)
    assert client.get(f"/media/{NAME}").status_code == 404


def test_a_root_that_is_not_there_yet_holds_nothing(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "later"
    assert client.get(f"/media/{NAME}").status_code == 404
