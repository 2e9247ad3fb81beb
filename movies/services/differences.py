"""What a history tells of a change: each field's old and new value as JSON.

A fact holds both values. Of a list, `old` holds what is gone and `new` what came; where only the order changed, both
hold the list whole. So one part more among a hundred is one row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.db import connection

from movies.exporters.documents import FIELDS
from movies.models import Image

Value = dict[str, Any]

# A part names its person by number too: two people may have one name.
_PART = "SELECT json_agg(json_build_object('person', p.id, 'name', p.name{more}) ORDER BY k.kind, k.position, k.id)"
_CREDITS = f"({_PART} FROM movies_credit k JOIN movies_person p ON p.id = k.person_id WHERE k.movie_id = m.id{{which}})"
_IMAGES = (
    "(SELECT json_agg(json_build_object('id', i.id, 'kind', i.kind, 'language', i.language, 'width', i.width,"
    " 'height', i.height) ORDER BY i.kind, i.position, i.id) FROM movies_image i WHERE i.movie_id = m.id)"
)
# What can change of a movie, by the name that locks it, as SQL over the movie `m`.
_SQL: Final[dict[str, str]] = {
    **FIELDS,
    "directors": _CREDITS.format(more="", which=" AND k.kind = 'crew' AND k.job = 'Director'"),
    "credits": _CREDITS.format(more=", 'character', k.character, 'job', k.job", which=""),
    "images": _IMAGES,
}
_LISTS: Final = frozenset({
    *("languages", "countries", "genres", "tags", "companies", "directors", "credits", "images"),
    *("alternative_titles", "awards", "release_dates", "videos"),
})  # fmt: skip
LOCKED: Final = "locked_fields"


def snapshot(*, movie_id: int, names: Collection[str]) -> dict[str, Any]:
    """These facts and relations of a movie as JSON, in one statement; none for no names."""
    if not names:
        return {}
    pairs = ", ".join(f"'{name}', {_SQL[name]}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT json_strip_nulls(json_build_object({pairs}))::text FROM movies_movie m WHERE m.id = %s", [movie_id]
        )
        row = cursor.fetchone()
    stored = json.loads(row[0]) if row else {}
    return {name: stored.get(name, [] if name in _LISTS else None) for name in names}


def shown(value: Any) -> Any:
    """A fact as JSON."""
    return value.isoformat() if isinstance(value, date) else value


def shown_image(image: Image) -> dict[str, Any]:
    """A picture, as `snapshot` tells of it."""
    told = {name: getattr(image, name) for name in ("kind", "language", "width", "height")}
    return {"id": image.pk, **{name: value for name, value in told.items() if value is not None}}


def difference(old: Any, new: Any) -> Value:
    """A field's old and new value; of lists what is gone and what came."""
    if not isinstance(old, list | tuple) and not isinstance(new, list | tuple):
        return {"old": shown(old), "new": shown(new)}
    before, after = list(old or ()), list(new or ())
    gone, came = _apart(before, after)
    if not gone and not came and before != after:
        return {"old": before, "new": after}
    return {"old": gone, "new": came}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Value]:
    """What differs between two snapshots. A list that was written anew and reads the same has nothing old nor new."""
    return {
        name: difference(old, after[name])
        for name, old in before.items()
        if name in after and (old != after[name] or name in _LISTS)
    }


def made(values: Mapping[str, Any]) -> dict[str, Value]:
    """What something was made with: whatever is known, from nothing."""
    return {
        name: difference([] if isinstance(value, list | tuple) else None, value)
        for name, value in values.items()
        if value not in (None, "", [], ())
    }


def locking(fields: Iterable[str], locked: Collection[str]) -> dict[str, Value]:
    """Which of these fields are locked from now on and were not: so a history says who locked what, and when."""
    new = sorted(set(fields) - set(locked))
    return {LOCKED: {"old": [], "new": new}} if new else {}


def _apart(before: list[Any], after: list[Any]) -> tuple[list[Any], list[Any]]:
    """What is in one of two lists alone, or more often than in the other, in its order."""
    # Two long lists mostly begin alike, and an import compares a great many.
    alike = next((place for place, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    start = min(len(before), len(after)) if alike is None else alike
    return _more(before[start:], after[start:]), _more(after[start:], before[start:])


def _more(these: list[Any], those: list[Any]) -> list[Any]:
    left = Counter(map(_key, those))
    found = []
    for each in these:
        left[_key(each)] -= 1
        if left[_key(each)] < 0:
            found.append(each)
    return found


def _key(value: Any) -> Any:
    """Rows are dicts, which have no hash."""
    return json.dumps(value, sort_keys=True) if isinstance(value, dict) else value
