"""Builds the catalogue: joins the lists, cleans what they hold, and says how many rows each step touched."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from movies.definition.genres import STANDARD
from movies.definition.limits import contradiction
from movies.importers.watchly import clean_object
from movies.search.normalise import name_key
from tools.catalogue import careers, duplicates, genres, people, popularity, reading, titles
from tools.catalogue.entry import Entry, people_of
from tools.catalogue.joining import Shelf
from tools.catalogue.wikipedia import attribute
from tools.catalogue.writing import line


class Built(NamedTuple):
    """The entries of the catalogue, and how many rows each step touched, in the order of the steps."""

    entries: list[Entry]
    report: dict[str, int]


def build(folder: Path) -> Built:
    """The catalogue of the lists in a folder such as `../shared/data`."""
    shelf = joined(folder)
    report = dict(sorted(shelf.counts.items()))
    report["directors corrected"] = _correct(shelf, folder)
    report["overviews of Wikipedia"] = sum(attribute(shelf, entry, text) for entry, text in reading.overviews(folder))
    report |= clean(shelf, list(reading.pairs(folder)))
    return Built(list(shelf), report)


def joined(folder: Path) -> Shelf:
    """The entries of all lists; MovieTweetings is matched again when more titles and years are known."""
    shelf = Shelf()
    shelf.join(reading.wikipedia_list(folder), "Wikipedia list")
    shelf.join(reading.film_facts(folder), "film facts")
    rated = list(reading.movietweetings_list(folder))
    shelf.rate(rated, "MovieTweetings")
    shelf.complete(reading.more_facts(folder), "more facts", there=True)
    shelf.complete(reading.new_movies(folder), "new movies")
    shelf.rate(rated, "MovieTweetings again")
    return shelf


def clean(shelf: Shelf, pairs: list[reading.Pair]) -> dict[str, int]:
    """Cleans the entries of a shelf and merges duplicates; returns how many rows each rule touched."""
    report = {
        "nominees that have awards alone": sum(map(duplicates.is_nominee_alone, shelf)),
        "duplicates of the list merged": sum(1 for _ in duplicates.merge_named(shelf, pairs)),
        "titles with leftovers of a page": titles.clean_titles(list(shelf)),
    }
    report |= people.clean_people(list(shelf))
    report |= {
        "namesakes of one year merged": sum(1 for _ in duplicates.merge_namesakes(shelf)),
        "nominees merged with the movie": sum(1 for _ in duplicates.merge_nominees(shelf)),
        "other titles of one premiere merged": sum(1 for _ in duplicates.merge_other_titles(shelf)),
        "nominees that are known for awards alone": sum(map(duplicates.is_nominee_alone, shelf)),
        "words that are not genres": genres.map_genres(list(shelf)),
        "names that were several careers": careers.split_careers(list(shelf)),
    }
    report["release dates that contradict the year"] = sum(map(_without_contradiction, shelf))
    seeds = popularity.seed_popularity(list(shelf))
    for entry in shelf:
        entry.popularity_seed = seeds.get(id(entry))
        # The seed has the raters in it, beside those of movies of the same years.
        entry.known_raters = None
    report["movies with a seed of popularity"] = len(seeds)
    return report


def _correct(shelf: Shelf, folder: Path) -> int:
    corrected = 0
    for row, directors in reading.corrections(folder):
        if entry := shelf.known(row):
            entry.directors = people_of(directors)
            corrected += 1
    return corrected


def _without_contradiction(entry: Entry) -> bool:
    """Removes a release date that is years from the year: two sources mean two showings. Whether there was one."""
    if contradiction(entry.year, entry.release_date) is None:
        return False
    entry.release_date = None
    return True


def check(entries: list[Entry]) -> None:
    """Raises AssertionError for what no entry of a clean catalogue has."""
    ids: Counter[tuple[str, object]] = Counter()
    for entry in entries:
        for title in entry.titles():
            assert title.strip(), f"an empty title: {entry.titles()}"
            assert not titles.DIRT.search(title), f"leftovers of a page in {title!r}"
        clean_object(json.loads(line(entry)), this_year=9999)  # raises Refused for what no import takes
        for part in entry.names():
            name = careers.QUALIFIER.sub("", part)
            assert people.clean_name(name) == [name], f"{part!r} of {entry.title!r} is not a clean name"
        assert set(entry.genres) <= set(STANDARD), f"not in the vocabulary of genres: {entry.genres}"
        assert bool(entry.overview) == bool(entry.overview_url), f"an overview without its source: {entry.title!r}"
        for name in ("imdb_id", "tmdb_id", "wikidata_id"):
            ids[name, getattr(entry, name)] += getattr(entry, name) is not None
    twice = [key for key, count in ids.items() if count > 1]
    assert not twice, f"ids of two entries: {twice[:10]}"
    spellings = {name for entry in entries for name in entry.names()}
    keys = Counter(name_key(name).replace(" ", "") for name in spellings)
    assert max(keys.values(), default=0) <= 1, (
        f"two spellings: {[key for key, count in keys.items() if count > 1][:10]}"
    )
