r"""Lone surrogates: JSON can write half of a UTF-16 character (`"\ud800"`), which no text, file or column can hold."""

from __future__ import annotations

import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
# How JSON writes one, or a half of a pair: only a text that holds this needs to be searched.
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")

Path = tuple[str | int, ...]


def may_hold_surrogates(text: str) -> bool:
    """Whether a JSON text can hold a lone surrogate once it is parsed."""
    return _ESCAPED.search(text) is not None


def lone_surrogate(value: Any) -> Path | None:
    """The path to the first key or text of a parsed JSON value that holds one, or None.

    For a key it is the path of the object that has the key: the key itself cannot be shown. Iterative, since the value
    may be nested as deeply as the parser accepts.
    """
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, str):
            if _SURROGATE.search(found):
                return path
        elif isinstance(found, list):
            waiting += [((*path, place), item) for place, item in reversed(list(enumerate(found)))]
        elif isinstance(found, dict):
            if any(_SURROGATE.search(key) for key in found):
                return path
            waiting += [((*path, key), item) for key, item in reversed(list(found.items()))]
    return None
