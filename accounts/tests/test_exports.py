"""Exports of an account: everything that hangs on the user, for its owner alone, and for a day."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.exporters import archive as archive_module
from accounts.exporters.archive import write_archive
from accounts.models import DataExport, Profile, User
from accounts.services import exports
from accounts.services.exports import clear_exports, make_export, request_export
from accounts.services.profile import set_avatar
from accounts.services.sessions import end_all_sessions
from accounts.tasks import build_export, clear_old_exports
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import deliver
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, NotFound, RateLimited
from watchly.common.models import AuditEvent, IdempotencyRecord
from watchly.common.user_data import registered
from watchly.tests.pictures import upload

pytestmark = pytest.mark.django_db
State = DataExport.State


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    return tmp_path / "private"


@pytest.fixture
def ada() -> User:
    user = UserFactory.create(username="ada", email="ada@example.org", role="curator")
    user.set_password("sunset-over-the-harbour")
    user.save()
    return user


@pytest.fixture
def client(ada: User) -> APIClient:
    made = APIClient()
    made.force_authenticate(ada)
    return made


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def made(user: User) -> DataExport:
    """An export of this user that is ready."""
    export = request_export(user_id=user.pk)
    make_export(export_id=export.pk)
    export.refresh_from_db()
    return export


# --- what is in it ---------------------------------------------------------------------------------------------------


def archive(user: User, folder: Path) -> ZipFile:
    target = folder / "a.zip"
    folder.mkdir(exist_ok=True)
    assert write_archive(user_id=user.pk, target=target) == target.stat().st_size
    return ZipFile(target)


def test_it_holds_every_row_as_json_and_csv_and_the_pictures(ada: User, private: Path) -> None:
    other = UserFactory.create(username="bob")
    Profile.objects.create(user=other, display_name="Bob")
    Profile.objects.create(user=ada, display_name="Ada", bio="=1+1", links=[{"title": "t", "url": "https://e.org"}])
    profile = set_avatar(user_id=ada.pk, upload=upload())
    record_event("sign_in", subject_id=ada.pk, device="a browser")
    record_event("sign_in", subject_id=other.pk)
    with archive(ada, private) as found:
        assert found.testzip() is None
        names = set(found.namelist())
        exported = {entry.export for entry in registered() if entry.export is not None}
        assert names == (
            {"manifest.json"}
            | {f"{name}.{kind}" for name in exported for kind in ("json", "csv")}
            | {f"media/{path}" for path in profile.avatar_paths}
        )
        (account,) = json.loads(found.read("account.json"))
        assert (account["username"], account["email"]) == ("ada", "ada@example.org")
        assert "password" not in account
        (said,) = json.loads(found.read("profile.json"))
        assert (said["display_name"], said["links"]) == ("Ada", [{"title": "t", "url": "https://e.org"}])
        (row,) = csv.DictReader(io.StringIO(found.read("profile.csv").decode("utf-8-sig")))
        assert (row["display_name"], row["bio"]) == ("Ada", "'=1+1")  # no spreadsheet calculates it
        assert json.loads(row["links"]) == said["links"]
        assert [each["event"] for each in json.loads(found.read("security_events.json"))] == ["sign_in"]
        assert json.loads(found.read("roles.json"))[0]["group_name"] == "curator"
        for path in profile.avatar_paths:
            assert found.read(f"media/{path}") == default_storage.open(path).read()
        manifest = json.loads(found.read("manifest.json"))
        assert {"name": "profile", "rows": 1} in manifest["files"]
        assert (manifest["media"], manifest["media_missing"]) == (len(profile.avatar_paths), [])
        assert any(each["what"] == "common.IdempotencyRecord" and each["why"] for each in manifest["left_out"])
        everything = b"".join(found.read(name) for name in names if not name.startswith("media/"))
    assert b"Bob" not in everything
    assert ada.password.encode() not in everything


def test_an_empty_account_is_exported_too(private: Path) -> None:
    with archive(UserFactory.create(), private) as found:
        assert json.loads(found.read("profile.json")) == []
        assert found.read("profile.csv").decode("utf-8-sig").startswith("id,user_id,display_name")


def test_a_picture_that_is_gone_is_said_and_stops_nothing(ada: User, private: Path) -> None:
    Profile.objects.create(user=ada, avatar_path="avatars/gone.webp")
    with archive(ada, private) as found:
        assert json.loads(found.read("manifest.json"))["media_missing"] == ["avatars/gone.webp"]


def test_memory_does_not_grow_with_the_account(ada: User, private: Path) -> None:
    def peak(rows: int) -> int:
        AuditEvent.objects.bulk_create(
            AuditEvent(event="sign_in", subject_id=ada.pk, via="api", details={"said": "x" * 2000}) for _ in range(rows)
        )
        tracemalloc.start()
        archive(ada, private).close()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few = peak(1000)
    assert peak(5000) < 1.5 * few


@pytest.mark.django_db(transaction=True)
def test_all_of_it_is_one_moment_s(private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory.create()
    record_event("before", subject_id=user.pk)
    whole = archive_module._fill

    def later() -> None:
        record_event("after", subject_id=user.pk)
        connection.close()

    def fill(found: ZipFile, user_id: int) -> None:
        assert User.objects.filter(pk=user_id).exists()  # the moment begins with the first statement
        thread = Thread(target=later)
        thread.start()
        thread.join()
        whole(found, user_id)

    monkeypatch.setattr(archive_module, "_fill", fill)
    with archive(user, private) as found:
        assert [each["event"] for each in json.loads(found.read("security_events.json"))] == ["before"]
    assert AuditEvent.objects.filter(event="after").exists()


# --- asking for it ---------------------------------------------------------------------------------------------------


def test_the_way_from_asking_to_the_file(client: APIClient, ada: User, private: Path) -> None:
    response = client.post("/api/me/export")
    body = response.json()
    assert (response.status_code, response.headers["Location"]) == (202, f"/api/me/exports/{body['id']}")
    assert (body["state"], body["download_url"]) == ("pending", None)
    build_export(export_id=body["id"])
    response = client.get(f"/api/me/exports/{body['id']}")
    assert response.headers["Cache-Control"] == "private, no-store"
    body = response.json()
    assert body["state"] == "done"
    expires = timezone.datetime.fromisoformat(body["expires_at"])  # type: ignore[attr-defined]
    assert timedelta(hours=23) < expires - timezone.now() <= timedelta(hours=24)
    fetched = APIClient().get(body["download_url"])
    content = b"".join(fetched)
    assert (fetched.status_code, fetched.headers["Content-Type"], len(content)) == (
        200,
        "application/zip",
        body["bytes"],
    )
    assert fetched.headers["Cache-Control"] == "private, no-store"
    assert fetched.headers["Content-Disposition"] == f'attachment; filename="watchly-export-{body["id"]}.zip"'
    assert fetched.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["Referrer-Policy"] == "no-referrer"
    assert "account.json" in ZipFile(io.BytesIO(content)).namelist()
    (letter,) = deliver()
    assert (letter.to, letter.subject) == ([ada.email], "Your Watchly export is ready")
    assert "signature" not in letter.body
    events = list(AuditEvent.objects.filter(subject_id=ada.pk).order_by("pk").values_list("event", flat=True))
    assert events == ["export_requested", "export_made", "export_fetched"]


def test_the_file_is_nobody_else_s(client: APIClient, ada: User, private: Path) -> None:
    export = made(ada)
    (path,) = files(private)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.is_relative_to(django_settings.MEDIA_ROOT)
    other = APIClient()
    other.force_authenticate(UserFactory.create(role="admin"))
    assert other.get(f"/api/me/exports/{export.pk}").status_code == 404


def test_only_the_whole_signature_of_this_export_opens_it(ada: User) -> None:
    export, other = made(ada), made(UserFactory.create())
    good, foreign = exports.signature_of(export), exports.signature_of(other)
    client = APIClient()
    address = f"/api/me/exports/{export.pk}/file"
    for wrong in ("", good[:-1], good + "x", good.swapcase(), foreign, "é", "%00"):
        response = client.get(address, {"signature": wrong})
        assert (response.status_code, response.json()["code"]) == (404, "not_found"), wrong
    assert client.get(address, {"signature": good}).status_code == 200
    for number in ("0", "x", "9" * 30, str(export.pk + 1000)):
        assert client.get(f"/api/me/exports/{number}/file", {"signature": good}).status_code == 404
    DataExport.objects.filter(pk=export.pk).update(expires_at=timezone.now() + timedelta(days=1))
    assert client.get(address, {"signature": good}).status_code == 404  # it was for that time alone
    good = exports.signature_of(DataExport.objects.get(pk=export.pk))
    assert client.get(address, {"signature": good}).status_code == 200
    end_all_sessions(user_id=ada.pk)
    assert client.get(address, {"signature": good}).status_code == 404  # whoever had the link is signed out too


def test_one_at_a_time_and_three_a_day(ada: User, client: APIClient) -> None:
    first = request_export(user_id=ada.pk)
    response = client.post("/api/me/export")
    assert (response.status_code, response.json()["code"]) == (409, "export_running")
    make_export(export_id=first.pk)
    DataExport.objects.create(user=ada, path="exports/f.zip", state=State.FAILED)  # does not count
    made(ada)
    made(ada)
    response = client.post("/api/me/export")
    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert 23 * 3600 < int(response.headers["Retry-After"]) <= 24 * 3600 + 1
    assert made(UserFactory.create()).state == State.READY
    DataExport.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=24))
    assert client.post("/api/me/export").status_code == 202


def test_the_database_knows_one_at_a_time_too(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    request_export(user_id=ada.pk)
    monkeypatch.setattr(DataExport.objects, "under_way", DataExport.objects.none)
    with pytest.raises(Conflict):
        request_export(user_id=ada.pk)
    with pytest.raises(NotFound):
        request_export(user_id=0)


def test_a_retry_gets_the_first_answer(client: APIClient) -> None:
    first, second = (client.post("/api/me/export", headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (second.status_code, second.json()) == (202, first.json())
    assert second.headers["Location"] == first.headers["Location"]
    assert (DataExport.objects.count(), IdempotencyRecord.objects.count()) == (1, 1)


# --- when something goes wrong ----------------------------------------------------------------------------------------


def test_a_full_disk_ends_it_and_leaves_nothing(ada: User, private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError("No space left on device")

    export = request_export(user_id=ada.pk)
    with monkeypatch.context() as patch:
        patch.setattr("accounts.exporters.archive._fill", full)
        make_export(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.error) == (State.FAILED, "It could not be written. Ask for another.")
    assert files(private) == []
    assert made(ada).state == State.READY


def test_a_database_that_is_away_is_waited_for(ada: User, private: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("the connection is closed")

    export = request_export(user_id=ada.pk)
    with monkeypatch.context() as patch:
        patch.setattr("accounts.exporters.archive._fill", away)
        with pytest.raises(OperationalError):
            make_export(export_id=export.pk)
    assert files(private) == []
    make_export(export_id=export.pk)  # as the queue does
    export.refresh_from_db()
    assert export.state == State.READY
    make_export(export_id=export.pk)  # and once too often
    assert len(files(private)) == 1


def test_an_account_that_goes_meanwhile_takes_its_export_along(ada: User, private: Path) -> None:
    export = request_export(user_id=ada.pk)
    whole = exports.write_archive

    def erased_meanwhile(**arguments: Any) -> int:
        size = whole(**arguments)
        DataExport.objects.all().delete()
        return size

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "write_archive", erased_meanwhile)
        make_export(export_id=export.pk)
    assert files(private) == []


# --- clearing ---------------------------------------------------------------------------------------------------------


def test_after_a_day_the_file_goes(ada: User, client: APIClient, private: Path) -> None:
    export, kept = made(ada), made(UserFactory.create())
    DataExport.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    export.refresh_from_db()
    address = f"/api/me/exports/{export.pk}/file?signature={exports.signature_of(export)}"
    response = client.get(address)
    assert (response.status_code, response.json()["code"]) == (410, "export_expired")
    assert client.get(f"/api/me/exports/{export.pk}").json()["download_url"] is None
    clear_old_exports(timestamp=0)
    assert [path.name for path in files(private)] == [Path(kept.path).name]
    assert client.get(f"/api/me/exports/{export.pk}").json()["state"] == "done"
    assert client.get(address).status_code == 410
    assert clear_exports() == 0


def test_what_nothing_works_on_any_more_ends_and_what_is_long_past_goes(ada: User, private: Path) -> None:
    lost = request_export(user_id=ada.pk)
    DataExport.objects.filter(pk=lost.pk).update(created_at=timezone.now() - timedelta(hours=25), state=State.RUNNING)
    past = made(UserFactory.create())
    DataExport.objects.filter(pk=past.pk).update(created_at=timezone.now() - timedelta(days=31))
    clear_exports()
    lost.refresh_from_db()
    assert lost.state == State.FAILED
    assert not DataExport.objects.filter(pk=past.pk).exists()
    assert files(private) == []
    for _ in range(3):
        made(ada)
    with pytest.raises(RateLimited):
        request_export(user_id=ada.pk)
