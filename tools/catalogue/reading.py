"""Reads the lists that the catalogue is made of, each as entries."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from movies.importers import cleaning, facts, movietweetings, wikipedia
from movies.importers.movietweetings import imdb_of
from movies.importers.record import TitleElsewhere
from movies.importers.wikipedia import page_name
from tools.catalogue.entry import Entry, cast_of, nomination
from watchly.common.languages import is_language

# No year of these lists is in the future of the day on which they are read.
_THIS_YEAR = 9999


class Correction(NamedTuple):
    """Directors of a movie that other sources agree on."""

    found: Entry
    directors: list[str]


class Pair(NamedTuple):
    """Two entries of one movie; `by_id` if they have the same IMDb id."""

    one: Entry
    other: Entry
    by_id: bool


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield line.rstrip("\n")


def wikipedia_list(folder: Path) -> Iterator[Entry]:
    """American movies of Wikipedia's lists, with cast, genres and page."""
    return (Entry.of(wikipedia.clean(line, _THIS_YEAR)) for line in _lines(folder / "wikipedia-films.jsonl.gz"))


def film_facts(folder: Path) -> Iterator[Entry]:
    """Facts about movies, those with a page first, so that a movie without one does not take its place."""
    found = [Entry.of(facts.clean(line, _THIS_YEAR)) for line in _lines(folder / "film-facts.jsonl.gz")]
    return iter(sorted(found, key=lambda entry: not entry.wikipedia_page))


def more_facts(folder: Path) -> Iterator[Entry]:
    """Facts about movies that the lists before have."""
    return map(_more, _lines(folder / "more" / "film-facts-more.jsonl.gz"))


def new_movies(folder: Path) -> Iterator[Entry]:
    """Movies that the lists before lack."""
    return map(_more, _lines(folder / "more" / "films-new.jsonl.gz"))


def overviews(folder: Path) -> Iterator[tuple[Entry, str]]:
    """First sentences of Wikipedia, each with what tells whose they are."""
    for line in _lines(folder / "more" / "overviews.jsonl.gz"):
        found = json.loads(line)
        yield _more(line), cleaning.overview(found["overview"], "overview") or ""


def corrections(folder: Path) -> Iterator[Correction]:
    """Movies whose directors are wrong."""
    for line in _lines(folder / "more" / "director-corrections.jsonl.gz"):
        found = json.loads(line)
        yield Correction(_more(json.dumps({**found, "directors": []})), found["directors"])


def pairs(folder: Path) -> Iterator[Pair]:
    """Entries that are one movie."""
    for line in _lines(folder / "more" / "duplicate-pairs.jsonl.gz"):
        found = json.loads(line)
        yield Pair(
            _more(json.dumps(found["one"])), _more(json.dumps(found["other"])), found["why"].startswith("same IMDb")
        )


def movietweetings_list(folder: Path) -> Iterator[Entry]:
    """Movies with IMDb ids and genres, and the number of people who rated each as the signal `raters`."""
    path = folder / "movietweetings"
    raters = Counter(imdb_of(line.split("::")[1]) for line in _lines(path / "ratings.dat.gz"))
    for line in _lines(path / "movies.dat.gz"):
        entry = Entry.of(movietweetings.clean(line, _THIS_YEAR))
        entry.signals["raters"] = raters[entry.imdb_id or ""]
        yield entry


def _more(line: str) -> Entry:
    """A row of `more/`: as in film facts, with cast, genres, titles, prizes and signals."""
    found: dict[str, Any] = json.loads(line)
    # A grand prize there has neither category nor ceremony, which the reader of facts asks for.
    entry = Entry.of(facts.clean({**found, "awards": []}, _THIS_YEAR))
    entry.awards = [nomination(award) for award in found.get("awards", ())]
    entry.cast = cast_of(cleaning.texts(found.get("cast"), "cast", 300))
    entry.genres = sorted(set(cleaning.texts(found.get("genres"), "genres", 60)))
    entry.original_title = cleaning.text(found.get("original_title"), "original_title", 500)
    entry.alternative_titles = sorted(
        {
            TitleElsewhere(title, None, _language(other.get("language")))
            for other in found.get("titles", ())
            if (title := cleaning.text(other["title"], "titles", 500))
        },
        key=str,
    )
    entry.original_language = _language(found.get("original_language_code")) or entry.original_language
    entry.signals = dict(found.get("signals", {}))
    entry.wikipedia_page = page_name(found.get("href"))
    return entry


def _language(code: str | None) -> str | None:
    return code if code and is_language(code) else None
