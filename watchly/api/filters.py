"""Filters that say no: an unknown value of a known kind is an error that names what would be right."""

from __future__ import annotations

from typing import Any

from django import forms
from django_filters import rest_framework as filters
from rest_framework.exceptions import ErrorDetail, ValidationError

from watchly.api.viewer import ViewerFilter, filters_of, signed_in


def unknown_value(name: str, detail: str) -> ValidationError:
    """The error for a parameter whose value is not known; `detail` names the nearest one that is."""
    return ValidationError({name: [ErrorDetail(detail, code="unknown")]})


class BooleanFilter(filters.TypedChoiceFilter):
    """`true` or `false`. django-filter's own takes any other word for no filter at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = (("true", "true"), ("false", "false"))
        super().__init__(*args, choices=choices, coerce=lambda word: word == "true", **kwargs)


class StrictFilterSet(filters.FilterSet):
    """A filterset whose bad input is a ValidationError with one entry a parameter.

    It knows its own filters and those that others have for viewers of its model (`watchly.api.viewer`); `viewer` is the
    caller's id, or None. Raises NotAuthenticated for one of those by nobody.
    """

    def __init__(self, *args: Any, viewer: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, entry in self.of_viewers().items():
            made = entry.make()
            made.parent, made.model, made.field_name = self, self.queryset.model, name
            made.method = lambda rows, name, value, entry=entry: entry.narrow(rows, value, signed_in(viewer, name))
            self.filters[name] = made

    @classmethod
    def of_viewers(cls) -> dict[str, ViewerFilter]:
        """What viewers may narrow by besides, by name."""
        model = cls._meta.model
        known = filters_of(model._meta.label_lower) if model is not None else {}
        return {name: entry for name, entry in known.items() if name not in cls.base_filters}

    @classmethod
    def known(cls) -> dict[str, filters.Filter]:
        """Every filter by its name."""
        return {**cls.base_filters, **{name: entry.make() for name, entry in cls.of_viewers().items()}}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The query parameters that it knows."""
        return (*cls.base_filters, *cls.of_viewers())

    def narrowed(self) -> Any:
        """The narrowed queryset. Raises ValidationError."""
        if not self.is_valid():
            raise ValidationError(
                {
                    name: [ErrorDetail(self._told(name, error), code=error.code or "invalid") for error in found]
                    for name, found in self.errors.as_data().items()
                }
            )
        return self.qs

    def _told(self, name: str, error: Any) -> str:
        told = "; ".join(error.messages)
        if error.code != "invalid_choice":
            return told
        field = self.form.fields[name]
        if not isinstance(field, forms.ChoiceField) or isinstance(field, forms.ModelChoiceField):
            return told
        # Which of a few words would be right is not in Django's text.
        choices: Any = field.choices
        return f"{told} Known are: {', '.join(str(word) for word, _ in choices if word)}."
