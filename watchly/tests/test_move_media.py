"""`manage.py move_media`: between all storages, verified, and resumed after whatever stopped it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image as Pillow
from psycopg.conninfo import make_conninfo

from movies.models import Image
from movies.services.images import add_image
from movies.tests.factories import ImageFactory, MovieFactory
from watchly.common.files import moving
from watchly.common.files.owners import PictureOwner, picture_owners, register_pictures
from watchly.env import BASE_DIR
from watchly.tests import stand_in_cloudinary as cloud
from watchly.tests import stand_in_s3 as s3
from watchly.tests.pictures import gradient, image_bytes, upload
from watchly.tests.stand_ins import StandIn, after, only, reset, status

pytestmark = pytest.mark.django_db

LOCAL = {"BACKEND": "django.core.files.storage.FileSystemStorage"}


@pytest.fixture
def bucket() -> Iterator[StandIn]:
    with StandIn(s3.S3Handler) as server:
        yield server


@pytest.fixture
def cloudinary() -> Iterator[StandIn]:
    with StandIn(cloud.CloudinaryHandler) as server:
        yield server


@pytest.fixture(autouse=True)
def all_three(
    settings: Any, tmp_path: Path, bucket: StandIn, cloudinary: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_PREFIXES = {"local": "/media/", "s3": f"{bucket.url}/{s3.BUCKET}/", "cloudinary": cloud.PREFIX}
    kinds = {"local": LOCAL, "s3": s3.settings(bucket), "cloudinary": cloud.settings(cloudinary)}
    settings.STORAGES = {**settings.STORAGES, **kinds}


def switch(settings: Any, name: str) -> None:
    """As an operator does between two runs."""
    settings.MEDIA_STORAGE = name
    settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES[name]}


def add(count: int = 2) -> list[Image]:
    made = []
    for number in range(count):
        data = image_bytes(gradient((400 + number, 600)), "PNG")
        made.append(add_image(movie_id=MovieFactory.create().pk, kind="poster", upload=upload(data)))
    return made


def move(**options: Any) -> str:
    out = io.StringIO()
    call_command("move_media", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def local_files() -> dict[str, bytes]:
    root = Path(storages["local"].location)  # type: ignore[attr-defined]
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def rows() -> list[tuple[str, dict[str, str]]]:
    return list(Image.objects.order_by("pk").values_list("path", "renditions"))


# --- there and back ---


def test_to_a_bucket_every_file_goes_as_it_is_and_no_row_changes(bucket: StandIn) -> None:
    add()
    files, before = local_files(), rows()
    said = move(to="s3")
    assert bucket.files == files == local_files()
    assert set(bucket.types.values()) == {"image/webp"}
    assert rows() == before
    assert f"2 pictures: {len(files)} files copied" in said
    assert "set MEDIA_STORAGE=s3" in said
    assert f"{bucket.url}/{s3.BUCKET}/" in said


def test_to_cloudinary_one_file_of_each_goes_and_the_rows_say_how_it_is_cut(cloudinary: StandIn, settings: Any) -> None:
    images = add()
    files = local_files()
    said = move(to="cloudinary")
    assert cloudinary.files == {image.path: files[image.path] for image in images}
    for image in images:
        path, widths = image.path, list(image.renditions)
        image.refresh_from_db()
        assert (image.path, list(image.renditions)) == (path, widths)
        assert image.renditions["185"] == f"c_limit,f_webp,q_auto,w_185/v1/{path}"
        assert image.renditions[widths[-1]] == path
        image.movie.refresh_from_db()
        assert image.movie.poster_path == path
    assert "2 rows rewritten" in said
    assert "Switch now" in said
    switch(settings, "cloudinary")
    assert "Switch" not in move(source="local", to="cloudinary")


def test_back_from_cloudinary_the_widths_are_cut_again(cloudinary: StandIn, settings: Any) -> None:
    add()
    before, files = rows(), local_files()
    move(to="cloudinary", delete=True)
    assert local_files() == {}
    switch(settings, "cloudinary")
    move(to="local", delete=True)
    assert cloudinary.files == {}
    assert rows() == before
    again = local_files()
    assert set(again) == set(files)
    for path, renditions in before:
        assert again[path] == files[path]
        for width, name in renditions.items():
            assert Pillow.open(io.BytesIO(again[name])).size[0] == int(width)


def test_between_two_providers(bucket: StandIn, cloudinary: StandIn, settings: Any) -> None:
    switch(settings, "s3")
    add()
    files = dict(bucket.files)
    before = rows()
    move(to="cloudinary", delete=True)
    assert bucket.files == {}
    switch(settings, "cloudinary")
    move(to="s3")
    assert set(bucket.files) == set(files)
    assert rows() == before
    assert set(cloudinary.files) == {path for path, _ in before}


def test_what_came_in_before_the_switch_follows_in_a_second_run(bucket: StandIn, settings: Any) -> None:
    add()
    move(to="s3")
    add(1)
    switch(settings, "s3")
    newest = add(1)[0]  # in the bucket alone
    puts = sum(line.startswith("PUT") for line in bucket.requests)
    said = move(source="local", to="s3", delete=True)
    assert "4 pictures: 3 files copied" in said  # the one that came in between
    assert sum(line.startswith("PUT") for line in bucket.requests) == puts + 3
    assert local_files() == {}
    assert {name for _, renditions in rows() for name in renditions.values()} == set(bucket.files)
    assert newest.path in bucket.files


# --- nothing is done twice, or half ---


@pytest.mark.parametrize("to", ["s3", "cloudinary"])
def test_a_second_run_copies_and_changes_nothing(to: str, bucket: StandIn, cloudinary: StandIn) -> None:
    add()
    move(to=to)
    after_first = rows()
    server = bucket if to == "s3" else cloudinary
    server.requests.clear()
    said = move(to=to)
    assert "0 files copied (0 bytes)" in said
    assert "0 rows rewritten" in said
    assert rows() == after_first
    assert not [line for line in server.requests if line.startswith("PUT") or line.endswith("image/upload")]


class Killed(BaseException):
    """Nothing of ours runs any more, as after kill -9."""


def test_a_run_that_was_killed_while_copying_is_resumed(
    bucket: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(settings, "s3")
    add(3)
    real = moving.Move._put
    copied: list[str] = []

    def dies(self: moving.Move, name: str, data: bytes, *, replace: bool) -> None:
        if len(copied) == 4:
            half = Path(self.target.path(name))
            half.parent.mkdir(parents=True, exist_ok=True)
            half.write_bytes(data[:50])
            raise Killed
        copied.append(name)
        real(self, name, data, replace=replace)

    monkeypatch.setattr(moving.Move, "_put", dies)
    with pytest.raises(Killed):
        move(to="local", parallel=1)
    monkeypatch.setattr(moving.Move, "_put", real)
    said = move(to="local")
    assert f"{len(bucket.files) - 4} files copied" in said
    assert local_files() == bucket.files


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_that_was_killed_is_followed_by_one_that_ends(bucket: StandIn, settings: Any) -> None:
    add(2)
    files, before = local_files(), rows()
    environment = {
        **os.environ,
        "DATABASE_URL": make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"]),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "S3_BUCKET": s3.BUCKET,
        "S3_ENDPOINT_URL": bucket.url,
        "S3_ACCESS_KEY": s3.KEY,
        "S3_SECRET_KEY": s3.SECRET,
    }
    command = [sys.executable, "manage.py", "move_media", "--to", "s3", "--delete", "--parallel", "1"]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stderr=subprocess.PIPE)  # noqa: S603  our own

    def kills(handler: Any) -> bool:
        process.kill()
        return reset(handler)

    bucket.fault = only("PUT", after(3, kills))
    assert process.wait(60) == -signal.SIGKILL, process.stderr
    assert len(bucket.files) == 3
    assert (local_files(), rows()) == (files, before)
    bucket.fault = None
    process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE)  # noqa: S603  the same
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"{len(files) - 3} files copied" in said.decode()
    assert (bucket.files, local_files(), rows()) == (files, {}, before)


def test_a_half_file_that_was_cut_here_is_cut_again(cloudinary: StandIn, settings: Any) -> None:
    switch(settings, "cloudinary")
    image = add(1)[0]
    move(to="local")
    image.refresh_from_db()
    whole = local_files()
    narrow = Path(storages["local"].location) / image.renditions["185"]  # type: ignore[attr-defined]
    narrow.write_bytes(whole[image.renditions["185"]][:50])
    assert "1 files copied" in move(to="local")
    assert local_files() == whole


def test_a_run_that_was_killed_while_rewriting_is_resumed(cloudinary: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchly.common.files.owners._BATCH", 1)
    add(3)
    real = moving.Move._rewrite_batch
    batches: list[list[int]] = []

    def dies(self: moving.Move, owner: PictureOwner, pks: list[int]) -> int:
        if len(batches) == 2:
            raise Killed
        batches.append(pks)
        return real(self, owner, pks)

    monkeypatch.setattr(moving.Move, "_rewrite_batch", dies)
    with pytest.raises(Killed):
        move(to="cloudinary")
    monkeypatch.setattr(moving.Move, "_rewrite_batch", real)
    said = move(to="cloudinary", delete=True)
    assert "1 rows rewritten" in said
    assert all("," in renditions["185"] for _, renditions in rows())
    assert local_files() == {}  # the files that only the old rows named, too


def test_a_target_that_fails_leaves_source_and_rows_alone(bucket: StandIn) -> None:
    add()
    files, before = local_files(), rows()
    bucket.fault = only("PUT", after(3, status(500, b"")))
    with pytest.raises(CommandError, match="nothing else was done"):
        move(to="s3", delete=True)
    assert (local_files(), rows()) == (files, before)
    bucket.fault = None
    move(to="s3", delete=True)
    assert (bucket.files, local_files()) == (files, {})


def test_a_target_that_is_down_is_given_up_soon(bucket: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MOST_FAILURES", 2)
    add(4)
    bucket.fault = reset
    with pytest.raises(CommandError, match="nothing else was done"):
        move(to="s3", parallel=1)
    assert len(bucket.requests) == 4  # two tries of two files, of the twelve that there are


def test_a_target_that_keeps_something_else_is_found_out(bucket: StandIn) -> None:
    add(1)

    def changes(handler: Any) -> bool:
        reply = handler.reply

        def reply_when_changed(*arguments: Any, **headers: str) -> None:
            for name, data in bucket.files.items():
                bucket.files[name] = data[:-1] + b"x"
            reply(*arguments, **headers)

        handler.reply = reply_when_changed
        return False

    bucket.fault = only("PUT", changes)
    with pytest.raises(CommandError, match="nothing else was done"):
        move(to="s3", delete=True)
    assert len(local_files()) == 3


def test_a_file_that_is_nowhere_is_said_and_holds_nothing_up(cloudinary: StandIn) -> None:
    image = add(1)[0]
    lost = ImageFactory.create(renditions={"185": "images/00/lost-w185.webp", "500": "images/00/lost-w500.webp"})
    Image.objects.filter(pk=lost.pk).update(path="images/00/lost-w500.webp")
    with pytest.raises(CommandError, match="1 files are in neither storage"):
        move(to="cloudinary")
    assert set(cloudinary.files) == {image.path}
    image.refresh_from_db()
    assert "," in image.renditions["185"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(cloudinary: StandIn) -> None:
    add()
    files, before = local_files(), rows()
    said = move(to="cloudinary", delete=True, dry_run=True)
    assert "2 files would be copied" in said
    assert "2 rows would be rewritten" in said
    assert (local_files(), rows(), cloudinary.files) == (files, before, {})


# --- what is refused ---


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"to": "local"}, "in local already"),
        ({"to": "s3", "source": "s3"}, "in s3 already"),
        ({"to": "s3", "parallel": 0}, "1 to 32"),
    ],
)
def test_senseless_orders_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        move(**options)


def test_a_storage_without_settings_is_refused(settings: Any) -> None:
    settings.STORAGES = {name: value for name, value in settings.STORAGES.items() if name != "s3"}
    with pytest.raises(CommandError, match="set S3_BUCKET"):
        move(to="s3")


def test_no_two_models_share_a_folder() -> None:
    (images,) = [owner for owner in picture_owners() if owner.model is Image]
    register_pictures(images)  # again is fine
    with pytest.raises(ValueError, match="Image keeps"):
        register_pictures(PictureOwner(Image, images.folder, path="other"))
