"""The steps of a first run: each may be run any number of times."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management.base import OutputWrapper
from django.db import connection
from django.test.utils import CaptureQueriesContext

from watchly import env
from watchly.processes import first_run
from watchly.processes.claim import Address
from watchly.processes.management.commands.up import programs


@pytest.fixture
def out() -> OutputWrapper:
    return OutputWrapper(io.StringIO())


def written(out: OutputWrapper) -> str:
    stream: Any = out._out
    text: str = stream.getvalue()
    return text


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("WATCHLY_DATA", str(tmp_path))
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    return tmp_path


@pytest.mark.django_db
def test_password_is_printed_once(data_folder: Path, out: OutputWrapper) -> None:
    first_run.create_admin(out)
    first_run.create_admin(out)
    (line,) = [line for line in written(out).splitlines() if "password, shown only this once" in line]
    password = line.split(": ")[1]
    assert get_user_model().objects.get(username="admin", is_superuser=True).check_password(password)
    assert not [path for path in data_folder.rglob("*") if path.is_file() and password in path.read_text()]


@pytest.mark.django_db
def test_name_that_is_taken_is_left_to_its_user(
    data_folder: Path, out: OutputWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a password of mine")
    get_user_model().objects.create_user(username="Admin", password="theirs")
    first_run.create_admin(out)
    made = get_user_model().objects.get(is_superuser=True)
    assert made.username.startswith("admin-")
    assert made.check_password("a password of mine")
    assert "a password of mine" not in written(out)


@pytest.mark.django_db
def test_the_first_administrator_of_production_needs_a_good_password(
    data_folder: Path, out: OutputWrapper, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRODUCTION = True
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "watchly123")
    with pytest.raises(env.ConfigurationError, match="DJANGO_SUPERUSER_PASSWORD: This password is made of a name"):
        first_run.create_admin(out)
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("demanded", [True, False])
def test_it_says_how_the_second_factor_is_set_up_where_there_is_one(
    data_folder: Path, out: OutputWrapper, settings: Any, demanded: bool
) -> None:
    settings.ADMIN_SECOND_FACTOR = demanded
    first_run.create_admin(out)
    assert ("sets up a second factor" in written(out)) == demanded


def test_static_files_are_collected_when_they_changed(
    data_folder: Path, out: OutputWrapper, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.STATIC_ROOT = data_folder / "static"  # type: ignore[attr-defined]
    calls: list[str] = []

    def collect(name: str, **_options: object) -> None:
        calls.append(name)
        (data_folder / "static").mkdir(exist_ok=True)

    monkeypatch.setattr(first_run, "call_command", collect)
    first_run.collect_static(out)
    first_run.collect_static(out)
    assert calls == ["collectstatic"]
    monkeypatch.setattr(first_run, "_static_files_fingerprint", lambda: "another")
    first_run.collect_static(out)
    assert calls == ["collectstatic", "collectstatic"]


def test_web_and_worker_are_told_where_the_data_is(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_WORKERS", "3")
    web, worker = programs(Address("127.0.0.1", 8123), {"WATCHLY_HEARTBEAT_PORT": "1"})
    assert [web.name, worker.name] == ["web", "worker"]
    assert web.command[web.command.index("--port") + 1] == "8123"
    assert web.command[web.command.index("--workers") + 1] == "3"
    assert worker.command[-2:] == ("manage.py", "worker")
    assert web.environment["WATCHLY_DATA"] == worker.environment["WATCHLY_DATA"] == str(data_folder)


@pytest.mark.django_db
def test_a_loaded_catalogue_is_written_to_its_files(
    data_folder: Path, out: OutputWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHLY_CATALOGUE", "1")
    monkeypatch.setattr(first_run, "call_command", lambda *args, **options: None)
    monkeypatch.setattr(first_run.embedded, "current", lambda: None)
    with CaptureQueriesContext(connection) as elsewhere:
        first_run.load_catalogue(out)
    monkeypatch.setattr(first_run.embedded, "current", object)
    with CaptureQueriesContext(connection) as embedded:
        first_run.load_catalogue(out)
    assert [query["sql"] for query in elsewhere.captured_queries] == []
    assert [query["sql"] for query in embedded.captured_queries] == ["CHECKPOINT"]


@pytest.mark.parametrize(("wanted", "expected"), [("", ["load_catalogue"]), ("0", [])])
def test_packaged_catalogue_can_be_left_out(
    out: OutputWrapper, monkeypatch: pytest.MonkeyPatch, wanted: str, expected: list[str]
) -> None:
    calls: list[str] = []
    monkeypatch.setenv("WATCHLY_CATALOGUE", wanted)
    monkeypatch.setattr(first_run, "call_command", lambda name, **_options: calls.append(name))
    first_run.load_catalogue(out)
    assert calls == expected
