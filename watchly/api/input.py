"""Input is strict: what is not known is refused by name, with the nearest known one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

MOST_WORDS = 50  # in one parameter
_MOST_ERRORS = 20  # of unknown names; no response reports more


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known word nearest to a mistyped one, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(name[:80], known, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known are: {', '.join(known)}." if known else "Nothing is expected here."


def unknown(name: str, known: Iterable[str], what: str) -> list[ErrorDetail]:
    """The error for one unknown field or parameter."""
    return [ErrorDetail(f"There is no {what} {name[:80]!r}. {nearest(name, known)}", code="unknown")]


# Lists of words in every operation that has them. Clients that were generated repeat them, people write commas.
WORD_LISTS = frozenset({"fields", "expand"})


def words(query: Any, name: str) -> list[str]:
    """Returns the words of a parameter, which may be repeated and may hold several words separated by commas.

    Raises ValidationError for more than MOST_WORDS: an unknown word costs a search for the nearest known one.
    """
    found = [word.strip() for text in query.getlist(name) for word in text.split(",", MOST_WORDS)]
    if len(found) > MOST_WORDS:
        raise ValidationError({name: [ErrorDetail(f"Send at most {MOST_WORDS} words.", code="max_length")]})
    return found


def check_parameters(
    query: Any, *, known: Iterable[str], repeatable: Iterable[str] = (), what: str = "parameter"
) -> None:
    """Raises ValidationError for a query parameter (or `what` it is) that is unknown, or repeated and may not be."""
    known = set(known)
    repeatable = WORD_LISTS.union(repeatable)
    errors: dict[str, Any] = {}
    for name, values in query.lists():
        if len(errors) >= _MOST_ERRORS:
            break  # each costs a search for the nearest known name
        if name not in known:
            errors[name] = unknown(name, known, what)
        elif len(values) > 1 and name not in repeatable:
            errors[name] = [ErrorDetail(f"This {what} was given more than once: send it once.", code="repeated")]
    if errors:
        raise ValidationError(errors)


def whole(value: Any) -> Any:
    """A JSON number that is whole as the int it is, however it is written (3.0 is 3); anything else as it came."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_nothing_sent(request: Any) -> None:
    """Raises ValidationError for any parameter or field, where a call takes none."""
    check_parameters(request.query_params, known=())
    StrictSerializer(data=request.data).is_valid(raise_exception=True)


# How JSON writes what each kind of field takes. DRF's own fields take more: a number as a text, a text as a number.
_WRITTEN: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], str], ...] = (
    (serializers.BooleanField, (bool,), "true or false, without quotes"),
    (serializers.IntegerField, (int, float), "an integer, without quotes"),
    (serializers.FloatField, (int, float), "a number, without quotes"),
    (serializers.DecimalField, (int, float), "a number, without quotes"),
    (serializers.CharField, (str,), "a text, in quotes"),
)


def _miswritten(field: Any, value: Any) -> Any:
    """The error for a value that JSON writes otherwise, or the errors of a list's items by their index; else None."""
    if value is None:
        return None
    if isinstance(field, serializers.ListField):
        if isinstance(value, list) and field.max_length is not None and len(value) > field.max_length:
            # DRF compares the length after it has validated every item.
            return [ErrorDetail(f"Send at most {field.max_length:,} items.", code="max_length")]
        found = {at: _miswritten(field.child, item) for at, item in enumerate(value)} if isinstance(value, list) else {}
        return {at: error for at, error in found.items() if error} or None
    for kind, types, words in _WRITTEN:
        if isinstance(field, kind):
            fits = isinstance(value, types) and (isinstance(value, bool) == (bool in types))
            return None if fits else [ErrorDetail(f"Write {words}.", code="invalid")]
    return None


class StrictSerializer(serializers.Serializer[Any]):
    """An input serializer that refuses unknown fields, and in JSON values of another type than the field's.

    A form holds texts alone: `context["form"]` says that the data came from one, where it is not seen from the data.

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
            if not isinstance(data, QueryDict) and not self.context.get("form"):
                errors.update(self._miswritten(data))
            if self.parent is not None:  # a row is set whole, also where the rest of the call is partial
                for name, field in self.fields.items():
                    if field.required and name not in data:
                        errors[name] = [ErrorDetail(str(field.error_messages["required"]), code="required")]
            if errors:
                raise ValidationError(errors)
        return super().to_internal_value(data)

    def _miswritten(self, data: Mapping[Any, Any]) -> dict[str, Any]:
        fields = ((name, field) for name, field in self.fields.items() if name in data and not field.read_only)
        return {name: error for name, field in fields if (error := _miswritten(field, data[name]))}
