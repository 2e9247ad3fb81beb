"""Mails are jobs, and jobs hold ids."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.template.loader import get_template
from django.utils.module_loading import autodiscover_modules

from watchly import env
from watchly.common import mail as mails
from watchly.common.mail import Letter, letter, send_letter

TEMPLATES = Path(django_settings.BASE_DIR) / "templates" / "email"


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    autodiscover_modules("letters")  # each is registered when it is first imported: not into what is undone below
    monkeypatch.setattr(mails, "_writers", dict(mails._writers))


def test_a_letter_is_written_when_the_job_runs() -> None:
    @letter("test_letter")
    def write(number: int) -> Letter | None:
        return Letter("ada@example.org", "session_ended", {"username": "<b>ada</b>", "device": f"n{number}"})

    send_letter(letter="test_letter", ids={"number": 7})
    (message,) = mail.outbox
    assert message.subject == "A session of yours was ended"
    assert message.to == ["ada@example.org"]
    assert "<b>ada</b> (n7)" in message.body
    assert "&lt;b&gt;ada&lt;/b&gt; (n7)" in message.alternatives[0].content  # type: ignore[attr-defined]
    assert message.subject not in message.body


@pytest.mark.parametrize("written", [None, Letter("", "session_ended")])
def test_nobody_to_write_to_is_no_mail(written: Letter | None) -> None:
    letter("test_none")(lambda: written)
    send_letter(letter="test_none", ids={})
    assert not mail.outbox


def test_a_name_is_one_letter() -> None:
    letter("test_name")(print)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="test_name"):
        letter("test_name")(repr)  # type: ignore[arg-type]


def test_a_worker_finds_the_letters_of_every_app(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    send_letter(letter="password_changed", ids={"user_id": 0})
    assert not mail.outbox


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.txt")), ids=lambda path: path.stem)
def test_every_letter_has_both_forms_and_a_subject(path: Path) -> None:
    assert path.with_suffix(".html").exists()
    context = {
        "username": "ada",
        "code": "c0de",
        "other": "bob",
        "hours": 24,
        "device": "d",
        "name": "n",
        "scopes": "s",
    }
    subject, _, body = get_template(f"email/{path.name}").render(context).lstrip().partition("\n")
    assert 10 < len(subject) < 80
    html = get_template(f"email/{path.stem}.html").render({**context, "subject": subject})
    assert "https://" not in html  # nothing is loaded from elsewhere
    assert ("c0de" in body) == ("c0de" in html)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["console", "", 25, "", "", False, False]),
        ({"EMAIL_URL": "console://"}, ["console", "", 25, "", "", False, False]),
        ({"EMAIL_URL": "smtp://mail.example"}, ["smtp", "mail.example", 25, "", "", False, False]),
        (
            {"EMAIL_URL": "smtp+tls://ada%40example:p%2Fw@mail.example"},
            ["smtp", "mail.example", 587, "ada@example", "p/w", False, True],
        ),
        ({"EMAIL_URL": "smtps://mail.example:4650"}, ["smtp", "mail.example", 4650, "", "", True, False]),
        (
            {"EMAIL_HOST": "mail", "EMAIL_PORT": "26", "EMAIL_HOST_USER": "u", "EMAIL_USE_TLS": "1"},
            ["smtp", "mail", 26, "u", "", False, True],
        ),
    ],
    ids=str,
)
def test_the_mail_server_comes_from_the_environment(variables: dict[str, str], expected: list[Any]) -> None:
    code = (
        "from watchly import settings_accounts as s; print([s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_HOST, "
        "s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_SSL, s.EMAIL_USE_TLS])"
    )
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", code], cwd=env.BASE_DIR, env={**os.environ, **variables}, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(expected), done.stderr
