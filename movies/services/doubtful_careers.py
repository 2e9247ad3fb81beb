"""People whose careers no one person had: found, listed for a curator, and dismissed by one.

Only acting and directing count: novels are filmed and music is played long after their authors' death.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from movies.models import DoubtfulCareer
from watchly.common.actor import current_actor

# Years. Longest: from the first to the last credit, or an age at work. A film may come out, or show old footage, years
# after a death.
LONGEST_CAREER: Final = 75
OLDEST: Final = 105
AFTER_DEATH: Final = 20
GAP: Final = 25
_LOCK: Final = 0x57_1A_0005
State, Reason = DoubtfulCareer.State, DoubtfulCareer.Reason

_FIND = f"""
WITH credit AS (
    SELECT k.person_id, m.year, m.year - lag(m.year) OVER (PARTITION BY k.person_id ORDER BY m.year) AS gap
    FROM movies_credit k JOIN movies_movie m ON m.id = k.movie_id
    WHERE m.state = 'published' AND m.year IS NOT NULL AND (k.kind = 'cast' OR k.job = 'Director')
), career AS (
    SELECT person_id, min(year) AS first, max(year) AS last, count(*) AS credits, max(gap) AS gap
    FROM credit GROUP BY person_id
), doubtful AS (
    SELECT c.person_id, c.first, c.last, array_remove(ARRAY[
        CASE WHEN p.born > c.first THEN '{Reason.BEFORE_BIRTH}' END,
        CASE WHEN p.died + {AFTER_DEATH} < c.last THEN '{Reason.AFTER_DEATH}' END,
        CASE WHEN c.last - c.first > {LONGEST_CAREER} OR c.last - p.born > {OLDEST} THEN '{Reason.SPAN}' END,
        CASE WHEN c.gap >= {GAP} AND c.credits > 3 THEN '{Reason.GAP}' END
    ]::varchar[], NULL) AS reasons
    FROM career c JOIN movies_person p ON p.id = c.person_id
), gone AS (
    DELETE FROM movies_doubtfulcareer d WHERE d.state = 'open' AND NOT EXISTS (
        SELECT FROM doubtful WHERE doubtful.person_id = d.person_id AND doubtful.reasons <> '{{}}'
    )
)
INSERT INTO movies_doubtfulcareer AS d (person_id, reasons, first_year, last_year, state, found_at)
SELECT person_id, reasons, first, last, 'open', now() FROM doubtful WHERE reasons <> '{{}}' ORDER BY person_id
ON CONFLICT (person_id) DO UPDATE SET
    reasons = excluded.reasons, first_year = excluded.first_year, last_year = excluded.last_year
WHERE (d.reasons, d.first_year, d.last_year)
      IS DISTINCT FROM (excluded.reasons, excluded.first_year, excluded.last_year)
"""


@transaction.atomic
def find_doubtful_careers() -> int:
    """Brings the list in line with the catalogue; returns how many entries are new or changed.

    What was dismissed stays dismissed. Takes a second per 500,000 credits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_FIND)
        return cursor.rowcount


def dismiss_careers(*, career_ids: Iterable[int]) -> int:
    """Says of open entries that the career is one person's; returns how many were open."""
    return _decide(career_ids, from_=State.OPEN, to=State.DISMISSED)


def reopen_careers(*, career_ids: Iterable[int]) -> int:
    """Undoes dismissals; returns how many were dismissed."""
    return _decide(career_ids, from_=State.DISMISSED, to=State.OPEN)


def _decide(career_ids: Iterable[int], *, from_: str, to: str) -> int:
    decided: dict[str, Any] = {"decided_by_id": None, "decided_at": None}
    if to != State.OPEN:
        decided = {"decided_by_id": current_actor().user_id, "decided_at": timezone.now()}
    return DoubtfulCareer.objects.filter(pk__in=list(career_ids), state=from_).update(state=to, **decided)
