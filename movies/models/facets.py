"""Facets: what a list is filtered by for equality, in one array of whole numbers.

They are genres, tags, countries, language and release status.

A facet is a whole number whose lowest three bits say which kind it is. One array with one GIN index answers every such
filter and all of them together, and it is small enough to stand in the index of every ordering. The database computes
it (a generated column over the function `movies_facets`), so no writer can forget it.
"""

from __future__ import annotations

_GENRE, _TAG, _COUNTRY, _LANGUAGE, _STATUS = range(5)

_STATUSES = ("rumoured", "announced", "in production", "post production", "released", "cancelled")


def genre_facet(genre_id: int) -> int:
    """The facet of a genre, by its id."""
    return genre_id * 8 + _GENRE


def tag_facet(tag_id: int) -> int:
    """The facet of a tag, by its id."""
    return tag_id * 8 + _TAG


def country_facet(code: str) -> int:
    """The facet of a country, by its two letters."""
    return _letters(code) * 8 + _COUNTRY


def language_facet(code: str) -> int:
    """The facet of an original language, by its two or three letters."""
    return _letters(code) * 8 + _LANGUAGE


def status_facet(status: str) -> int:
    """The facet of a release status."""
    return _STATUSES.index(status) * 8 + _STATUS


def _letters(code: str) -> int:
    value = 0
    for letter in code:
        value = value * 256 + ord(letter)
    return value


# The same in PostgreSQL; a test holds the two equal. PL/pgSQL, because it costs a fraction of an SQL function that
# cannot be inlined, and the importer calls it for every row.
CREATE_FUNCTION = f"""
CREATE FUNCTION movies_facets(
    genre_ids integer[], tag_ids integer[], countries varchar[], language varchar, status varchar
) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    facets integer[] := '{{}}';
    one integer;
    code varchar;
BEGIN
    FOREACH one IN ARRAY genre_ids LOOP
        facets := facets || (one * 8 + {_GENRE});
    END LOOP;
    FOREACH one IN ARRAY tag_ids LOOP
        facets := facets || (one * 8 + {_TAG});
    END LOOP;
    FOREACH code IN ARRAY countries LOOP
        facets := facets || ((ascii(code) * 256 + ascii(substr(code, 2))) * 8 + {_COUNTRY});
    END LOOP;
    IF length(language) = 2 THEN
        facets := facets || ((ascii(language) * 256 + ascii(substr(language, 2))) * 8 + {_LANGUAGE});
    ELSIF length(language) = 3 THEN
        facets := facets || (
            ((ascii(language) * 256 + ascii(substr(language, 2))) * 256 + ascii(substr(language, 3))) * 8 + {_LANGUAGE}
        );
    END IF;
    IF status IS NOT NULL THEN
        facets := facets || ((array_position(ARRAY{list(_STATUSES)}, status::text) - 1) * 8 + {_STATUS});
    END IF;
    RETURN facets;
END
$$;
"""
DROP_FUNCTION = "DROP FUNCTION movies_facets(integer[], integer[], varchar[], varchar, varchar);"
