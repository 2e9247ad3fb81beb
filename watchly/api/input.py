"""Input is strict: what is not known is refused by name, with the nearest known one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known word nearest to a mistyped one, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known are: {', '.join(known)}." if known else "None are known here."


def unknown(name: str, known: Iterable[str], what: str) -> list[ErrorDetail]:
    """The error for one unknown field or parameter."""
    return [ErrorDetail(f"There is no {what} {name[:80]!r}. {nearest(name, known)}", code="unknown")]


def check_parameters(query: Any, *, known: Iterable[str], repeatable: Iterable[str] = ()) -> None:
    """Raises ValidationError for a query parameter that is not known, or stands twice and may not."""
    known = set(known)
    errors: dict[str, Any] = {}
    for name, values in query.lists():
        if name not in known:
            errors[name] = unknown(name, known, "parameter")
        elif len(values) > 1 and name not in repeatable:
            errors[name] = [ErrorDetail("This parameter stands more than once: send it once.", code="repeated")]
    if errors:
        raise ValidationError(errors)


def whole(value: Any) -> Any:
    """A JSON number that is whole as the int it is, however it is written (3.0 is 3); anything else as it came."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_nothing_sent(request: Any) -> None:
    """Raises ValidationError for any parameter or field, where a call takes none."""
    check_parameters(request.query_params, known=())
    StrictSerializer(data=request.data).is_valid(raise_exception=True)


class StrictSerializer(serializers.Serializer[Any]):
    """An input serializer that refuses unknown fields.

    `Meta.read_only` names fields of the document that are never written: on PUT and PATCH one is ignored if it equals
    what is stored (`context["stored"]`, the current document) and refused if it differs; on POST it is refused.
    `Meta.ignored` names what rows that are set whole carry when they are sent back as they were read (their `id`).
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            meta = getattr(self, "Meta", None)
            read_only: tuple[str, ...] = getattr(meta, "read_only", ())
            ignored: tuple[str, ...] = getattr(meta, "ignored", ())
            stored = self.context.get("stored") or {}
            errors: dict[str, Any] = {}
            for name in data:
                if name in self.fields or name in ignored:
                    continue
                if name in read_only:
                    if name not in stored or stored[name] != data[name]:
                        errors[name] = [
                            ErrorDetail("This field is kept by the server: leave it out.", code="read_only")
                        ]
                else:
                    errors[str(name)] = unknown(str(name), self.fields, "field")
            if self.parent is not None:  # a row is set whole, also where the rest of the call is partial
                for name, field in self.fields.items():
                    if field.required and name not in data:
                        errors[name] = [ErrorDetail(str(field.error_messages["required"]), code="required")]
            if errors:
                raise ValidationError(errors)
        return super().to_internal_value(data)
