"""The registry of what hangs on a user."""

from __future__ import annotations

import pytest

from watchly.common import user_data
from watchly.common.user_data import Erase, UserData, register, registered


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_data, "_registered", {})


def test_entries_are_kept_once() -> None:
    entry = UserData("accounts.User", "id", Erase.DELETE, export="account")
    register(entry, entry)
    assert list(registered()) == [entry]


def test_a_second_word_about_the_same_key_is_refused() -> None:
    register(UserData("accounts.User", "id", Erase.DELETE, export="account"))
    with pytest.raises(ValueError, match="already"):
        register(UserData("accounts.User", "id", Erase.FORGET, export="account"))


@pytest.mark.parametrize("entry", [("x.Y", "user", Erase.DELETE), ("x.Y", "user", Erase.KEEP, "file")])
def test_what_is_not_exported_or_kept_says_why(entry: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="Say why"):
        register(UserData(*entry))  # type: ignore[arg-type]
