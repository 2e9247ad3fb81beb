"""A movie as a form: the same fields as its JSON, and a poster."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from watchly.api.json_texts import check_texts

WORDS = ("genres", "tags", "companies", "directors", "languages", "countries")
NESTED = ("credits", "alternative_titles", "release_dates", "awards", "videos")


def parted(request: Request) -> tuple[Any, Any]:
    """The fields and the poster of a body that is JSON or a form.

    In a form lists of words are repeated fields, nested rows are JSON texts, and an empty field is an unknown one.
    """
    data = request.data
    if not isinstance(data, QueryDict):
        return data, None
    fields: dict[str, Any] = {}
    for name, values in data.lists():
        if name == "poster":
            continue
        if name in WORDS:
            fields[name] = [value for value in values if value != ""]
        elif name in NESTED:
            if values[-1] != "":
                fields[name] = _rows(name, values[-1])
        else:
            fields[name] = values[-1] if values[-1] != "" else None
    poster = request.FILES.get("poster")
    if poster is None and data.get("poster"):
        raise ValidationError({"poster": [ErrorDetail("The poster is a file: send it as one.", code="not_a_file")]})
    extra = sorted(set(request.FILES) - {"poster"})
    if extra:
        raise ValidationError({extra[0]: [ErrorDetail("The only file taken here is `poster`.", code="unknown")]})
    return fields, poster


def _rows(name: str, text: str) -> Any:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError(
            {name: [ErrorDetail(f"In a form this is a JSON list: {error}.", code="invalid")]}
        ) from error
    try:
        check_texts(text, rows)
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from error
    return rows
