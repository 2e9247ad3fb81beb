"""What `up` prints when Watchly is ready."""

from __future__ import annotations

from typing import Any

import pytest

from watchly.processes.claim import Address
from watchly.processes.management.commands.up import ready_message


@pytest.mark.parametrize("key", [None, "0123456789abcdef0123456789abcdef"])
def test_the_message_says_what_a_key_of_tmdb_brings(settings: Any, key: str | None) -> None:
    settings.TMDB_API_KEY = key
    said = ready_message(Address("127.0.0.1", 8107), 1.0)
    assert "Watchly is ready" in said
    assert ("TMDB_API_KEY is not set" in said) is (key is None)
    assert ("posters and backdrops" in " ".join(said.split())) is (key is None)
    assert max(map(len, said.splitlines())) <= 200
