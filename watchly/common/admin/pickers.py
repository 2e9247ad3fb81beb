"""Autocomplete fields in a formset that read the labels of what is chosen from the rows the page has anyway."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import BaseModelForm, Field
from django.http import HttpRequest
from unfold.forms import PaginationInlineFormSet


class _KnowsLabels:
    """Renders chosen options from `known` (value to label); asks the database only for what is not there."""

    known: dict[str, str]
    allow_multiple_selected: bool

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        known = getattr(self, "known", {})
        chosen = [str(each) for each in value if each not in ("", None, "None")]
        if any(each not in known for each in chosen):
            return super().optgroups(name, value, attrs)  # type: ignore[misc]
        options = [] if self.allow_multiple_selected else [self.create_option(name, "", "", False, 0)]  # type: ignore[attr-defined]
        options += [
            self.create_option(name, each, known[each], True, index)  # type: ignore[attr-defined]
            for index, each in enumerate(chosen, start=1)
        ]
        return [(None, options, 0)]


class KnownAutocompleteSelect(_KnowsLabels, AutocompleteSelect):
    """One choice."""


class KnownAutocompleteSelectMultiple(_KnowsLabels, AutocompleteSelectMultiple):
    """Several choices."""


def tell_labels(field: Field, chosen: list[Model]) -> None:
    """Hands an autocomplete field the rows that are chosen in it, so that it does not read them again."""
    widget: Any = field.widget
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    widget.known = {str(row.pk): str(row) for row in chosen}


class OneReadFormSet(PaginationInlineFormSet):
    """An inline's rows in one read, whatever the number of its pages: a movie's parts are counted in hundreds."""

    def __init__(
        self, *args: Any, request: HttpRequest | None = None, per_page: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(request, None, *args, **kwargs)
        self.per_page = per_page
        if per_page and request is not None:
            self.paginator = Paginator(list(self.get_queryset()), per_page)
            self.page = self.get_page(self.paginator, self.get_page_num())
            self._queryset = self.page.object_list

    def changed_forms(self) -> list[BaseModelForm[Any]]:
        """The forms that add, change or remove a row."""
        return [form for form in self.forms if form.has_changed()]
