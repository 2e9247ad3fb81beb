"""`/api/me/avatar`: square, made anew, and nothing of the one before is left."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from accounts.models import Profile
from watchly.tests.pictures import prepared, stored, upload

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
AVATAR = "/api/me/avatar"
RED, BLUE = (200, 30, 40), (20, 40, 200)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def banner(width: int = 1200, height: int = 600, *, orientation: int = 1) -> bytes:
    """Red, with a blue square in the middle."""
    image = Image.new("RGB", (width, height), RED)
    side = min(width, height)
    image.paste(BLUE, ((width - side) // 2, (height - side) // 2, (width + side) // 2, (height + side) // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "PNG", exif=exif)
    return out.getvalue()


@pytest.mark.django_db
def test_an_avatar_is_the_middle_of_the_picture_in_four_sizes(alice: APIClient) -> None:
    response = alice.put(AVATAR, {"file": upload(banner())}, format="multipart")
    assert response.status_code == 200, response.content
    body = response.json()
    assert list(body["avatar_renditions"]) == ["64", "128", "256", "512"]
    assert body["avatar_url"] == body["avatar_renditions"]["512"]
    for width, address in body["avatar_renditions"].items():
        with Image.open(io.BytesIO(b"".join(alice.get(address)))) as picture:
            assert (picture.format, picture.size) == ("WEBP", (int(width), int(width)))
            red, _, blue = picture.convert("RGB").getpixel((2, 2))  # type: ignore[misc]
            assert blue > 150 > 80 > red


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("size", [(1200, 600), (600, 1200), (90, 40), (40, 40)])
def test_square_is_square_however_the_picture_lies(size: tuple[int, int], orientation: int) -> None:
    made = prepared(banner(*size, orientation=orientation), widths=(64, 512), square=True)
    assert all(rendition.width == rendition.height for rendition in made.renditions)
    assert made.largest.width == min(512, *size)


@pytest.mark.django_db
def test_a_new_one_takes_the_place_of_the_old(alice: APIClient, django_capture_on_commit_callbacks: Any) -> None:
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            body = alice.put(AVATAR, {"file": upload(banner())}, format="multipart").json()
        assert {f"http://testserver/media/{name}" for name in stored()} == set(body["avatar_renditions"].values())
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.delete(AVATAR).status_code == 204
    assert stored() == set()
    assert alice.get("/api/me").json()["avatar_url"] is None
    assert alice.delete(AVATAR).status_code == 204


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 400, "required"),
        ({"file": "a text"}, 400, "required"),
        ({"file": lambda: SimpleUploadedFile("a.png", SVG)}, 400, "image_type"),
        ({"file": lambda: SimpleUploadedFile("a.png", banner()[:-40])}, 400, "image_truncated"),
        ({"file": lambda: upload(banner()), "kind": "poster"}, 400, "unknown"),
    ],
)
def test_what_is_no_picture_changes_nothing(alice: APIClient, form: dict[str, Any], status: int, code: str) -> None:
    body = {name: value() if callable(value) else value for name, value in form.items()}
    response = alice.put(AVATAR, body, format="multipart")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (status, code)
    assert stored() == set()
    assert not Profile.objects.exists()


@pytest.mark.django_db
def test_a_storage_that_is_full_leaves_the_old_one(alice: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = alice.put(AVATAR, {"file": upload(banner())}, format="multipart").json()
    files = stored()

    def full(name: str, content: Any, max_length: int | None = None) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    response = alice.put(AVATAR, {"file": upload(banner())}, format="multipart")
    assert (response.status_code, response.json()["code"]) == (507, "storage_unavailable")
    assert stored() == files
    assert alice.get("/api/me").json() == before
