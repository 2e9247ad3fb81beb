"""Movies of which a record says that they are one film: noted for a curator, who merges them or dismisses it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

from movies.importers.matching import Known
from movies.models import DuplicatePair

_REASON = f"'{DuplicatePair.Reason.EXTERNAL_ID}'::varchar"
# Two movies that a source calls one are as likely one as can be told without looking. What somebody has decided stays.
_NOTE = f"""
INSERT INTO movies_duplicatepair AS d (first_id, second_id, reasons, score, state, found_at)
SELECT p.first, p.second, ARRAY[{_REASON}], 100, 'open', now()
FROM unnest(%s::bigint[], %s::bigint[]) AS p(first, second)
ON CONFLICT (first_id, second_id) DO UPDATE SET score = 100,
    reasons = CASE WHEN {_REASON} = ANY (d.reasons) THEN d.reasons ELSE array_append(d.reasons, {_REASON}) END
WHERE d.state = 'open' AND (d.score < 100 OR {_REASON} <> ALL (d.reasons))
"""


def note_pairs(cursor: CursorWrapper, pairs: Iterable[tuple[Known, Known]]) -> None:
    """Opens a pair for each two movies that are in the catalogue and not withdrawn."""
    ids = sorted({
        (min(one.id, other.id), max(one.id, other.id))
        for one, other in pairs
        if one.id and other.id and "withdrawn" not in (one.state, other.state)
    })  # fmt: skip
    if ids:
        cursor.execute(_NOTE, [[first for first, _ in ids], [second for _, second in ids]])
