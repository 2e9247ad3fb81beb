"""How alike two films are, in sets: which pairs are worth a look, and a score for each.

The score is a sum of what speaks for one film and against it. It was weighed by eye on the packaged catalogue (lists of
different years disagree by one about the same film; a remake, a sequel and a namesake share most of what is known of
them), and it is no probability. What is not known of one of the two speaks neither way.
"""

from __future__ import annotations

from typing import Final

from movies.models import Credit, DuplicatePair, ProviderRecord

# Below it, more of the pairs are two films than one.
LISTED: Final = 50
# What is found here stays below what a source itself calls one film (movies.importers.pairs).
CERTAIN: Final = 100
_LIKELIEST: Final = CERTAIN - 1

_Reason = DuplicatePair.Reason
_HERE = "state IN ('published', 'draft')"
# A person with more films than these within three years shares people with all of them.
_BUSIEST = 12
# A title that more films of one year have ("Untitled"), or a page, tells nothing and makes too many pairs.
_COMMONEST = 100
# Years between two movies of one title that are still compared: of a festival and a release abroad, or of two lists.
_FARTHEST = 2


def _directs(credit: str) -> str:
    return f"{credit}.kind = 'crew' AND {credit}.job = '{Credit.DIRECTOR}'"


def _known_for(credit: str) -> str:
    """Who makes a film what it is: its directors and the first ten of the cast."""
    return f"({_directs(credit)} OR {credit}.kind = 'cast' AND coalesce({credit}.position, 0) < 10)"


_TABLES = ("likely_focus", "likely_numbered", "likely_name", "likely_busy", "likely_pair", "likely_score")
CLEAR: Final = f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in _TABLES)}"

# The films whose pairs are looked for: all, or those of %(ids)s.
FOCUS: Final = f"""
CREATE TEMPORARY TABLE likely_focus ON COMMIT DROP AS
SELECT id, year, wikipedia_page FROM movies_movie WHERE {_HERE}
"""
FOCUS_ON_SOME: Final = f"{FOCUS} AND id = ANY(%(ids)s)"

# "Part 2", "Part II", "Part Two" and a bare "II" are one number.
_NUMERALS = (
    ("i", "one"), ("ii", "two"), ("iii", "three"), ("iv", "four"), ("v", "five"), ("vi", "six"), ("vii", "seven"),
    ("viii", "eight"), ("ix", "nine"), ("x", "ten"), ("xi", "eleven"), ("xii", "twelve"),
)  # fmt: skip
_PART_WORDS = "part|pt|vol|volume|chapter|episode"
# One letter alone is a numeral only after such a word.
_BARE = "|".join(roman for roman, _ in _NUMERALS if len(roman) > 1)


def _numbered(key: str) -> str:
    """A title key in which parts are numbered by digits alone."""
    for number, (roman, word) in enumerate(_NUMERALS, 1):
        bare = rf"|\m{roman}\M" if len(roman) > 1 else ""
        key = rf"regexp_replace({key}, '\m(?:{_PART_WORDS}) (?:{number}|{roman}|{word})\M{bare}', '{number}', 'g')"
    return key


_NUMBERED = rf"""
CREATE TEMPORARY TABLE likely_numbered ON COMMIT DROP AS
SELECT id, year, replace({_numbered("title_key")}, ' ', '') COLLATE "C" AS compact
FROM movies_movie WHERE {_HERE} AND title_key ~ '\m(?:{_PART_WORDS}|{_BARE})\M'
"""

# Every name of every film, from the search index, which does not hold drafts. `main` is the title itself.
_NAMES = """
    SELECT t.movie_id AS id, t.compact, m.year, t.compact = replace(m.title_key, ' ', '') COLLATE "C" AS main
    FROM movies_searchtitle t JOIN movies_movie m ON m.id = t.movie_id AND m.state = 'published'
    UNION ALL
    SELECT id, replace(title_key, ' ', '') COLLATE "C", year, true FROM movies_movie WHERE state = 'draft'
    UNION ALL
    SELECT id, compact, year, true FROM likely_numbered
"""
_OWN_NAMES = f"""
CREATE TEMPORARY TABLE likely_name ON COMMIT DROP AS
SELECT n.*, count(*) OVER (PARTITION BY n.compact, n.year) AS bearers
FROM ({_NAMES}) n JOIN likely_focus f ON f.id = n.id
"""
# How many films somebody has within a year of each of their years: the more, the less two of them that share the person
# are likely to be one. Only of those who direct or play in the films that are looked at.
_BUSY = f"""
CREATE TEMPORARY TABLE likely_busy ON COMMIT DROP AS
SELECT person_id, year,
       sum(films) OVER (PARTITION BY person_id ORDER BY year RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS films
FROM (
    SELECT k.person_id, m.year, count(DISTINCT m.id) AS films
    FROM movies_credit k JOIN movies_movie m ON m.id = k.movie_id
    WHERE m.{_HERE} AND m.year IS NOT NULL AND k.person_id IN (
        SELECT o.person_id FROM movies_credit o JOIN likely_focus f ON f.id = o.movie_id WHERE {_known_for("o")}
    )
    GROUP BY k.person_id, m.year
) counted
"""
_PAIRS = """
CREATE TEMPORARY TABLE likely_pair (first bigint, second bigint, main boolean, named boolean, linked boolean)
ON COMMIT DROP
"""
_BY_NAME = f"""
INSERT INTO likely_pair
SELECT least(a.id, b.id), greatest(a.id, b.id), bool_or(a.main AND b.main), true, false
FROM likely_name a JOIN ({_NAMES}) b ON b.compact = a.compact AND b.id <> a.id
WHERE a.bearers <= {_COMMONEST} AND (abs(a.year - b.year) <= {_FARTHEST} OR a.year IS NULL OR b.year IS NULL)
GROUP BY 1, 2
"""
_BY_PAGE = f"""
INSERT INTO likely_pair
SELECT least(a.id, b.id), greatest(a.id, b.id), false, false, false
FROM (
    SELECT id, wikipedia_page, count(*) OVER (PARTITION BY wikipedia_page) AS films
    FROM likely_focus WHERE wikipedia_page IS NOT NULL
) a
JOIN movies_movie b ON b.wikipedia_page = a.wikipedia_page AND b.id <> a.id
WHERE a.films <= {_COMMONEST} AND b.{_HERE}
"""
# A provider's record of one film under the id that another has.
_BY_RECORD = f"""
INSERT INTO likely_pair
SELECT least(m.id, r.movie_id), greatest(m.id, r.movie_id), false, false, true
FROM movies_providerrecord r
JOIN movies_movie m ON m.tmdb_id = r.external_id AND m.id <> r.movie_id AND m.{_HERE}
JOIN movies_movie o ON o.id = r.movie_id AND o.{_HERE}
WHERE r.provider = '{ProviderRecord.Provider.TMDB}'
  AND (m.id IN (SELECT id FROM likely_focus) OR r.movie_id IN (SELECT id FROM likely_focus))
"""
# The same year, director and cast under another title, where these people do not make one film after the other.
_BY_PEOPLE = f"""
INSERT INTO likely_pair
SELECT d.first, d.second, false, false, false
FROM (
    SELECT DISTINCT least(k.movie_id, o.movie_id) AS first, greatest(k.movie_id, o.movie_id) AS second, f.year
    FROM likely_focus f
    JOIN movies_credit k ON k.movie_id = f.id AND {_directs("k")}
    JOIN likely_busy y ON y.person_id = k.person_id AND y.year = f.year AND y.films BETWEEN 2 AND {_BUSIEST}
    JOIN movies_credit o ON o.person_id = k.person_id AND o.movie_id <> k.movie_id AND {_directs("o")}
    JOIN movies_movie m ON m.id = o.movie_id AND m.year = f.year AND m.{_HERE}
) d
JOIN movies_credit k ON k.movie_id = d.first AND k.kind = 'cast'
JOIN movies_credit o ON o.movie_id = d.second AND o.kind = 'cast' AND o.person_id = k.person_id
JOIN likely_busy y ON y.person_id = k.person_id AND y.year = d.year
GROUP BY d.first, d.second HAVING sum(2.0 / y.films) >= 1
"""


def _people_of(movie: str) -> str:
    return f"ARRAY(SELECT DISTINCT person_id FROM movies_credit k WHERE k.movie_id = {movie} AND {_known_for('k')})"


def _differs(*columns: str) -> str:
    return " + ".join(f"coalesce((a.{column} <> b.{column})::int, 0)" for column in columns)


# What speaks for and against, each in points.
_TITLE = """
    CASE WHEN p.main THEN 40 WHEN p.named THEN 34 ELSE 0 END
    + CASE WHEN p.main AND lower(a.title) = lower(b.title) THEN 5 ELSE 0 END
    + CASE WHEN NOT p.main THEN 0 WHEN p.namesakes <= 2 THEN 5 WHEN p.namesakes >= 4 THEN -5 ELSE 0 END
    + CASE WHEN NOT p.main THEN 0 WHEN length(a.title_key) >= 16 THEN 10 WHEN length(a.title_key) < 8 THEN -5 ELSE 0 END
"""
_YEAR = """
    CASE WHEN a.year = b.year THEN 15 WHEN abs(a.year - b.year) = 1 THEN 5
         WHEN abs(a.year - b.year) <= 3 THEN -5 WHEN abs(a.year - b.year) > 3 THEN -40 ELSE 0 END
"""
_PEOPLE = """
    CASE WHEN p.fewer = 0 THEN 0
         WHEN p.shared > 0 THEN 10 + 25 * p.shared / p.fewer + CASE WHEN p.director THEN 5 ELSE 0 END
         WHEN p.fewer = 1 THEN -20 ELSE -40 END
"""
_RUNTIME = """
    CASE WHEN abs(a.runtime - b.runtime) <= 2 THEN 12
         WHEN abs(a.runtime - b.runtime) <= greatest(5, a.runtime * 0.05) THEN 5
         WHEN abs(a.runtime - b.runtime) > greatest(10, a.runtime * 0.4) THEN -35
         WHEN abs(a.runtime - b.runtime) > greatest(10, a.runtime * 0.12) THEN -20
         ELSE 0 END
"""
_ELSEWHERE = f"""
    CASE WHEN p.linked THEN 50 ELSE 0 END
    + CASE WHEN a.wikipedia_page = b.wikipedia_page THEN 25
           WHEN a.wikipedia_page <> b.wikipedia_page THEN -10 ELSE 0 END
    - 30 * ({_differs("imdb_id", "tmdb_id", "wikidata_id")})
    - 15 * ({_differs("original_language")})
    - CASE WHEN a.countries <> '{{}}' AND b.countries <> '{{}}' AND NOT a.countries && b.countries THEN 15 ELSE 0 END
"""
_REASONS = {
    _Reason.EXTERNAL_ID: "p.linked OR a.wikipedia_page = b.wikipedia_page",
    _Reason.TITLE_YEAR: "p.main AND coalesce(abs(a.year - b.year) <= 1, true)",
    _Reason.ORIGINAL_TITLE: "p.named AND NOT p.main",
    _Reason.PEOPLE: "p.shared > 0",
}
_SAID = ", ".join(f"CASE WHEN {holds} THEN '{reason.value}' END" for reason, holds in _REASONS.items())
_SCORES = f"""
CREATE TEMPORARY TABLE likely_score ON COMMIT DROP AS
SELECT p.first, p.second,
       least(
           greatest(({_TITLE}) + ({_YEAR}) + ({_PEOPLE}) + ({_RUNTIME}) + ({_ELSEWHERE}), 0), {_LIKELIEST}
       )::smallint AS score,
       array_remove(ARRAY[{_SAID}], NULL)::varchar[] AS reasons
FROM (
    SELECT g.first, g.second, g.linked, g.named OR same.title AS named, g.main OR same.title AS main,
           (SELECT count(*) FROM unnest(one.people) x JOIN unnest(other.people) y ON x = y)::int AS shared,
           least(cardinality(one.people), cardinality(other.people)) AS fewer,
           EXISTS (SELECT FROM movies_credit k JOIN movies_credit o ON o.person_id = k.person_id
                   WHERE k.movie_id = g.first AND {_directs("k")}
                     AND o.movie_id = g.second AND {_directs("o")}) AS director,
           (SELECT count(*) FROM movies_searchtitle t WHERE t.compact = same.compact) AS namesakes
    FROM (
        SELECT first, second, bool_or(main) AS main, bool_or(named) AS named, bool_or(linked) AS linked
        FROM likely_pair GROUP BY first, second
    ) g
    CROSS JOIN LATERAL (
        SELECT a.title_key = b.title_key AS title, replace(a.title_key, ' ', '') COLLATE "C" AS compact
        FROM movies_movie a, movies_movie b WHERE a.id = g.first AND b.id = g.second
    ) same
    CROSS JOIN LATERAL (SELECT {_people_of("g.first")} AS people) one
    CROSS JOIN LATERAL (SELECT {_people_of("g.second")} AS people) other
) p
JOIN movies_movie a ON a.id = p.first
JOIN movies_movie b ON b.id = p.second
"""
# After the focus: candidates, then their scores. The planner is told what each table holds before the next reads it.
STEPS: Final = (
    "ANALYZE likely_focus",
    _NUMBERED,
    "CREATE INDEX ON likely_numbered (compact)",
    "ANALYZE likely_numbered",
    _OWN_NAMES,
    "ANALYZE likely_name",
    _BUSY,
    "CREATE INDEX ON likely_busy (person_id, year)",
    "ANALYZE likely_busy",
    _PAIRS,
    _BY_NAME,
    _BY_PAGE,
    _BY_RECORD,
    _BY_PEOPLE,
    "ANALYZE likely_pair",
    _SCORES,
    "ANALYZE likely_score",
)
