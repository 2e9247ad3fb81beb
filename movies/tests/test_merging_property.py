"""Merges and undoings at random: whatever the order, the rows are those of the merges that are left."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from movies.models import Merge, Movie
from movies.services.merging import merge_movies, unmerge_movie
from movies.services.movies import update_movie
from movies.tests.factories import CreditFactory, PersonFactory
from movies.tests.merging import Library, Pool, assert_exact, build, settle, snapshot, undone
from watchly.common.errors import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_listens")]

FILMS = 4
# To shrink what fails takes minutes here, and a handful of films can be read as they are.
_some = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _unique(*parts: Any, key: Any = lambda row: row, most: int = 3) -> Any:
    return st.lists(st.tuples(*parts), max_size=most, unique_by=key)


def _maybe(*values: Any) -> Any:
    return st.sampled_from((None, *values))


_FACTS = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Heat", "Alien", "Solaris"]),
        "state": st.sampled_from(["published", "published", "draft"]),
    },
    optional={
        "original_title": _maybe("Heat", "Soljaris"), "year": _maybe(1972, 1995), "runtime": _maybe(101, 167),
        "overview": _maybe("About."), "languages": st.sampled_from([["en"], ["en", "ru"], ["fr"]]),
        "countries": st.sampled_from([["US"], ["SU", "US"]]), "collection": st.booleans(), "ids": st.booleans(),
        "locked_fields": st.sampled_from([[], ["runtime"], ["overview", "title"]]),
    },
)  # fmt: skip
_SPEC = st.fixed_dictionaries({
    "facts": _FACTS,
    "genres": st.sets(st.integers(0, 2)), "tags": st.sets(st.integers(0, 1)), "companies": st.sets(st.integers(0, 1)),
    "cast": _unique(st.integers(0, 2), _maybe("Vincent", "Ripley")),
    "crew": _unique(st.integers(0, 2), st.sampled_from(["Director", "Editor"]), _maybe("Editing"),
                    key=lambda row: row[:2]),
    "titles": _unique(st.sampled_from(["Heat", "Calor"]), _maybe("working"), key=lambda row: row[0]),
    "awards": _unique(st.sampled_from(["Sound", "Picture"]), st.sampled_from([[], ["Ann"], ["Bob"]]),
                      key=lambda row: (row[0], tuple(row[1]))),
    "releases": _unique(st.sampled_from(["US", "FR"]), _maybe("R"), key=lambda row: row[0]),
    "images": st.sets(st.integers(0, 2)), "videos": _unique(st.integers(0, 2), _maybe("Trailer"), key=lambda r: r[0]),
    "record": st.booleans(), "figures": _maybe((5, 1), (9, 2)),
})  # fmt: skip
_FILM = st.integers(0, FILMS - 1)
# Merge the first film into the second; undo one of the merges that stand.
_STEPS = st.lists(
    st.one_of(st.tuples(st.just("merge"), _FILM, _FILM), st.tuples(st.just("undo"), st.integers(0, 9), st.just(0))),
    min_size=2,
    max_size=7,
)
_ENTRIES = st.dictionaries(st.tuples(st.sampled_from(["ann", "bob"]), _FILM), st.sampled_from(["seen", "liked"]))


def _standing() -> list[int]:
    return list(Merge.objects.filter(undone_at=None).order_by("pk").values_list("pk", flat=True))


def _do(ids: list[int], step: tuple[str, int, int]) -> None:
    deed, first, second = step
    if deed == "merge" and first != second:
        try:
            merge_movies(survivor_id=ids[second], merged_id=ids[first])
        except Conflict:
            return  # one of the two was merged before, or a film would become a draft
    elif deed == "undo" and (standing := _standing()):
        unmerge_movie(merge_id=standing[first % len(standing)])


def _world(specs: list[dict[str, Any]], entries: dict[tuple[str, int], str]) -> tuple[list[int], Library]:
    pool = Pool()
    ids = [build(pool, number, spec).pk for number, spec in enumerate(specs, 1)]
    library = Library()
    library.entries = {(person, ids[film]): note for (person, film), note in entries.items()}
    settle()
    return ids, library


@_some
@given(specs=st.lists(_SPEC, min_size=FILMS, max_size=FILMS), steps=_STEPS, entries=_ENTRIES)
def test_rows_are_those_of_the_merges_that_stand_and_undoing_all_gives_back_all(
    db: None, specs: list[dict[str, Any]], steps: list[tuple[str, int, int]], entries: dict[tuple[str, int], str]
) -> None:
    def check() -> None:
        ids, library = _world(specs, entries)
        before, entries_before = snapshot(), dict(library.entries)

        def live() -> tuple[Any, Any, list[tuple[int, int]]]:
            with library.listening():
                for step in steps:
                    _do(ids, step)
                    assert_exact()
            standing = list(Merge.objects.filter(undone_at=None).order_by("pk").values_list("merged_id", "survivor_id"))
            return snapshot(ids=False), dict(library.entries), standing

        def replayed(standing: list[tuple[int, int]]) -> tuple[Any, Any]:
            library.begin(entries_before)
            with library.listening():
                for merged, survivor in standing:
                    merge_movies(survivor_id=survivor, merged_id=merged)
            return snapshot(ids=False), dict(library.entries)

        rows, kept, standing = undone(live)
        assert undone(lambda: replayed(standing)) == (rows, kept)

        library.begin(entries_before)
        with library.listening():
            for step in steps:
                _do(ids, step)
            while open_merges := _standing():
                unmerge_movie(merge_id=open_merges[len(steps) % len(open_merges)])
        assert snapshot() == before
        assert library.entries == entries_before
        assert_exact()

    undone(check)


@_some
@given(specs=st.lists(_SPEC, min_size=FILMS, max_size=FILMS), steps=_STEPS)
def test_what_was_added_and_edited_later_stays_where_it_came(
    db: None, specs: list[dict[str, Any]], steps: list[tuple[str, int, int]]
) -> None:
    def check() -> None:
        ids, _ = _world(specs, {})
        before = snapshot()
        added: dict[int, int] = {}
        for number, step in enumerate(steps):
            _do(ids, step)
            standing = list(Movie.objects.exclude(state="merged").order_by("pk"))
            there = standing[number % len(standing)]
            credit = CreditFactory.create(movie=there, person=PersonFactory.create(), position=900 + number)
            added[credit.pk] = there.pk
        last = Movie.objects.exclude(state="merged").order_by("pk")[0]
        update_movie(movie_id=last.pk, values={"runtime": 77})
        while open_merges := _standing():
            unmerge_movie(merge_id=open_merges[len(steps) % len(open_merges)])
        after = snapshot()
        parts = after["movies_credit"]
        assert {row["id"]: row["movie_id"] for row in parts if row["id"] in added} == added
        after["movies_credit"] = [row for row in parts if row["id"] not in added]
        for movie in before["movies"]:
            if movie["id"] == last.pk:
                movie["runtime"], movie["locked_fields"] = 77, sorted({*movie["locked_fields"], "runtime"})
        assert after == before

    undone(check)
