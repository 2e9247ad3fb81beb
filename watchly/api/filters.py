"""Filters that say no: an unknown value of a known kind is an error that names what would be right."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.exceptions import ErrorDetail, ValidationError


class BooleanFilter(filters.TypedChoiceFilter):
    """`true` or `false`. django-filter's own takes any other word for no filter at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = (("true", "true"), ("false", "false"))
        super().__init__(*args, choices=choices, coerce=lambda word: word == "true", **kwargs)


class StrictFilterSet(filters.FilterSet):
    """A filterset whose bad input is a ValidationError with one entry a parameter."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The query parameters that it knows."""
        return tuple(cls.base_filters)

    def narrowed(self) -> Any:
        """The narrowed queryset. Raises ValidationError."""
        if not self.is_valid():
            raise ValidationError(
                {
                    name: [ErrorDetail("; ".join(error.messages), code=error.code or "invalid") for error in found]
                    for name, found in self.errors.as_data().items()
                }
            )
        return self.qs
