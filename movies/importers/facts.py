"""Facts about films, one object per line: directors, runtime, countries, languages, dates, ids, awards.

The fields are those of `film-facts.jsonl.gz`; countries and languages stand there by their English names.
"""

from __future__ import annotations

from collections.abc import Callable

from movies.definition.limits import contradiction
from movies.importers import cleaning, watchly
from movies.importers.jsonrows import parse
from movies.importers.record import Nomination, Record
from movies.importers.watchly import finish, titled
from movies.importers.wikipedia import page_name
from watchly.common.countries import country_code
from watchly.common.languages import language_named

FIELDS = frozenset(
    [
        "title",
        "year",
        "href",
        "directors",
        "runtime",
        "countries",
        "languages",
        "release_date",
        "imdb_id",
        "tmdb_id",
        "wikidata_id",
        "awards",
    ]
)


def _coded(record: Record, value: object, name: str, code_of: Callable[[str], str | None]) -> list[str]:
    """The codes of names; a name that has none is left out, with a remark."""
    found: dict[str, None] = {}
    for item in cleaning.texts(value, name, 100):
        if code := code_of(item):
            found[code] = None
        else:
            record.remarks.append(("unknown_name", f"{name} holds {item!r}, which has no ISO code: left out."))
    return list(found)


def _awards(value: object) -> list[Nomination]:
    rows = [
        {("people" if key == "names" else key): part for key, part in item.items()} if isinstance(item, dict) else item
        for item in cleaning.items(value, "awards")
    ]
    awards: list[Nomination] = watchly.FIELDS["awards"](rows, "awards")
    return awards


def clean(content: object, this_year: int) -> Record:
    """The record of one row. Raises Refused."""
    found = parse(content)
    record = Record()
    record.title = titled(record, found.get("title"))
    for field in ("year", "runtime", "directors", "imdb_id", "tmdb_id", "wikidata_id"):
        setattr(record, field, watchly.FIELDS[field](found.get(field), field))
    record.wikipedia_page = page_name(found.get("href"))
    record.countries = _coded(record, found.get("countries"), "countries", country_code)
    record.languages = _coded(record, found.get("languages"), "languages", language_named)
    # The first of the list is the likely original.
    record.original_language = record.languages[0] if record.languages else None
    record.awards = _awards(found.get("awards"))
    released = cleaning.day(found.get("release_date"), "release_date")
    if contradiction(record.year, released):
        record.remarks.append(
            ("contradiction", f"release_date {released} is far from the year {record.year}: left out.")
        )
    else:
        record.release_date = released
    return finish(record, this_year)
