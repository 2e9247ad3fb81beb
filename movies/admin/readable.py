"""Changes in words: what a field was and is, and of a list what went and what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from movies.models import Movie

_LONGEST = 400  # characters of a value on a page
_IDS = ("imdb_id", "tmdb_id", "wikidata_id")
_LABELS = {each.name: str(each.verbose_name) for each in Movie._meta.concrete_fields if each.name in _IDS}
_LABELS["locked_fields"] = "Locked"


@dataclass(frozen=True)
class Told:
    """A changed field: from `old` to `new`, or of a list what is `gone` and what `came`, or its new order."""

    label: str
    old: str | None = None
    new: str | None = None
    gone: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)


def label(name: str) -> str:
    """A field's name for people."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def told(name: str, value: Any) -> Told:
    """A field of a history's line: `{"old": …, "new": …}`."""
    old, new = (value.get("old"), value.get("new")) if isinstance(value, dict) else (None, value)
    if not isinstance(old, list) and not isinstance(new, list):
        return Told(label(name), old=_short(_one(old)), new=_short(_one(new)))
    before, after = [_short(_one(each)) for each in old or ()], [_short(_one(each)) for each in new or ()]
    if name == "locked_fields":
        before, after = ([label(each) for each in each_side] for each_side in (old or (), new or ()))
    if before and sorted(before) == sorted(after):
        return Told(label(name), order=after)
    return Told(label(name), gone=before, came=after)


def _one(value: Any) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(_one(each) for each in value)
    if not isinstance(value, dict):
        return str(value)
    known = {key: each for key, each in value.items() if each not in (None, "", [], False)}
    if "name" in known and known.keys() & {"person", "character", "job"}:
        part = f" as {known['character']}" if "character" in known else f", {known['job']}" if "job" in known else ""
        return f"{known['name']}{part}"
    if known.keys() >= {"kind", "width", "height"}:
        language = f", {known['language']}" if "language" in known else ""
        return f"{known['kind']} {known.get('id', '')} ({known['width']} × {known['height']}{language})"
    return " · ".join(key if each is True else _one(each) for key, each in known.items())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
