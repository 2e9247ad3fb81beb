"""Serializer fields that a document knows besides DRF's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from watchly.api.addresses import media_address
from watchly.common import texts
from watchly.common.countries import country_code, unknown_country
from watchly.common.job_states import JobState
from watchly.common.languages import NO_LANGUAGE, language_code, unknown_language
from watchly.common.rfc3339 import parse_time


class ChoiceField(serializers.ChoiceField):
    """One of a few words. The error for any other names them all."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        words = ", ".join(str(word) for word in self.choices)
        self.error_messages["invalid_choice"] = f"{{input}} is none of these: {words}."

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        if "input" in kwargs:  # as JSON writes it: null and not None
            kwargs["input"] = json.dumps(kwargs["input"], ensure_ascii=False, default=str)
        super().fail(key, **kwargs)


class TextField(serializers.CharField):
    """A text of a person, in NFC. One without a visible character is a blank one."""

    clean = staticmethod(texts.normalized)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # NUL is refused by a validator, which must see it.
        if isinstance(data, str) and "\x00" not in data:
            data = self.clean(data)
        return super().run_validation(data)


class LineField(TextField):
    """A title, a name or a tag: one line without invisible characters (`watchly.common.texts.one_line`)."""

    clean = staticmethod(texts.one_line)


class ProseField(TextField):
    """A text of several lines, such as a review or a note (`watchly.common.texts.paragraphs`)."""

    clean = staticmethod(texts.paragraphs)


class CountryField(serializers.CharField):
    """A country by its ISO 3166-1 code; another code or an English name becomes that code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        given = super().to_internal_value(data)
        if (code := country_code(given)) is None:
            raise serializers.ValidationError(unknown_country(given), code="country")
        return code


class LanguageField(serializers.CharField):
    """A language by its ISO 639 code; another code or an English name becomes that code.

    With `spoken`, the code for movies without words (`xx`) is refused.
    """

    def __init__(self, *, spoken: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)
        self.spoken = spoken

    def to_internal_value(self, data: Any) -> str:
        given = super().to_internal_value(data)
        code = language_code(given)
        if self.spoken and code == NO_LANGUAGE:
            detail = f"{given!r} means that a movie has no language: use one such as en."
            raise serializers.ValidationError(detail, code="language")
        if code is None:
            raise serializers.ValidationError(unknown_language(given), code="language")
        return code


class TimeField(serializers.DateTimeField):
    """A time as RFC 3339 writes it, with any number of fraction digits; without an offset it is in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            return super().to_internal_value(value)
        try:
            return parse_time(value, zone=UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            raise serializers.ValidationError(
                "Use a time of RFC 3339, such as 2026-11-25T21:30:00+09:00.", code="invalid"
            ) from None


class JobStateField(ChoiceField):
    """The state of a job, in the words of `JobState`, from the model's own state: `TOLD` of the model translates."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(JobState.choices, read_only=True, source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value.TOLD[value.state].value)


class MediaUrlField(serializers.CharField):
    """The public address of a stored file: the column's path behind the fixed prefix of the settings, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]  # a file there is not is null
        return media_address(value)


class SqlField(serializers.Field):  # type: ignore[type-arg]
    """A value that an SQL expression over the document's row (alias `{row}`) gives; `output` is its shape. `{media}` in
    the expression stands for the public prefix of stored files.

    `python` gives the same value for DRF's own rendering; a test holds the two equal.
    """

    def __init__(
        self, sql: str, *, output: serializers.Field[Any, Any, Any, Any], python: Callable[[Any], Any]
    ) -> None:
        super().__init__(read_only=True, source="*")
        self.sql, self.output, self.python = sql, output, python

    def to_representation(self, value: Any) -> Any:
        return self.python(value)


class SqlFieldExtension(OpenApiSerializerFieldExtension):
    """Documents an SqlField by its `output`."""

    target_class = SqlField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        output = self.target.output
        if not isinstance(output, serializers.BaseSerializer):
            return auto_schema._map_serializer_field(output, direction)
        if hasattr(output, "child"):
            return {"type": "array", "items": auto_schema.resolve_serializer(output.child, direction).ref}
        shape = auto_schema.resolve_serializer(output, direction).ref
        return {"oneOf": [shape, {"type": "null"}]} if output.allow_null else shape
