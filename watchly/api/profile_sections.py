"""What other apps add to an account's own document (`GET|PATCH /api/me`): favourite films on top of a profile, say.

Filled in the provider's `apps.py`; accounts shows each section under its name, takes it in a PATCH, and knows nothing
of what is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

Field = serializers.Field[Any, Any, Any, Any]


@dataclass(frozen=True)
class ProfileSection:
    """One section.

    `output` and `input` make the serializer fields of what is shown and of what is taken. `read` gives a user's value
    as it is shown. `write` sets it whole, in the transaction of the change, and raises a refusal of
    `watchly.common.errors` whose pointers begin with the section's name.
    """

    name: str  # "favourite_films"
    output: Callable[[], Field]
    input: Callable[[], Field]
    read: Callable[[int], Any]
    write: Callable[[int, Any], None]
    example: Any = None


_sections: dict[str, ProfileSection] = {}


def register(section: ProfileSection) -> None:
    """Adds a section. Raises ValueError for a name that another section has."""
    if _sections.setdefault(section.name, section) != section:
        raise ValueError(f"There is another section of the profile called {section.name}.")


def sections() -> dict[str, ProfileSection]:
    """Every section by its name, in the order of their registration."""
    return dict(_sections)
