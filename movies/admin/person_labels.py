"""What a picker says of a person beside the name: years, and the movies they are best known for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from movies.models import Person

_MOVIES = 2
_BEST_KNOWN = """
SELECT p.id, m.title, m.year
FROM unnest(%s::bigint[]) AS p(id) CROSS JOIN LATERAL (
    SELECT DISTINCT m.id, m.title, m.year, m.popularity FROM movies_credit k JOIN movies_movie m ON m.id = k.movie_id
    WHERE k.person_id = p.id AND m.state = 'published' ORDER BY m.popularity DESC, m.id LIMIT %s
) m ORDER BY p.id, m.popularity DESC, m.id
"""


def labels_of(people: Sequence[Person]) -> dict[int, str]:
    """By id, such as `Steve McQueen (1930–1980) · The Great Escape (1963), Bullitt (1968)`; one statement."""
    known = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_BEST_KNOWN, [[person.pk for person in people], _MOVIES])
        for person_id, title, year in cursor.fetchall():
            known[person_id].append(f"{title} ({year})" if year else title)
    return {
        person.pk: person.name
        + (f" ({person.years})" if person.years else "")
        + f" · {', '.join(known[person.pk]) or 'no movies'}"
        for person in people
    }
