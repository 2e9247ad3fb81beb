"""JSON in. Strict: no NaN, no Infinity, and a key that stands twice is refused instead of silently winning."""

from __future__ import annotations

import codecs
import json
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from watchly.api.json_texts import check_texts
from watchly.common.errors import TooLarge

_DEEPEST = 32


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {json.dumps(key)} stands twice in one object")
        result[key] = value
    return result


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it, in UTF-8."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge(f"The body is larger than the {most} bytes that are taken.")
        try:
            text = codecs.decode(body, "utf-8")
            parsed = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys)
        except UnicodeDecodeError as error:
            raise ParseError(f"The body is not UTF-8 (byte {error.start}).") from error
        except RecursionError as error:
            raise ParseError(f"The body is nested too deeply: at most {_DEEPEST} levels.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        check_texts(text, parsed)
        return parsed
