"""Pictures in S3 and at Cloudinary: what rows say, what the API answers, and that nothing is left of what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from movies.api.serializers.movie import IMAGE
from movies.models import Image, Movie
from movies.services.images import add_image, remove_image
from movies.tests.factories import MovieFactory
from watchly.api.addresses import STAND_IN
from watchly.api.statements import fetch
from watchly.common.errors import StorageUnavailable
from watchly.common.files import stored as stored_files
from watchly.common.files.layouts import cuts_itself
from watchly.tests import stand_in_cloudinary as cloud
from watchly.tests import stand_in_s3 as s3
from watchly.tests.pictures import picture, upload
from watchly.tests.stand_ins import Fault, StandIn, after, hanging, only, reset, status, truncated

KINDS = {"s3": (s3, s3.S3Handler), "cloudinary": (cloud, cloud.CloudinaryHandler)}


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The storage in use is behind this server."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    stand_in, handler = KINDS[request.param]
    with StandIn(handler) as server:
        settings.STORAGES = {**settings.STORAGES, "default": stand_in.settings(server)}
        yield server


@pytest.fixture
def movie(db: None) -> Movie:
    return MovieFactory.create()


def add(movie: Movie, width: int = 600) -> Image:
    data = picture(size=(width, width * 3 // 2))
    return add_image(movie_id=movie.pk, kind="poster", upload=upload(data))


def test_a_picture_is_kept_and_its_row_says_where(server: StandIn, movie: Movie) -> None:
    image = add(movie)
    image.refresh_from_db()
    assert image.path.endswith("-w600.webp")
    assert list(image.renditions) == ["185", "342", "500", "600"]
    assert image.renditions["600"] == image.path
    if cuts_itself(default_storage):
        assert set(server.files) == {image.path}  # one file; Cloudinary makes the others
        assert image.renditions["185"] == f"c_limit,f_webp,q_auto,w_185/v1/{image.path}"
    else:
        assert set(server.files) == set(image.renditions.values())
    assert len(server.files[image.path]) == image.bytes
    movie.refresh_from_db()
    assert movie.poster_path == image.path


def test_the_answer_has_the_shape_that_it_always_has(
    server: StandIn, movie: Movie, anyone: APIClient, settings: Any
) -> None:
    image = add(movie)
    body = anyone.get(f"/api/movies/{movie.pk}/images").json()
    (shown,) = body["results"] if isinstance(body, dict) else body
    prefix = f"http://testserver{settings.MEDIA_URL}"
    assert shown["url"] == f"{prefix}{image.path}"
    assert shown["renditions"] == {width: f"{prefix}{path}" for width, path in image.renditions.items()}
    ((text,),) = fetch(f"SELECT {IMAGE.expression()} FROM {IMAGE.table} d WHERE d.id = %(id)s", {"id": image.pk})
    assert json.loads(text.replace(STAND_IN, "http://testserver"))["renditions"] == shown["renditions"]


@pytest.mark.django_db(transaction=True)
def test_a_removed_picture_takes_its_files_along(server: StandIn) -> None:
    image = add(MovieFactory.create())
    remove_image(image_id=image.pk)
    assert server.files == {}
    # One call for each file that there was, and none for what Cloudinary made.
    deleted = [line for line in server.requests if line.startswith("DELETE") or "destroy" in line]
    assert len(deleted) == (1 if cuts_itself(default_storage) else 4)


BROKEN = status(500, b'{"error": {"message": "broken"}}')
REFUSED = status(403, b'{"error": {"message": "not allowed"}}')


@pytest.mark.parametrize(
    ("fault", "calls"),
    [(BROKEN, 0), (BROKEN, 2), (REFUSED, 1), (reset, 0), (reset, 2), (truncated, 0), (hanging, 1)],
)
def test_a_storage_that_fails_leaves_neither_row_nor_file(
    server: StandIn, movie: Movie, fault: Fault, calls: int
) -> None:
    before = Movie.objects.values().get(pk=movie.pk)
    cloudinary = cuts_itself(default_storage)
    if fault is truncated and not cloudinary:
        fault = reset  # what a PUT is answered with has no body that could be cut off
    if cloudinary:  # one file is one call
        server.fault = lambda handler: handler.path.endswith("/upload") and fault(handler)
    else:
        server.fault = only("PUT", after(calls, fault))
    with pytest.raises(StorageUnavailable):
        add(movie)
    assert server.files == {}
    assert not Image.objects.exists()
    assert Movie.objects.values().get(pk=movie.pk) == before


def test_what_cannot_be_undone_is_left_to_the_sweep(server: StandIn, movie: Movie) -> None:
    """The storage goes away for good after it took the first file, and comes back later."""
    taken: list[str] = []

    def gone_after_one(handler: Any) -> bool:
        if taken:
            return reset(handler)
        taken.append(handler.path)
        handler.reply = lambda *_, **__: None  # it does what it is told, and nobody hears of it
        handler.answer()
        return reset(handler)

    server.fault = gone_after_one
    with pytest.raises(StorageUnavailable):
        add(movie)
    assert not Image.objects.exists()
    assert len(server.files) == 1
    server.fault = None
    kept = add(movie)
    call_command("sweep_media")
    assert len(server.files) == (1 if cuts_itself(default_storage) else 4)
    assert kept.path in server.files


def test_a_slow_storage_is_given_up_between_two_files(
    server: StandIn, movie: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, *[31.0] * 20])  # the second file would be begun after half a minute
    monkeypatch.setattr(stored_files, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    if cuts_itself(default_storage):
        clock = iter([0.0, 31.0, *[31.0] * 20])
    with pytest.raises(StorageUnavailable):
        add(movie)
    assert (server.files, Image.objects.count()) == ({}, 0)


def test_over_http_a_storage_that_is_down_is_said_to_be(server: StandIn, movie: Movie, curator: APIClient) -> None:
    server.fault = BROKEN
    answer = curator.post(f"/api/movies/{movie.pk}/images", {"kind": "poster", "file": upload()}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_unavailable")
    assert not Image.objects.exists()


def test_the_sweep_deletes_old_files_of_no_row(server: StandIn, movie: Movie) -> None:
    image = add(movie)
    server.keep("images/ab/orphan-w185.webp", b"left behind")
    server.keep("images/ab/young-w185.webp", b"under way")
    server.keep("others/ab/elsewhere-w185.webp", b"another's")
    server.written["images/ab/young-w185.webp"] += timedelta(days=36_500)
    files = set(server.files)
    call_command("sweep_media", dry_run=True)
    assert set(server.files) == files
    call_command("sweep_media")
    assert set(server.files) == files - {"images/ab/orphan-w185.webp"}
    assert image.path in server.files


def test_the_sweep_says_that_the_storage_is_down(server: StandIn, movie: Movie) -> None:
    server.fault = BROKEN
    with pytest.raises(CommandError, match="failed after 0 files"):
        call_command("sweep_media")
