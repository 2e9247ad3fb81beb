"""The steps of a first run: each may be run any number of times."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management.base import OutputWrapper

from watchly.processes import first_run
from watchly.processes.claim import Address
from watchly.processes.management.commands.up import programs


@pytest.fixture
def out() -> OutputWrapper:
    return OutputWrapper(io.StringIO())


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("WATCHLY_DATA", str(tmp_path))
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD", raising=False)
    return tmp_path


@pytest.mark.django_db
def test_password_is_shown_once_and_on_the_terminal_alone(
    data_folder: Path, out: OutputWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(first_run, "_terminal", lambda _out: shown.append)
    first_run.create_admin(out)
    first_run.create_admin(out)
    assert len(shown) == 1
    password = shown[0].split(": ")[1].split("\n")[0]
    assert get_user_model().objects.get(username="admin", is_superuser=True).check_password(password)
    assert password not in out._out.getvalue()
    assert not (data_folder / "admin_password").exists()


@pytest.mark.django_db
def test_without_a_terminal_the_password_goes_to_a_private_file(
    data_folder: Path, out: OutputWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_run, "_terminal", lambda _out: None)
    first_run.create_admin(out)
    kept = data_folder / "admin_password"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert get_user_model().objects.get(username="admin").check_password(kept.read_text().strip())
    assert kept.read_text().strip() not in out._out.getvalue()
    assert str(kept) in out._out.getvalue()


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
    assert "a password of mine" not in out._out.getvalue()


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
    web, worker = programs(Address("127.0.0.1", 8123))
    assert [web.name, worker.name] == ["web", "worker"]
    assert web.command[web.command.index("--port") + 1] == "8123"
    assert web.command[web.command.index("--workers") + 1] == "3"
    assert worker.command[-2:] == ("manage.py", "worker")
    assert web.environment["WATCHLY_DATA"] == worker.environment["WATCHLY_DATA"] == str(data_folder)


@pytest.mark.parametrize(("wanted", "expected"), [("", ["load_catalogue"]), ("0", [])])
def test_packaged_catalogue_can_be_left_out(
    out: OutputWrapper, monkeypatch: pytest.MonkeyPatch, wanted: str, expected: list[str]
) -> None:
    calls: list[str] = []
    monkeypatch.setenv("WATCHLY_CATALOGUE", wanted)
    monkeypatch.setattr(first_run, "call_command", lambda name, **_options: calls.append(name))
    first_run.load_catalogue(out)
    assert calls == expected
