"""The storages elsewhere, each against a stand-in of its provider: what they keep, and what happens when it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage

from watchly.common.errors import StorageUnavailable
from watchly.common.files.cloudinary_storage import CloudinaryStorage
from watchly.common.files.facts import Facts, content_of, facts_of, files_below, holds, md5_of
from watchly.common.files.layouts import cuts_itself, files_of, renditions_for
from watchly.common.files.pictures import is_whole, narrower
from watchly.common.files.s3_storage import PictureS3Storage
from watchly.tests import stand_in_cloudinary as cloud
from watchly.tests import stand_in_s3 as s3
from watchly.tests.pictures import picture, prepared
from watchly.tests.stand_ins import NOW, Fault, StandIn, first, hanging, only, reset, status, truncated

NAME = "images/ab/abc-w400.webp"
DATA = prepared(picture()).largest.content


@dataclass(frozen=True)
class Place:
    """A storage and the server behind it."""

    storage: Storage
    server: StandIn
    secrets: tuple[str, str]


def s3_storage(server: StandIn, **changes: Any) -> PictureS3Storage:
    return PictureS3Storage(**s3.options(server, **changes))


def cloudinary_storage(server: StandIn, **changes: Any) -> CloudinaryStorage:
    return CloudinaryStorage(**cloud.options(server, **changes))


@pytest.fixture(params=["s3", "cloudinary"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    if request.param == "s3":
        with StandIn(s3.S3Handler) as server:
            yield Place(s3_storage(server), server, (s3.KEY, s3.SECRET))
    else:
        with StandIn(cloud.CloudinaryHandler) as server:
            yield Place(cloudinary_storage(server), server, (cloud.KEY, cloud.SECRET))


def save(storage: Storage, name: str = NAME, data: bytes = DATA) -> str:
    return storage.save(name, ContentFile(data))


# --- what they do ---


def test_a_file_is_kept_found_read_and_deleted(place: Place) -> None:
    storage = place.storage
    assert facts_of(storage, NAME) is None
    assert not storage.exists(NAME)
    assert save(storage) == NAME
    assert place.server.files == {NAME: DATA}
    assert storage.exists(NAME)
    assert (storage.size(NAME), storage.get_modified_time(NAME)) == (len(DATA), NOW)
    assert facts_of(storage, NAME) == Facts(len(DATA), md5_of(DATA))
    assert content_of(storage, NAME) == DATA
    assert holds(storage, NAME, DATA)
    assert not holds(storage, NAME, DATA[:-1] + b"x")
    storage.delete(NAME)
    storage.delete(NAME)  # what is not there need not be deleted
    assert place.server.files == {}


def test_a_name_is_used_as_it_is_also_twice(place: Place) -> None:
    save(place.storage)
    assert save(place.storage, data=DATA + b"\0\0") == NAME
    assert place.server.files == {NAME: DATA + b"\0\0"}


def test_what_is_not_there_says_so(place: Place) -> None:
    for ask in (place.storage.size, place.storage.get_modified_time, place.storage.open):
        with pytest.raises(FileNotFoundError):
            ask(NAME)
    with pytest.raises(ValueError, match="rb"):
        place.storage.open(NAME, "wb")


def test_a_folder_is_listed_with_all_below_it_over_several_pages(place: Place) -> None:
    names = {f"images/{n}/{n}-w{width}.webp" for n in ("ab", "cd") for width in (185, 342, 500)} | {"images/top.webp"}
    for name in names:
        place.server.keep(name, DATA)
    place.server.keep("avatars/ab/x-w64.webp", DATA)
    place.server.written["images/top.webp"] = NOW - timedelta(hours=1)
    listed = {file.name: file.modified for file in files_below(place.storage, "images")}
    assert set(listed) == names
    assert (listed["images/top.webp"], listed["images/ab/ab-w185.webp"]) == (NOW - timedelta(hours=1), NOW)
    folders, files = place.storage.listdir("images")
    assert (sorted(folders), files) == (["ab", "cd"], ["top.webp"])
    assert list(files_below(place.storage, "none")) == []


def test_a_disk_is_listed_and_known_in_the_same_way(tmp_path: Path) -> None:
    storage = FileSystemStorage(tmp_path)
    save(storage)
    assert facts_of(storage, NAME) == Facts(len(DATA), md5_of(DATA))
    assert facts_of(storage, "images/none.webp") is None
    assert [file.name for file in files_below(storage, "images")] == [NAME]
    assert list(files_below(storage, "none")) == []


def test_a_bucket_keeps_the_type_that_browsers_need() -> None:
    with StandIn(s3.S3Handler) as server:
        save(s3_storage(server))
        assert server.types == {NAME: "image/webp"}
        assert server.requests == [f"PUT /{s3.BUCKET}/{NAME}"]  # one call, and no look before it


def test_cloudinary_is_given_pictures_only() -> None:
    with StandIn(cloud.CloudinaryHandler) as server:
        storage = cloudinary_storage(server)
        for name in ("images/ab/abc.html", "../up.webp", "/etc/x.webp"):
            with pytest.raises(SuspiciousFileOperation):
                save(storage, name)
        assert server.requests == []


def test_only_cloudinary_cuts_itself(place: Place, tmp_path: Path) -> None:
    widths = [185, 342, 400]
    made = renditions_for(place.storage, NAME, widths)
    if not cuts_itself(place.storage):
        assert made == {str(w): f"images/ab/abc-w{w}.webp" for w in widths}
        assert files_of(NAME, made) == [NAME, "images/ab/abc-w185.webp", "images/ab/abc-w342.webp"]
        return
    assert made == {
        "185": f"c_limit,f_webp,q_auto,w_185/v1/{NAME}",
        "342": f"c_limit,f_webp,q_auto,w_342/v1/{NAME}",
        "400": NAME,
    }
    assert files_of(NAME, made) == [NAME]
    assert place.storage.url(NAME) == f"https://res.cloudinary.com/{cloud.CLOUD}/image/upload/{NAME}"
    assert not cuts_itself(FileSystemStorage(tmp_path))


def test_a_stored_picture_is_cut_narrower_and_known_to_be_whole() -> None:
    cut = narrower(DATA, 100)
    assert (cut.width, cut.height) == (100, 150)
    assert is_whole(cut.content, 100)
    assert not is_whole(cut.content, 200)
    assert not is_whole(cut.content[:-1], 100)
    assert not is_whole(b"", 100)


# --- what happens when they fail ---

FAULTS: dict[str, Fault] = {
    "500": status(500, b'{"error": {"message": "broken"}}'),
    "502 that is no JSON": status(502, b"<html>"),
    "403": status(403, b'{"error": {"message": "not allowed"}}'),
    "429": status(429, b'{"error": {"message": "slow down"}}'),
    "reset": reset,
    "truncated": truncated,
    "hanging": hanging,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_fails_is_one_error_and_no_secret_is_said(
    place: Place, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    save(place.storage)
    place.server.fault = fault
    caplog.set_level(logging.DEBUG, "watchly")
    calls: list[Callable[[], Any]] = [lambda: content_of(place.storage, NAME)]
    if fault is not truncated:  # a PUT, a HEAD and a DELETE need no body of the answer
        calls += [
            lambda: save(place.storage),
            lambda: place.storage.exists(NAME),
            lambda: list(files_below(place.storage, "images")),
            lambda: place.storage.delete(NAME),
        ]
    for call in calls:
        with pytest.raises(StorageUnavailable) as caught:
            call()
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert caplog.messages
    assert not [secret for secret in place.secrets if secret in caplog.text]


def test_what_fails_once_is_tried_again(place: Place) -> None:
    place.server.fault = first(1, status(503, b'{"error": {"message": "later"}}'))
    save(place.storage)
    assert place.server.files == {NAME: DATA}
    assert len(place.server.requests) == 2


def test_tries_are_bounded_and_a_refusal_is_not_tried_again(place: Place) -> None:
    place.server.fault = status(500, b'{"error": {"message": "broken"}}')
    with pytest.raises(StorageUnavailable):
        save(place.storage)
    assert len(place.server.requests) <= 3
    place.server.requests.clear()
    place.server.fault = status(403, b'{"error": {"message": "not allowed"}}')
    with pytest.raises(StorageUnavailable):
        save(place.storage)
    assert len(place.server.requests) == 1


def test_wrong_keys_are_refused_by_the_stand_ins() -> None:
    with StandIn(s3.S3Handler) as server, pytest.raises(StorageUnavailable):
        save(s3_storage(server, access_key="another"))
    with StandIn(cloud.CloudinaryHandler) as server:
        storage = cloudinary_storage(server, api_secret="another")
        with pytest.raises(StorageUnavailable):
            save(storage)
        with pytest.raises(StorageUnavailable):
            list(files_below(storage, "images"))
        assert server.files == {}


def test_cloudinary_hangs_once_not_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchly.common.files.cloudinary_storage._PATIENCE", 0.0)
    with StandIn(cloud.CloudinaryHandler) as server:
        server.fault = only("POST", hanging)
        with pytest.raises(StorageUnavailable):
            save(cloudinary_storage(server))
        assert len(server.requests) == 1


def test_an_upload_that_arrives_changed_is_refused() -> None:
    class Changing(cloud.CloudinaryHandler):
        def asset(self, name: str) -> dict[str, Any]:
            return {**super().asset(name), "etag": md5_of(b"another")}

    with StandIn(Changing) as server, pytest.raises(StorageUnavailable):
        save(cloudinary_storage(server))


def test_an_endless_file_is_not_read_to_its_end(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("s3_storage", "cloudinary_storage"):
        monkeypatch.setattr(f"watchly.common.files.{module}.MOST_BYTES", len(DATA) - 1)
    place.server.keep(NAME, DATA)
    with pytest.raises(StorageUnavailable):
        content_of(place.storage, NAME)
