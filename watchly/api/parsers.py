"""Parsers of request bodies, each with the largest body that it takes.

JSON is strict (no NaN, no Infinity, no duplicate key) and bounded (keys, items, depth) before a serializer sees it.
"""

from __future__ import annotations

import codecs
import json
from math import isfinite
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser

from watchly.api.json_texts import check_texts
from watchly.common.errors import TooLarge

_DEEPEST = 32
_MOST_KEYS = 100  # in one object: the largest input serializer has about 40 fields
_MOST_ITEMS = 3000  # in one list: directors, cast and crew of a movie (`movie.credits` in its limits)
_LONGEST_KEY = 200  # characters
_FORM_BYTES = 64 * 1024  # what a form needs besides its file


class _OutOfBoundsError(ValueError):
    """JSON, but more of it than any input needs."""


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text[:40]} is larger than any number that is accepted")
    return value


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MOST_KEYS:
        raise _OutOfBoundsError(f"an object has {len(pairs):,} keys, and at most {_MOST_KEYS} are accepted")
    result: dict[str, Any] = {}
    for key, value in pairs:
        if len(key) > _LONGEST_KEY:
            raise _OutOfBoundsError(f"a key is longer than {_LONGEST_KEY} characters")
        if key in result:
            raise ValueError(f"the key {json.dumps(key)} appears twice in one object")
        result[key] = value
    return result


def _check_bounds(value: Any) -> None:
    """Raise _OutOfBoundsError for lists and nesting that no input of ours needs. Iterative: the input may be deep."""
    waiting = [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        if not isinstance(found, dict | list):
            continue
        if depth > _DEEPEST:
            raise _OutOfBoundsError(f"it is nested more than {_DEEPEST} levels deep")
        if isinstance(found, list) and len(found) > _MOST_ITEMS:
            raise _OutOfBoundsError(f"a list has {len(found):,} items, and at most {_MOST_ITEMS:,} are accepted")
        waiting += [(item, depth + 1) for item in (found.values() if isinstance(found, dict) else found)]


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it, in UTF-8."""

    @staticmethod
    def most_bytes() -> int:
        """The largest body, in bytes."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = self.most_bytes()
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge(f"The request body is larger than {most:,} bytes.")
        try:
            text = codecs.decode(body, "utf-8")
            parsed = json.loads(
                text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique_keys
            )
            _check_bounds(parsed)
        except UnicodeDecodeError as error:
            raise ParseError(f"The body is not UTF-8 (byte {error.start}).") from error
        except RecursionError as error:
            raise ParseError(f"The body is too large: it is nested more than {_DEEPEST} levels deep.") from error
        except _OutOfBoundsError as error:
            raise ParseError(f"The body is too large: {error}.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        check_texts(text, parsed)
        return parsed


class PlainFormParser(FormParser):
    """application/x-www-form-urlencoded."""

    @staticmethod
    def most_bytes() -> int:
        """The largest body, in bytes."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class ImageFormParser(MultiPartParser):
    """multipart/form-data with one image."""

    @staticmethod
    def most_bytes() -> int:
        """The largest body, in bytes."""
        return int(settings.UPLOAD_MAX_BYTES) + _FORM_BYTES


class ImportFormParser(MultiPartParser):
    """multipart/form-data with a file to import."""

    @staticmethod
    def most_bytes() -> int:
        """The largest body, in bytes."""
        return int(settings.IMPORT_MAX_BYTES) + _FORM_BYTES
