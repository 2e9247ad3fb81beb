"""Films that stand twice: found, listed for a curator, and dismissed by one. Merging is `movies.services.merging`'s.

The list follows the catalogue: every night all of it is looked through, every few minutes what was written meanwhile.
A pair that was dismissed stays so, also when one of its films is merged into another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from movies.models import DuplicatePair, Merge, Movie
from movies.services.likeness import CERTAIN, CLEAR, FOCUS, FOCUS_ON_SOME, LISTED, STEPS
from watchly.common.actor import current_actor

State = DuplicatePair.State
# Two runs at once would do the same work and wait for each other's rows.
_LOCK: Final = 0x57_1A_0003
# Past so many films, looking through all of them is the shorter way.
_MOST_APART: Final = 5_000

# Pairs of which somebody has said that they are two films each, by what their movies are now: what was merged, through
# however many merges, is its survivor.
_SETTLED = """
WITH RECURSIVE lives(id, now) AS (
    SELECT id, merged_into_id FROM movies_movie WHERE state = 'merged'
    UNION SELECT l.id, m.merged_into_id FROM lives l JOIN movies_movie m ON m.id = l.now AND m.state = 'merged'
), settled AS (
    SELECT DISTINCT least(coalesce(a.now, d.first_id), coalesce(b.now, d.second_id)) AS first,
                    greatest(coalesce(a.now, d.first_id), coalesce(b.now, d.second_id)) AS second
    FROM movies_duplicatepair d
    LEFT JOIN lives a ON a.id = d.first_id
    LEFT JOIN lives b ON b.id = d.second_id
    WHERE d.state = 'dismissed'
)
"""
_KEEP = f"""
{_SETTLED}
INSERT INTO movies_duplicatepair AS d (first_id, second_id, reasons, score, state, found_at)
SELECT s.first, s.second, s.reasons, s.score, 'open', now()
FROM likely_score s LEFT JOIN settled USING (first, second)
WHERE s.score >= {LISTED} AND settled.first IS NULL
ORDER BY s.first, s.second
ON CONFLICT (first_id, second_id) DO UPDATE SET
    score = CASE WHEN d.score = {CERTAIN} THEN d.score ELSE excluded.score END,
    reasons = CASE WHEN d.score = {CERTAIN} AND 'external_id' <> ALL (excluded.reasons)
                   THEN array_prepend('external_id'::varchar, excluded.reasons) ELSE excluded.reasons END
WHERE d.state = 'open' AND (d.score, d.reasons) IS DISTINCT FROM (
    CASE WHEN d.score = {CERTAIN} THEN d.score ELSE excluded.score END,
    CASE WHEN d.score = {CERTAIN} AND 'external_id' <> ALL (excluded.reasons)
         THEN array_prepend('external_id'::varchar, excluded.reasons) ELSE excluded.reasons END
)
RETURNING xmax = 0
"""
# What is no longer alike, what was settled, and what has a film that was merged or withdrawn.
_CLOSE = f"""
{_SETTLED}
DELETE FROM movies_duplicatepair d WHERE d.state = 'open' AND (
    EXISTS (SELECT FROM movies_movie m WHERE m.id IN (d.first_id, d.second_id) AND m.state IN ('merged', 'withdrawn'))
    OR EXISTS (SELECT FROM settled WHERE settled.first = d.first_id AND settled.second = d.second_id)
    OR d.score < {CERTAIN}
        AND (d.first_id IN (SELECT id FROM likely_focus) OR d.second_id IN (SELECT id FROM likely_focus))
        AND NOT EXISTS (
            SELECT FROM likely_score s
            WHERE s.first = d.first_id AND s.second = d.second_id AND s.score >= {LISTED}
        )
)
"""


@dataclass(frozen=True)
class Found:
    """What a search did to the list of open pairs."""

    opened: int
    changed: int
    closed: int


@transaction.atomic
def find_duplicates(*, movie_ids: Sequence[int] | None = None) -> Found:
    """Brings the list of likely duplicates in line with the catalogue (None), or with these movies.

    All of it takes some seconds per 100,000 movies, a few movies a fraction of one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(CLEAR)
        if movie_ids is None:
            cursor.execute(FOCUS)
        else:
            cursor.execute(FOCUS_ON_SOME, {"ids": list(movie_ids)})
        for step in STEPS:
            cursor.execute(step)
        # From here on rows are locked, those of pairs before those of movies: a merge does it the other way round.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Merge.LOCK])
        cursor.execute(_KEEP)
        written = [fresh for (fresh,) in cursor.fetchall()]
        cursor.execute(_CLOSE)
        return Found(opened=sum(written), changed=len(written) - sum(written), closed=cursor.rowcount)


def recheck_duplicates(*, since: datetime) -> Found:
    """Looks again at the movies that were written since then."""
    written = Movie.objects.filter(state__in=(Movie.State.PUBLISHED, Movie.State.DRAFT), updated_at__gte=since)
    ids = list(written.values_list("pk", flat=True)[: _MOST_APART + 1])
    return find_duplicates(movie_ids=ids if len(ids) <= _MOST_APART else None)


def dismiss_pairs(*, pair_ids: Iterable[int]) -> int:
    """Says of open pairs that they are two films each, for good; returns how many were open."""
    return _decide(pair_ids, from_=State.OPEN, to=State.DISMISSED)


def reopen_pairs(*, pair_ids: Iterable[int]) -> int:
    """Takes a dismissal back; returns how many were dismissed."""
    return _decide(pair_ids, from_=State.DISMISSED, to=State.OPEN)


def _decide(pair_ids: Iterable[int], *, from_: str, to: str) -> int:
    decided: dict[str, Any] = {"decided_by_id": None, "decided_at": None}
    if to != State.OPEN:
        decided = {"decided_by_id": current_actor().user_id, "decided_at": timezone.now()}
    return DuplicatePair.objects.filter(pk__in=list(pair_ids), state=from_).update(state=to, **decided)
