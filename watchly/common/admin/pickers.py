"""Autocomplete fields in a formset that read the labels of what is chosen from the rows the page has anyway."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import Field, ModelForm
from django.forms.utils import flatatt
from django.http import HttpRequest, JsonResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget


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


class KnownAutocompleteSelect(_KnowsLabels, AutocompleteSelect):  # type: ignore[misc]  # the stubs name its arguments otherwise
    """One choice."""


class KnownAutocompleteSelectMultiple(_KnowsLabels, AutocompleteSelectMultiple):  # type: ignore[misc]  # likewise
    """Several choices."""


def tell_labels(field: Field, chosen: list[Model]) -> None:
    """Hands an autocomplete field the rows that are chosen in it, so that it does not read them again."""
    _inner(field).known = {str(row.pk): str(row) for row in chosen}


def _inner(field: Field) -> Any:
    widget = field.widget
    return widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget


class _Quick:
    """Renders its options in one go: Django renders a template for each, 40 ms for the countries and languages."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        widget: Any = self
        chosen = {str(each) for each in widget.format_value(value)}
        own = widget.build_attrs(widget.attrs, {**(attrs or {}), "name": name})
        if widget.allow_multiple_selected:
            own["multiple"] = True
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((code, mark_safe(" selected") if str(code) in chosen else "", label) for code, label in widget.choices),
        )
        return format_html("<select{}>\n{}</select>", flatatt(own), options)


class QuickSelect(_Quick, UnfoldAdminSelect2Widget):
    """One of a few hundred."""


class QuickSelectMultiple(_Quick, UnfoldAdminSelect2MultipleWidget):
    """Several of a few hundred."""


class LabelledAutocomplete(AutocompleteJsonView):
    """What a picker offers. An admin with `picker_labels` says more of its rows than their names, read once a page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        self.term, self.model_admin, self.source_field, field_name = self.process_request(request)
        if not self.has_perm(request):
            raise PermissionDenied
        self.object_list = self.get_queryset()
        page = self.get_context_data()
        rows = list(page["object_list"])
        labels = getattr(self.model_admin, "picker_labels", None)
        known: dict[Any, str] = labels(rows) if labels else {}
        results = [self.serialize_result(row, field_name) | _label(known.get(row.pk)) for row in rows]
        return JsonResponse({"results": results, "pagination": {"more": page["page_obj"].has_next()}})


def _label(text: str | None) -> dict[str, str]:
    return {} if text is None else {"text": text}


class KnowingForm(ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A form whose autocomplete fields take the label of what is chosen from the instance."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name, field in self.fields.items():
            if isinstance(_inner(field), KnownAutocompleteSelect):
                chosen = getattr(self.instance, name)
                tell_labels(field, [chosen] if chosen else [])


class KnownPickers:
    """For admins and inlines: their `autocomplete_fields` become pickers that know their labels."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        admin: Any = self
        if db_field.name in admin.autocomplete_fields:
            kwargs.setdefault("widget", KnownAutocompleteSelect(db_field, admin.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        admin: Any = self
        if db_field.name in admin.autocomplete_fields:
            kwargs.setdefault("widget", KnownAutocompleteSelectMultiple(db_field, admin.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class OneReadFormSet(PaginationInlineFormSet):
    """An inline's rows in one read, whatever the number of its pages: a movie's parts are counted in hundreds."""

    def __init__(self, *, request: HttpRequest | None = None, per_page: int | None = None, **kwargs: Any) -> None:
        super().__init__(request=request, **kwargs)
        rows = list(self.get_queryset())
        self.per_page = per_page
        if per_page and request is not None:
            self.paginator = Paginator(rows, per_page)
            self.page = self.get_page(self.paginator, self.get_page_num())
            self._queryset = self.page.object_list
        # A text, since the template would count in the database for a number that is nought.
        self.count = str(len(rows))
