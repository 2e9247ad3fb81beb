"""What holds when a person says nothing."""

from __future__ import annotations

from watchly.common.visibility import Visibility


def default_visibility(*, user_id: int) -> str:
    """Who sees what this user writes without saying: everybody, as long as nobody can choose another default."""
    return Visibility.PUBLIC
