"""What holds when a person says nothing."""

from __future__ import annotations

from accounts.models import Preferences


def default_visibility(*, user_id: int) -> str:
    """Who sees what this user writes without saying, as their preferences say."""
    chosen: str = Preferences.objects.of(user_id).default_visibility
    return chosen
