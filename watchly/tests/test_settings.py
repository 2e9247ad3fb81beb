"""Settings fail loudly, and production is safe or does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from accounts.keyring import new_signing_key
from watchly import env

GOOD = {
    "WATCHLY_ENV": "production",
    "SECRET_KEY": "Zk3v9QpX7rT1wY5uB8nM2cL6dF4gH0jS-aEiOoUuKqWzRtVxPb",
    "ALLOWED_HOSTS": "watchly.example",
    "JWT_SIGNING_KEY": new_signing_key(),
    "NUM_PROXIES": "1",
}


def manage(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS")}
    return subprocess.run(  # noqa: S603  our own program
        [sys.executable, "manage.py", *arguments],
        cwd=env.BASE_DIR,
        env={**kept, "WATCHLY_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_clean_with_production_settings(tmp_path: Path) -> None:
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is weak"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is weak"),
        ({"SECRET_KEY": "django-insecure-" + GOOD["SECRET_KEY"]}, "SECRET_KEY is weak"),
        ({"JWT_SIGNING_KEY": ""}, "JWT_SIGNING_KEY is not set"),
        ({"JWT_SIGNING_KEY": "guess-me"}, "no Ed25519 private key"),
        ({"JWT_VERIFYING_KEYS": "guess-me"}, "something else than public keys"),
        (
            {"JWT_VERIFYING_KEYS": "-----BEGIN PUBLIC KEY-----\nMDA=\n-----END PUBLIC KEY-----"},
            "no Ed25519 public key",
        ),
        ({"EMAIL_URL": "pop3://mail"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp://mail:many"}, "EMAIL_URL"),
        ({"EMAIL_HOST": "mail", "EMAIL_USE_SSL": "1", "EMAIL_USE_TLS": "1"}, "both on"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_HOSTS": "watchly.example,*"}, "'*'"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"DEBUG": "perhaps"}, "neither yes nor no"),
        ({"NUM_PROXIES": ""}, "NUM_PROXIES is 0 behind a proxy"),
        ({"NUM_PROXIES": "0", "BEHIND_PROXY": "1"}, "NUM_PROXIES is 0 behind a proxy"),
        ({"WATCHLY_ENV": "prod"}, "local, production"),
        ({"WEB_THREADS": "many"}, "not a whole number"),
        ({"MEDIA_STORAGE": "cloudinary", "CLOUDINARY_URL": "key:secret"}, "cloudinary://KEY:SECRET@CLOUD_NAME"),
    ],
)
def test_a_dangerous_or_wrong_setting_stops_the_start(tmp_path: Path, change: dict[str, str], says: str) -> None:
    result = manage(tmp_path, "diffsettings", **{**GOOD, **change})
    assert result.returncode == 1
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_production_cookies_are_bound_to_their_host(tmp_path: Path) -> None:
    names = ('SESSION_COOKIE_NAME = "__Host-sessionid"', 'CSRF_COOKIE_NAME = "__Host-csrftoken"')
    shown = manage(tmp_path, "diffsettings", **GOOD).stdout.replace("'", '"')
    assert all(name in shown for name in names)
    assert "__Host-" not in manage(tmp_path, "diffsettings").stdout


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(GOOD["SECRET_KEY"] + "\n")
    without = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    assert manage(tmp_path, "diffsettings", **without, SECRET_KEY_FILE=str(secret)).returncode == 0
    both = manage(tmp_path, "diffsettings", **GOOD, SECRET_KEY_FILE=str(secret))
    assert "both set" in both.stderr
    missing = manage(tmp_path, "diffsettings", **without, SECRET_KEY_FILE=str(tmp_path / "none"))
    assert "cannot be read" in missing.stderr


def test_a_laptop_makes_its_own_key_and_keeps_it(tmp_path: Path) -> None:
    assert manage(tmp_path, "diffsettings").returncode == 0
    key = tmp_path / "secret_key"
    first = key.read_text()
    assert (len(first) >= 50, key.stat().st_mode & 0o777) == (True, 0o600)
    assert manage(tmp_path, "diffsettings").returncode == 0
    assert key.read_text() == first
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".secret")] == []


@pytest.mark.parametrize(
    ("call", "value", "says"),
    [
        (lambda: env.integer("WATCHLY_X", 1, at_least=1, at_most=5), "9", "out of range"),
        (lambda: env.number("WATCHLY_X", 1.0, above=0), "-1", "above"),
        (lambda: env.number("WATCHLY_X", 1.0, above=0), "x", "not a number"),
        (lambda: env.choice("WATCHLY_X", "a", ("a", "b")), "c", "a, b"),
    ],
)
def test_a_value_out_of_range_names_the_range(
    monkeypatch: pytest.MonkeyPatch, call: object, value: str, says: str
) -> None:
    monkeypatch.setenv("WATCHLY_X", value)
    with pytest.raises(env.ConfigurationError, match=says):
        call()  # type: ignore[operator]


def test_words_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHLY_X", "a, b,,c ")
    assert env.words("WATCHLY_X") == ["a", "b", "c"]
    monkeypatch.setenv("WATCHLY_X", "2.5")
    assert env.number("WATCHLY_X", 1.0, above=0) == 2.5
    monkeypatch.delenv("WATCHLY_X")
    assert (env.number("WATCHLY_X", 1.0, above=0), env.integer("WATCHLY_X", 3), env.words("WATCHLY_X")) == (1.0, 3, [])
