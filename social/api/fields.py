"""Stars: half a star to five, in halves, stored as 1 to 10."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from watchly.api.fields import SqlField

STARS_SCHEMA = {"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 0.5}


@extend_schema_field(STARS_SCHEMA)
class StarsField(serializers.FloatField):
    """Takes stars and gives half stars."""

    default_error_messages = {"halves": "Stars go from 0.5 to 5 in steps of 0.5."}

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]  # half stars are whole
        stars = super().to_internal_value(data)
        if not 0.5 <= stars <= 5 or not (stars * 2).is_integer():
            self.fail("halves")
        return int(stars * 2)


@extend_schema_field(STARS_SCHEMA)
class ShownStarsField(serializers.FloatField):
    """How stars are shown."""


def stars_of(column: str = "half_stars") -> SqlField:
    """The stars of a column of half stars, or null."""

    def python(row: Any) -> float | None:
        half_stars = getattr(row, column)
        return None if half_stars is None else half_stars / 2

    return SqlField(f"round({{row}}.{column} / 2.0, 1)", output=ShownStarsField(allow_null=True), python=python)
