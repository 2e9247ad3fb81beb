"""Finds movies and people. Each function is one constant statement; docs/adr/0004 tells why it looks like this.

Hits come in classes, the better class first, and within one the better known first:
0 the title itself · 1 its beginning, or its initials · 2 all its words, the last one half typed · 3 the title itself,
but of another year than the query's · 4 movies of a person of that name · 5 movies of people whose name has these
words · 6 movies whose title has some of the words and one of whose people has the others · 7 a title with one typing
error · 8 titles, 9 movies of people with one typing error in each word. An IMDb id is looked up as such.
A class is only looked for when those before it have not filled the answer, and typing errors are forgiven only when the
literal query found little.
"""

from __future__ import annotations

import re
from typing import Any, LiteralString

from django.db import connection

from movies.search.normalise import name_key, title_key
from movies.search.reading import LONGEST_QUERY, Reading, after, readings

# So many hits are found at most; a page of a list is far below.
_MOST = 1_000
# As many hits as make forgiving pointless: whoever sees these has found, or will type on.
_FEW = 10
# Of so many people of similar names the films are looked at: for a whole list, and while somebody types.
_PEOPLE, _FEW_PEOPLE = 20, 5
# Of each person whom a part of the query may name so many credits are compared with the rest of it.
_CREDITS = 300
_IMDB_ID = re.compile(r"(?:^|[/\s])(tt|nm)(\d{7,10})(?=$|[/?\s])")

# What a mistyped query was meant to be, as a tsquery: for each word itself or any known word one edit away.
_MEANT = """
meant AS MATERIALIZED (
    SELECT string_agg(
        '(' || r.term || coalesce(
            (SELECT string_agg(' | ''' || w.word || '''', '') FROM movies_searchword w WHERE w.edits && r.edits::int[]),
            ''
        ) || ')', ' & '
    )::tsquery AS query
    FROM unnest(%(terms)s::text[], %(term_edits)s::text[]) AS r (term, edits)
)"""

_FIND_MOVIES = f"""
WITH titles AS MATERIALIZED (
    SELECT t.movie_id, CASE WHEN t.compact = r.form THEN 0 ELSE 1 END AS class
    FROM unnest(%(forms)s::text[], %(title_ends)s::text[], %(form_years)s::smallint[]) AS r (form, upto, year)
    CROSS JOIN LATERAL (
        SELECT movie_id, compact FROM movies_searchtitle
        WHERE compact >= r.form AND compact < r.upto AND (r.year IS NULL OR year = r.year)
        ORDER BY (compact = r.form) DESC, fame DESC, movie_id LIMIT %(cut)s
    ) t
    UNION ALL
    SELECT t.movie_id, 1
    FROM unnest(%(letters)s::text[], %(letter_years)s::smallint[]) AS r (letter, year)
    CROSS JOIN LATERAL (
        SELECT movie_id FROM movies_searchtitle
        WHERE left(compact, 1) = r.letter AND (r.year IS NULL OR year = r.year)
        ORDER BY fame DESC, movie_id LIMIT %(cut)s
    ) t
    UNION ALL
    SELECT t.movie_id, 1
    FROM unnest(%(pairs)s::text[], %(pair_years)s::smallint[]) AS r (pair, year)
    CROSS JOIN LATERAL (
        SELECT movie_id FROM movies_searchtitle
        WHERE left(compact, 2) = r.pair AND (r.year IS NULL OR year = r.year)
        ORDER BY fame DESC, movie_id LIMIT %(cut)s
    ) t
), worded AS MATERIALIZED (
    SELECT t.movie_id
    FROM unnest(%(words)s::text[], %(word_years)s::smallint[]) AS r (words, year)
    CROSS JOIN LATERAL (
        SELECT movie_id FROM movies_searchtitle
        WHERE words @@ r.words::tsquery AND (r.year IS NULL OR year = r.year)
          AND (SELECT count(*) FROM titles) < %(limit)s
        ORDER BY fame DESC, movie_id LIMIT %(cut)s
    ) t
), named AS MATERIALIZED (
    SELECT p.person_id, CASE WHEN p.compact = ANY(%(forms)s::text[]) THEN 4 ELSE 5 END AS class, r.year
    FROM unnest(%(words)s::text[], %(word_years)s::smallint[]) AS r (words, year)
    CROSS JOIN LATERAL (
        SELECT person_id, compact FROM movies_searchperson
        WHERE words @@ r.words::tsquery
          AND (SELECT count(*) FROM titles) + (SELECT count(*) FROM worded) < %(limit)s
        ORDER BY (compact = ANY(%(forms)s::text[])) DESC, fame DESC, person_id LIMIT %(people)s
    ) p
), few AS MATERIALIZED (
    SELECT (SELECT count(*) FROM titles) + (SELECT count(*) FROM worded) + (SELECT count(*) FROM named) < {_FEW}
           AS found
), {_MEANT}, mistyped_people AS MATERIALIZED (
    SELECT person_id, 9 AS class, %(year)s::smallint AS year FROM movies_searchperson
    WHERE words @@ (SELECT query FROM meant) AND (SELECT found FROM few)
    ORDER BY fame DESC, person_id LIMIT %(people)s
), mixed AS MATERIALIZED (
    SELECT c.movie_id
    FROM unnest(%(split_people)s::text[], %(split_titles)s::text[]) AS r (person, title)
    CROSS JOIN LATERAL (
        SELECT person_id FROM movies_searchperson
        WHERE words @@ r.person::tsquery AND (SELECT found FROM few)
        ORDER BY fame DESC, person_id LIMIT {_FEW_PEOPLE}
    ) p
    CROSS JOIN LATERAL (SELECT movie_id FROM movies_credit WHERE person_id = p.person_id LIMIT {_CREDITS}) c
    WHERE EXISTS (
        SELECT FROM movies_searchtitle t WHERE t.movie_id = c.movie_id AND t.words @@ r.title::tsquery
          AND (%(year)s::smallint IS NULL OR t.year = %(year)s::smallint)
    )
), hits AS (
    SELECT movie_id, class FROM titles
    UNION ALL SELECT movie_id, 2 FROM worded
    UNION ALL SELECT t.movie_id, 1
    FROM unnest(%(initials)s::text[], %(initials_years)s::smallint[]) AS r (initials, year)
    CROSS JOIN LATERAL (
        SELECT movie_id FROM movies_searchtitle
        WHERE words @@ r.initials::tsquery AND (r.year IS NULL OR year = r.year) AND (SELECT found FROM few)
        ORDER BY fame DESC, movie_id LIMIT %(cut)s
    ) t
    UNION ALL SELECT movie_id, 6 FROM mixed
    UNION ALL SELECT c.movie_id, n.class
    FROM (SELECT * FROM named UNION ALL SELECT * FROM mistyped_people) n
    CROSS JOIN LATERAL (
        SELECT movie_id FROM movies_credit WHERE person_id = n.person_id AND (
            n.year IS NULL OR EXISTS (SELECT FROM movies_movie m WHERE m.id = movie_id AND m.year = n.year)
        ) LIMIT {_MOST}
    ) c
    UNION ALL SELECT t.movie_id, 7
    FROM unnest(%(edits)s::text[], %(edit_years)s::smallint[]) AS r (edits, year)
    CROSS JOIN LATERAL (
        SELECT movie_id FROM movies_searchtitle
        WHERE edits && r.edits::int[] AND (r.year IS NULL OR year = r.year) AND (SELECT found FROM few)
        ORDER BY fame DESC, movie_id LIMIT %(cut)s
    ) t
    UNION ALL (
        SELECT movie_id, 8 FROM movies_searchtitle
        WHERE words @@ (SELECT query FROM meant) AND (%(year)s::smallint IS NULL OR year = %(year)s::smallint)
          AND (SELECT found FROM few)
        ORDER BY fame DESC, movie_id LIMIT %(cut)s
    )
    UNION ALL (
        SELECT movie_id, 3 FROM movies_searchtitle
        WHERE compact = ANY(%(other_years)s::text[]) ORDER BY fame DESC, movie_id LIMIT %(cut)s
    )
)
SELECT h.movie_id
FROM (SELECT movie_id, min(class) AS class FROM hits GROUP BY movie_id) h
-- One look-up per hit, whatever the planner believes of their number.
CROSS JOIN LATERAL (
    SELECT popularity FROM movies_movie WHERE id = h.movie_id AND state = 'published' OFFSET 0
) m
ORDER BY h.class, m.popularity DESC, h.movie_id LIMIT %(limit)s
"""

_FIND_PEOPLE = f"""
WITH named AS MATERIALIZED (
    SELECT p.person_id, CASE WHEN p.compact = r.form THEN 0 ELSE 1 END AS class
    FROM unnest(%(forms)s::text[], %(ends)s::text[], %(form_years)s::smallint[]) AS r (form, upto, year)
    CROSS JOIN LATERAL (
        SELECT person_id, compact FROM movies_searchperson
        WHERE compact >= r.form AND compact < r.upto AND (r.year IS NULL OR year = r.year)
        ORDER BY (compact = r.form) DESC, fame DESC, person_id LIMIT %(cut)s
    ) p
), worded AS MATERIALIZED (
    SELECT p.person_id
    FROM unnest(%(words)s::text[], %(word_years)s::smallint[]) AS r (words, year)
    CROSS JOIN LATERAL (
        SELECT person_id FROM movies_searchperson
        WHERE words @@ r.words::tsquery AND (r.year IS NULL OR year = r.year)
          AND (SELECT count(*) FROM named) < %(limit)s
        ORDER BY fame DESC, person_id LIMIT %(cut)s
    ) p
), few AS MATERIALIZED (
    SELECT (SELECT count(*) FROM named) + (SELECT count(*) FROM worded) < {_FEW} AS found
), {_MEANT}, hits AS (
    SELECT person_id, class FROM named
    UNION ALL SELECT person_id, 2 FROM worded
    UNION ALL (
        SELECT person_id, 3 FROM movies_searchperson
        WHERE words @@ (SELECT query FROM meant) AND (%(year)s::smallint IS NULL OR year = %(year)s::smallint)
          AND (SELECT found FROM few)
        ORDER BY fame DESC, person_id LIMIT %(cut)s
    )
)
SELECT h.person_id
FROM (SELECT person_id, min(class) AS class FROM hits GROUP BY person_id) h
CROSS JOIN LATERAL (SELECT credit_count FROM movies_person WHERE id = h.person_id OFFSET 0) p
ORDER BY h.class, p.credit_count DESC, h.person_id LIMIT %(limit)s
"""


def find_movies(query: str, *, limit: int = _MOST) -> list[int]:
    """Ids of published movies that the query may mean, best first, at most `limit` (and never more than 1,000).

    By title, original title, alternative titles and people; a year at the end of the query counts. Of a query only
    the first 200 characters are read. Never raises for what somebody typed: nothing to look for finds nothing.
    """
    if imdb_id := _imdb_id(query, "tt"):
        return _with_imdb_id("movies_movie WHERE state = 'published' AND", imdb_id)
    return _found(_FIND_MOVIES, readings(query, title_key), limit)


def suggest_movies(query: str, *, limit: int = 10) -> list[int]:
    """`find_movies` as somebody types, from the first letter on."""
    return find_movies(query, limit=limit)


def find_people(query: str, *, limit: int = _MOST) -> list[int]:
    """Ids of people by name, best first, then most credits; a year at the end of the query is one of birth.

    The same bounds as `find_movies`.
    """
    if imdb_id := _imdb_id(query, "nm"):
        return _with_imdb_id("movies_person WHERE merged_into_id IS NULL AND", imdb_id)
    return _found(_FIND_PEOPLE, readings(query, name_key), limit)


def _imdb_id(query: str, kind: str) -> str | None:
    """The id of this kind that a query is or, as an address of IMDb, holds."""
    match = _IMDB_ID.search(query[:LONGEST_QUERY].strip())
    return f"{kind}{match[2]}" if match and match[1] == kind else None


def _with_imdb_id(rows: LiteralString, imdb_id: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {rows} imdb_id = %s", [imdb_id])
        return [row[0] for row in cursor.fetchall()]


def _found(statement: str, ways: list[Reading], limit: int) -> list[int]:
    limit = min(limit, _MOST)
    if not ways or limit < 1:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(ways, limit))
        return [row[0] for row in cursor.fetchall()]


def _parameters(ways: list[Reading], limit: int) -> dict[str, Any]:
    forms = [(form, way.year) for way in ways for form in way.forms]
    worded = [way for way in ways if way.words]
    forgiven = [way for way in ways if way.forgiven]
    last = ways[-1]  # the one with a year, if there is one
    return {
        "forms": [form for form, _ in forms],
        "ends": [after(form) for form, _ in forms],
        # One or two letters begin thousands of titles: those are read from an index of their own, the best known first,
        # and the range is left with the titles that are as short.
        "title_ends": [form + "\1" if len(form) <= 2 else after(form) for form, _ in forms],
        "form_years": [year for _, year in forms],
        "letters": [form for form, _ in forms if len(form) == 1],
        "letter_years": [year for form, year in forms if len(form) == 1],
        "pairs": [form for form, _ in forms if len(form) == 2],
        "pair_years": [year for form, year in forms if len(form) == 2],
        "words": [way.words for way in worded],
        "word_years": [way.year for way in worded],
        "edits": [_array(way.forgiven) for way in forgiven],
        "edit_years": [way.year for way in forgiven],
        "initials": [way.initials for way in ways if way.initials],
        "initials_years": [way.year for way in ways if way.initials],
        "split_people": [person for person, _ in last.splits],
        "split_titles": [title for _, title in last.splits],
        "terms": [term for term, _ in last.spelling],
        "term_edits": [_array(hashes) for _, hashes in last.spelling],
        "year": last.year,
        "other_years": last.forms if last.year else [],
        "limit": limit,
        "people": _PEOPLE if limit > 5 * _FEW else _FEW_PEOPLE,
        # A movie may be hit by several of its titles.
        "cut": min(2 * limit, _MOST),
    }


def _array(numbers: list[int] | None) -> str:
    return f"{{{','.join(map(str, numbers or ()))}}}"
