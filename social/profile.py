"""What social adds to an account's own document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from watchly.api.profile_sections import Field, ProfileSection
from watchly.api.profile_sections import register as register_section


def _output() -> Field:
    from social.api.serializers.top_film import TopFilmsField

    return TopFilmsField(read_only=True)


def _input() -> Field:
    from social.models.top_film import MOST_TOP_FILMS

    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=MOST_TOP_FILMS,
        help_text="Ids of up to four films for the top of your profile, the first one first.",
    )


def _read(user_id: int) -> Any:
    from social.api.serializers.top_film import top_films_of

    return top_films_of(user_id)


def _write(user_id: int, value: Any) -> None:
    from social.services.top_films import set_top_films

    set_top_films(user_id=user_id, movie_ids=value)


def register() -> None:
    """For the app's `ready()`."""
    register_section(ProfileSection("top_films", _output, _input, _read, _write, example=[]))
