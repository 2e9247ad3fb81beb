"""What staff do in the back office goes into the audit trail, for every model at one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from watchly.common.audit import record_event

_IDS_KEPT = 100  # of a selection that may be thousands


class AuditedAdmin:
    """For every admin: hears what Django would log, and what is done to a selection.

    Events say which model, which rows by number and which fields; never what stood in them, and no names.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _record("back_office_added", obj)
        return super().log_addition(request, obj, message)  # type: ignore[misc]  # ModelAdmin's

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _record("back_office_changed", obj, **_changed(message))
        return super().log_change(request, obj, message)  # type: ignore[misc]  # likewise

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            _record("back_office_deleted", obj)
        return super().log_deletions(request, queryset)  # type: ignore[misc]  # likewise

    def response_action(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """An action of a list. Of one that asks first, what is done then comes by `audit_deed`."""
        answer: HttpResponse | None = super().response_action(request, queryset)  # type: ignore[misc]  # likewise
        if answer is not None:
            chosen = [int(pk) for pk in request.POST.getlist("_selected_action") if pk.isdecimal()]
            names = [name for name in request.POST.getlist("action") if name]
            self.audit_deed("".join(names[:1])[:40], chosen, all=request.POST.get("select_across") == "1")
        return answer

    def audit_deed(self, deed: str, ids: Sequence[int], **details: Any) -> None:
        """One thing that is done to many rows of the model."""
        model: type[Model] = self.model  # type: ignore[attr-defined]  # likewise
        record_event(
            "back_office_action",
            model=model._meta.label_lower,
            action=deed,
            count=len(ids),
            ids=list(ids[:_IDS_KEPT]),
            **details,
        )


def _record(event: str, obj: Model, **details: Any) -> None:
    subject = obj.pk if isinstance(obj, get_user_model()) else None
    record_event(event, subject_id=subject, model=obj._meta.label_lower, id=obj.pk, **details)


def _changed(message: Any) -> dict[str, Any]:
    """The fields that changed, and of what hangs on the row the kinds; not which, since their names may be people's."""
    fields, parts = [], set()
    for each in message if isinstance(message, list) else ():
        for what in each.values():
            if "name" in what:
                parts.add(str(what["name"]))
            else:
                fields += [str(field) for field in what.get("fields", ())]
    return {"fields": fields, **({"parts": sorted(parts)} if parts else {})}
