"""Films like another: by who made them, what they are part of, and what kind they are."""

from __future__ import annotations

from typing import Final

from django.db import connection

# Who has directed or played more is known for less: a shared name counts for as much as it is rare, and people with
# thousands of parts say nothing. Of films of the same kind, which there are thousands of, the best known are looked at.
_FIND: Final = """
WITH one AS MATERIALIZED (
    -- Two genres at once say more than one; a genre's facet is eight times its id.
    SELECT *, ARRAY(SELECT g * 8 FROM unnest(genre_ids[1:2]) g) AS kind FROM movies_movie WHERE id = %(movie)s
),
makers AS MATERIALIZED (
    SELECT c.person_id, max(CASE WHEN c.job = 'Director' THEN 4.0 WHEN c.kind = 'crew' THEN 1.5 ELSE 2.0 END)
        / (1 + ln(greatest(min(p.credit_count), 1))) AS weight
    FROM movies_credit c JOIN movies_person p ON p.id = c.person_id
    WHERE c.movie_id = %(movie)s AND p.credit_count < 400
      AND (c.job IN ('Director', 'Writer', 'Screenplay') OR (c.kind = 'cast' AND coalesce(c.position, 99) < 15))
    GROUP BY c.person_id ORDER BY 2 DESC LIMIT 25
), shared AS (
    SELECT c.movie_id AS id, sum(m.weight) AS weight
    FROM (SELECT DISTINCT c.movie_id, c.person_id FROM makers m JOIN movies_credit c ON c.person_id = m.person_id) c
    JOIN makers m ON m.person_id = c.person_id
    WHERE c.movie_id <> %(movie)s GROUP BY c.movie_id ORDER BY 2 DESC LIMIT 300
), kin AS (
    SELECT s.id FROM movies_movie s, one WHERE s.collection_id = one.collection_id AND s.id <> one.id LIMIT 50
), alike AS (
    SELECT s.id FROM one CROSS JOIN LATERAL (
        SELECT s.id FROM movies_movie s
        WHERE s.state = 'published' AND s.facets @> one.kind AND s.id <> one.id
        ORDER BY s.popularity DESC, s.id LIMIT 150
    ) s WHERE one.kind <> '{}'
), candidates AS (SELECT id FROM shared UNION SELECT id FROM kin UNION SELECT id FROM alike)
SELECT s.id,
    coalesce(shared.weight, 0) AS people,
    (s.collection_id = one.collection_id) IS TRUE AS collection,
    cardinality(ARRAY(SELECT unnest(s.genre_ids) INTERSECT SELECT unnest(one.genre_ids))) AS genres,
    cardinality(ARRAY(SELECT unnest(s.tag_ids) INTERSECT SELECT unnest(one.tag_ids))) AS tags
FROM candidates JOIN movies_movie s ON s.id = candidates.id AND s.state = 'published'
CROSS JOIN one LEFT JOIN shared ON shared.id = s.id
ORDER BY 3 * coalesce(shared.weight, 0)
    + CASE WHEN s.collection_id = one.collection_id THEN 6 ELSE 0 END
    + 4.0 * cardinality(ARRAY(SELECT unnest(s.genre_ids) INTERSECT SELECT unnest(one.genre_ids)))
        / greatest(cardinality(ARRAY(SELECT unnest(s.genre_ids) UNION SELECT unnest(one.genre_ids))), 1)
    + 2 * ln(1 + cardinality(ARRAY(SELECT unnest(s.tag_ids) INTERSECT SELECT unnest(one.tag_ids))))
    + CASE WHEN s.original_language = one.original_language THEN 0.5 ELSE 0 END
    + greatest(0, 1 - abs(s.year - one.year) / 20.0)
    + 0.3 * s.popularity DESC NULLS LAST, s.id
LIMIT %(limit)s
"""


def similar_movies(*, movie_id: int, limit: int) -> list[tuple[int, list[str]]]:
    """Published films like this one, the most alike first, each with why: collection, people, genres, tags."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"movie": movie_id, "limit": limit})
        return [
            (pk, [name for name, holds in zip(("people", "collection", "genres", "tags"), found, strict=True) if holds])
            for pk, *found in cursor.fetchall()
        ]
