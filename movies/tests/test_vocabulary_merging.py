"""Merging genres, tags and companies: what moves, what an undo gives back, and what the lost names mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import Company, Genre, Movie, Tag, VocabularyMerge
from movies.services.relations import company_named
from movies.services.vocabulary import genre_named, tag_named
from movies.services.vocabulary_merging import aliases_of, merge_vocabulary, unmerge_vocabulary
from movies.tests.back_office import signed_in
from movies.tests.factories import GenreFactory, MovieFactory, TagFactory
from movies.tests.importing import import_file, lay
from watchly.common.errors import Conflict, NotFound

pytestmark = pytest.mark.django_db


def tagged(*names: str) -> Movie:
    return MovieFactory.create(tags=[TagFactory.create(name=name) for name in names])


def tags_of(*movies: Movie) -> list[list[str]]:
    """Of each movie, by the links; the copies on the movie must say the same."""
    found = []
    for movie in movies:
        movie.refresh_from_db()
        rows = list(movie.tags.order_by("name"))
        assert sorted(tag.pk for tag in rows) == movie.tag_ids
        found.append([tag.name for tag in rows])
    return found


def merge(merged: str, into: str) -> VocabularyMerge:
    pks = dict(Tag.objects.values_list("name", "pk"))
    return merge_vocabulary(kind="tag", survivor_id=pks[into], merged_id=pks[merged])


def test_movies_get_the_other_one_once_and_an_undo_gives_both_back() -> None:
    movies = tagged("time travel"), tagged("time-travelling", "time travel"), tagged("time-travelling"), tagged("heist")
    before, rows = tags_of(*movies), list(Tag.objects.order_by("pk").values())
    done = merge("time-travelling", "time travel")
    assert tags_of(*movies) == [["time travel"], ["time travel"], ["time travel"], ["heist"]]
    assert (Tag.objects.count(), len(done.moved), len(done.both)) == (2, 1, 1)
    unmerge_vocabulary(merge_id=done.pk)
    assert tags_of(*movies) == before
    assert list(Tag.objects.order_by("pk").values()) == rows
    with pytest.raises(Conflict, match="undone already"):
        unmerge_vocabulary(merge_id=done.pk)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_merges_into_one_are_undone_in_any_order(order: tuple[int, int]) -> None:
    movies = tagged("a", "b"), tagged("a"), tagged("b", "s"), tagged("a", "b", "s")
    before = tags_of(*movies)
    done = [merge("a", "s"), merge("b", "s")]
    assert tags_of(*movies) == [["s"]] * 4
    for number in order:
        unmerge_vocabulary(merge_id=done[number].pk)
    assert tags_of(*movies) == before


def test_a_chain_is_undone_from_its_end() -> None:
    movie = tagged("a")
    tagged("b"), tagged("c")
    first, second = merge("a", "b"), merge("b", "c")
    first.refresh_from_db()
    assert (first.survivor.name, tags_of(movie)) == ("c", [["c"]])
    assert tag_named("a") == tag_named("b") == Tag.objects.get(name="c")
    with pytest.raises(Conflict, match="undo that first"):
        unmerge_vocabulary(merge_id=first.pk)
    unmerge_vocabulary(merge_id=second.pk)
    first.refresh_from_db()
    assert first.survivor.name == "b"
    unmerge_vocabulary(merge_id=first.pk)
    assert tags_of(movie) == [["a"]]


def test_what_is_not_there_or_taken_is_refused() -> None:
    tagged("a", "b")
    a = Tag.objects.get(name="a").pk
    with pytest.raises(Conflict, match="itself"):
        merge_vocabulary(kind="tag", survivor_id=a, merged_id=a)
    with pytest.raises(NotFound):
        merge_vocabulary(kind="tag", survivor_id=a, merged_id=999_999)
    done = merge("a", "b")
    Tag.objects.create(name="A again", slug="a")
    with pytest.raises(Conflict, match="another tag"):
        unmerge_vocabulary(merge_id=done.pk)


# --- what the lost names mean ----------------------------------------------------------------------------------------


@pytest.fixture
def merged() -> None:
    """Slasher is Horror, time-travelling time travel, and Ufa Universum Film."""
    slasher, horror = GenreFactory.create(name="Slasher"), GenreFactory.create(name="Horror")
    merge_vocabulary(kind="genre", survivor_id=horror.pk, merged_id=slasher.pk)
    tagged("time-travelling"), tagged("time travel")
    merge("time-travelling", "time travel")
    ufa, universum = Company.objects.create(name="Ufa"), Company.objects.create(name="Universum Film")
    merge_vocabulary(kind="company", survivor_id=universum.pk, merged_id=ufa.pk)


@pytest.mark.usefixtures("merged")
def test_a_lost_name_means_the_other_one_for_services_and_the_api(curator: APIClient) -> None:
    assert aliases_of("genre") == {"Slasher": "Horror"}
    assert genre_named("slasher") == genre_named("SLASHER") == Genre.objects.get()
    assert tag_named("Time-Travelling") == Tag.objects.get()
    assert company_named("Ufa") == Company.objects.get()
    movie = MovieFactory.create(title="Scream")
    sent = {"genres": ["slasher"], "tags": ["time-travelling"], "companies": ["Ufa"]}
    answer = curator.patch(f"/api/movies/{movie.pk}", sent, format="json").json()
    assert [row["name"] for row in answer["genres"]] == ["Horror"]
    assert [row["name"] for row in answer["tags"]] == ["time travel"]
    for query, found in (
        ("genre=slasher", 1),
        ("genre=Slasher,horror", 1),
        ("tag=time-travelling", 3),
        ("genre=horror", 1),
    ):
        assert curator.get(f"/api/movies?{query}").json()["count"] == found, query
    assert (Genre.objects.count(), Tag.objects.count(), Company.objects.count()) == (1, 1, 1)


@pytest.mark.usefixtures("merged")
def test_an_import_does_not_bring_a_lost_name_back(tmp_path: Path) -> None:
    row = {
        "title": "Scream", "year": 1996, "genres": ["Slasher", "Horror"], "tags": ["time travelling", "time travel"],
        "companies": ["UFA"],
    }  # fmt: skip
    import_file(lay(tmp_path, "movies.json", json.dumps([row])))
    movie = Movie.objects.get(title="Scream")
    assert list(movie.genres.values_list("name", flat=True)) == ["Horror"]
    assert list(movie.tags.values_list("name", flat=True)) == ["time travel"]
    assert list(movie.companies.values_list("name", flat=True)) == ["Universum Film"]
    assert (Genre.objects.count(), Tag.objects.count(), Company.objects.count()) == (1, 1, 1)


# --- in the back office ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["genre", "tag", "company"])
def test_a_curator_merges_and_undoes(kind: str, make_user: Callable[..., Any]) -> None:
    model: Any = {"genre": Genre, "tag": Tag, "company": Company}[kind]
    slug = {} if kind == "company" else {"slug": "one"}
    one, other = (
        model.objects.create(name="One", **slug),
        model.objects.create(name="Other", **({"slug": "two"} if slug else {})),
    )
    getattr(MovieFactory.create(), "companies" if kind == "company" else f"{kind}s").add(one)
    browser, moderator = signed_in(make_user(role="curator")), signed_in(make_user(role="moderator"))
    address = f"/admin/movies/{kind}/{one.pk}/merge/"
    assert moderator.post(address, {"into": other.pk}).status_code == 403
    assert "1 movie with One gets the other" in browser.get(address).content.decode()
    assert "Select a valid choice" in browser.post(address, {"into": one.pk}).content.decode()
    assert (
        "One is another name for Other now" in browser.post(address, {"into": other.pk}, follow=True).content.decode()
    )
    done = VocabularyMerge.objects.get()
    page = f"/admin/movies/vocabularymerge/{done.pk}/"
    assert "One" in browser.get("/admin/movies/vocabularymerge/").content.decode()
    assert "Undo this merge" in browser.get(f"{page}change/").content.decode()
    assert "Undo this merge" not in moderator.get(f"{page}change/").content.decode()
    assert moderator.post(f"{page}undo/").status_code == 403
    assert browser.post(f"{page}undo/").headers["Location"] == f"/admin/movies/{kind}/{one.pk}/change/"
    assert model.objects.filter(pk=one.pk, name="One").exists()
    assert "merge undone" in browser.get(f"{page}change/").content.decode()
    assert "undone already" in browser.post(f"{page}undo/", follow=True).content.decode()
