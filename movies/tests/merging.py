"""Made-up films for the tests of merging, and what has to be equal before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, models, transaction

from movies.models import (
    AlternativeTitle,
    Award,
    Collection,
    Company,
    Credit,
    Genre,
    Image,
    Movie,
    MovieFigures,
    Person,
    ProviderRecord,
    ReleaseDate,
    Tag,
    Video,
)
from movies.search import index
from movies.services.copies import refresh_copies
from movies.services.figures import recount_catalogue, refresh_credit_counts, refresh_ratings
from movies.signals import movie_merged, movie_unmerged
from movies.tests.factories import (
    CreditFactory,
    GenreFactory,
    ImageFactory,
    MovieFactory,
    PersonFactory,
    ProviderRecordFactory,
    TagFactory,
    VideoFactory,
)

# Columns that a merge and its undoing may leave otherwise than they were.
_RISING = {"version", "updated_at"}
_TABLES: tuple[type[models.Model], ...] = (
    Credit, Image, Video, AlternativeTitle, Award, ReleaseDate, ProviderRecord,
    Movie.genres.through, Movie.tags.through, Movie.companies.through,
)  # fmt: skip


class Pool:
    """The people and words that the films of one test share."""

    def __init__(self) -> None:
        self.people: list[Person] = PersonFactory.create_batch(3)
        self.genres: list[Genre] = GenreFactory.create_batch(3)
        self.tags: list[Tag] = TagFactory.create_batch(2)
        self.companies = [Company.objects.create(name=f"Company {number}") for number in range(2)]
        self.collection = Collection.objects.create(name="Trilogy", slug="trilogy")


def build(pool: Pool, number: int, spec: dict[str, Any]) -> Movie:
    """A film of a drawn description; `number` tells apart what is unique."""
    facts = dict(spec["facts"])
    if facts.pop("collection", False):
        facts["collection"] = pool.collection
    if facts.pop("ids", False):
        facts |= {"imdb_id": f"tt000000{number}", "tmdb_id": number, "wikipedia_page": f"Page {number}"}
    movie = MovieFactory.create(genres=[pool.genres[n] for n in spec["genres"]],
                                tags=[pool.tags[n] for n in spec["tags"]], **facts)  # fmt: skip
    movie.companies.set([pool.companies[n] for n in spec["companies"]])
    for position, (person, character) in enumerate(spec["cast"]):
        CreditFactory.create(movie=movie, person=pool.people[person], character=character, position=position)
    for position, (person, job, department) in enumerate(spec["crew"]):
        CreditFactory.create(
            movie=movie, person=pool.people[person], kind="crew", job=job, department=department, position=position
        )
    for title, kind in spec["titles"]:
        AlternativeTitle.objects.create(movie=movie, title=title, kind=kind)
    for category, people in spec["awards"]:
        Award.objects.create(movie=movie, award="Oscar", ceremony=1, category=category, won=True, people=people)
    for country, certification in spec["releases"]:
        ReleaseDate.objects.create(
            movie=movie, country=country, kind="theatrical", date=date(2000, 1, 1), certification=certification
        )
    for digest in spec["images"]:
        ImageFactory.create(movie=movie, digest=f"{digest:064x}", position=digest)
    for key, name in spec["videos"]:
        VideoFactory.create(movie=movie, key=f"video{key}", name=name, position=key)
    if spec["record"]:
        ProviderRecordFactory.create(movie=movie, external_id=movie.tmdb_id or 900 + number)
    if spec["figures"] is not None:
        raters, plays = spec["figures"]
        MovieFigures.objects.create(movie=movie, known_raters=raters, plays=plays, rating_count=plays, rating_sum=plays)
    return movie


def settle() -> None:
    """Brings all that is kept in line with rows that were written past the services."""
    refresh_copies(movie_ids=None)
    refresh_ratings(movie_ids=None)
    refresh_credit_counts(person_ids=None)
    recount_catalogue()
    index.index_movies(list(Movie.objects.values_list("pk", flat=True)))


def snapshot(*, ids: bool = True) -> dict[str, Any]:
    """Every movie and all that hangs on it."""
    found: dict[str, Any] = {
        "movies": [
            {name: value for name, value in row.items() if name not in _RISING}
            for row in Movie.objects.order_by("pk").values()
        ],
        "figures": [row for row in MovieFigures.objects.order_by("pk").values() if any(list(row.values())[1:])],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT movie_id, compact, year, fame FROM movies_searchtitle ORDER BY 1, 2")
        found["search"] = cursor.fetchall()
    for model in _TABLES:
        rows = [{k: v for k, v in row.items() if ids or k != "id"} for row in model._default_manager.values()]
        found[model._meta.db_table] = sorted(rows, key=lambda row: repr(sorted(row.items())))
    return found


def assert_exact() -> None:
    """Every copy, figure and name that is kept is what a recount would make it."""
    ids = list(Movie.objects.values_list("pk", flat=True))
    assert refresh_copies(movie_ids=None) == 0
    assert refresh_ratings(movie_ids=None) == 0
    assert refresh_credit_counts(person_ids=None) == 0
    assert recount_catalogue() == 0
    assert index._TITLES.refresh(ids) == 0


class Library:
    """Stands for another app: one entry a person and movie, moved when movies merge and back when they part."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, int], str] = {}
        self.moved: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.heard: list[tuple[str, int]] = []

    def merged(self, merge_id: int, survivor_id: int, merged_id: int, **kwargs: Any) -> None:
        self.heard.append(("merged", merge_id))
        for (person, movie), note in list(self.entries.items()):
            if movie == merged_id and (person, survivor_id) not in self.entries:
                self.entries[person, survivor_id] = self.entries.pop((person, movie))
                self.moved[merge_id].append((person, note))

    def unmerged(self, merge_id: int, survivor_id: int, merged_id: int, **kwargs: Any) -> None:
        self.heard.append(("unmerged", merge_id))
        for person, note in self.moved.pop(merge_id, ()):
            assert self.entries[person, survivor_id] == note
            self.entries[person, merged_id] = self.entries.pop((person, survivor_id))

    def begin(self, entries: dict[tuple[str, int], str]) -> None:
        """With these entries, and no merge heard of."""
        self.entries = dict(entries)
        self.moved.clear()

    @contextmanager
    def listening(self) -> Iterator[Library]:
        movie_merged.connect(self.merged)
        movie_unmerged.connect(self.unmerged)
        try:
            yield self
        finally:
            movie_merged.disconnect(self.merged)
            movie_unmerged.disconnect(self.unmerged)


def undone(work: Callable[[], Any]) -> Any:
    """What the work returns; what it wrote is rolled back."""
    with transaction.atomic():
        result = work()
        transaction.set_rollback(True)
    return result
