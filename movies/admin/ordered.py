"""Rows of an inline that are put in order by dragging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from watchly.common.admin.pickers import OneReadFormSet


class OrderedFormSet(OneReadFormSet):
    """Understands what unfold sends when a row is dragged: the rows of the page, numbered from 0.

    Those numbers say an order and no positions: the page may be the second, and cast and crew are each counted by
    themselves. So the rows of a group share out the positions that they had. Numbers typed by hand are taken as they
    are. A new row without a number comes last in its group.
    """

    group: Callable[[Any], object] = staticmethod(lambda row: None)

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        stored = [form for form in self.initial_forms if "position" in form.cleaned_data]
        given = [form.cleaned_data["position"] for form in stored]
        before = [form.initial.get("position") for form in stored]
        if given != before and sorted(given, key=_last) == list(range(len(given))):
            self._share_out(sorted(stored, key=lambda form: form.cleaned_data["position"]))
        self._append()

    def _share_out(self, forms: list[Any]) -> None:
        groups = defaultdict(list)
        for form in forms:
            groups[type(self).group(form.instance)].append(form)
        first = self.page.start_index() - 1 if getattr(self, "page", None) else 0
        for rows in groups.values():
            places = sorted((form.initial.get("position") for form in rows), key=_last)
            if None in places or len(set(places)) < len(places):
                places = list(range(first, first + len(rows)))
            for form, place in zip(rows, places, strict=True):
                _place(form, place)

    def _append(self) -> None:
        last: dict[object, int] = defaultdict(lambda: -1)
        for row in self.instance_rows():
            if row.position is not None:
                group = type(self).group(row)
                last[group] = max(last[group], row.position)
        for form in self.extra_forms:
            if form.has_changed() and not form.cleaned_data.get("DELETE") and form.cleaned_data.get("position") is None:
                group = type(self).group(form.instance)
                last[group] += 1
                _place(form, last[group])

    def instance_rows(self) -> list[Any]:
        """All rows of the movie, of other pages too."""
        return list(self.model._default_manager.filter(**{self.fk.name: self.instance})) if self.instance.pk else []


def _place(form: Any, position: int) -> None:
    form.cleaned_data["position"] = form.instance.position = position
    changed = [name for name in form.changed_data if name != "position"]
    # What a form has changed is worked out once, from what was sent: here something else is meant.
    form.__dict__["changed_data"] = [*changed, "position"] if form.initial.get("position") != position else changed


def _last(position: int | None) -> tuple[bool, int]:
    return position is None, position or 0
