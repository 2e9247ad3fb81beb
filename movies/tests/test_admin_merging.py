"""Duplicates and merges in the back office: the list, the two beside each other, merging, dismissing, undoing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from movies.models import DuplicatePair, Merge, Movie
from movies.tests.back_office import page, rich_movie, signed_in
from movies.tests.factories import DuplicatePairFactory, MovieFactory

pytestmark = pytest.mark.django_db

PAIRS, MERGES = "/admin/movies/duplicatepair/", "/admin/movies/merge/"


@pytest.fixture
def pair() -> DuplicatePair:
    return DuplicatePairFactory.create(
        first=MovieFactory.create(title="Heat", year=1995, popularity=2.0),
        second=MovieFactory.create(title="Calor", year=1996, runtime=170),
        reasons=["original_title", "people"],
        score=83,
    )


@pytest.fixture
def client(make_user: Any) -> Client:
    return signed_in(make_user(role="curator"))


def text_of(response: Any) -> str:
    assert response.status_code == 200
    found: str = response.content.decode()
    return found


def asked(pair: DuplicatePair, **changed: Any) -> dict[str, Any]:
    """What the page's button under the first of the two sends."""
    return {
        "survivor": pair.first_id,
        "survivor_version": pair.first.version,
        "merged": pair.second_id,
        "merged_version": pair.second.version,
        **changed,
    }


def test_the_list_has_what_is_open_the_likeliest_first(client: Client, pair: DuplicatePair) -> None:
    likelier = DuplicatePairFactory.create(score=99)
    hidden = [
        DuplicatePairFactory.create(state="dismissed"),
        DuplicatePairFactory.create(first=MovieFactory.create(state="withdrawn")),
    ]
    text = text_of(client.get(PAIRS))
    assert text.index(likelier.first.title) < text.index("Calor")
    assert "share their people" in text
    assert not any(f"{PAIRS}{each.pk}/change/" in text for each in hidden)
    assert f"{PAIRS}{hidden[0].pk}/change/" in text_of(client.get(f"{PAIRS}?state=dismissed"))
    assert "Calor" not in text_of(client.get(f"{PAIRS}?reason=external_id"))


def test_the_two_stand_beside_each_other_and_what_differs_is_marked(client: Client, pair: DuplicatePair) -> None:
    response = client.get(f"{PAIRS}{pair.pk}/change/")
    lines = {line.label: line for line in response.context["lines"]}
    assert lines["Title"].values == ("Heat", "Calor")
    assert (lines["Year"].differs, lines["Source"].differs) == (True, False)
    assert (lines["Runtime"].values, lines["Runtime"].differs) == ((None, "170 minutes"), False)
    assert [each["stays"] for each in response.context["movies"]] == [True, False]
    assert "Score 83 of 100" in text_of(response)


def test_any_two_can_be_compared_and_are_chosen_from_a_movies_page(client: Client, pair: DuplicatePair) -> None:
    movie, other = MovieFactory.create(), pair.first
    start = client.get(f"/admin/movies/movie/{movie.pk}/merge/")
    assert start.headers["Location"] == f"{MERGES}of/{movie.pk}/"
    text_of(client.get(start.headers["Location"]))
    assert "choose another" in text_of(client.get(start.headers["Location"], {"other": movie.pk}))
    chosen = client.get(start.headers["Location"], {"other": other.pk})
    assert chosen.headers["Location"] == f"{PAIRS}compare/{movie.pk}/{other.pk}/"
    assert "Merge into this one" in text_of(client.get(chosen.headers["Location"]))
    for unknown in (f"{MERGES}of/999/", f"{PAIRS}compare/{movie.pk}/999/", f"{PAIRS}999/change/", f"{PAIRS}x/change/"):
        assert client.get(unknown).status_code == 404


def test_merging_and_undoing(client: Client, pair: DuplicatePair) -> None:
    said = text_of(client.post(f"{PAIRS}merge/", asked(pair), follow=True))
    merge = Merge.objects.get()
    assert f"{MERGES}{merge.pk}/change/" in said
    assert (merge.survivor, merge.merged, merge.made_by is not None) == (pair.first, pair.second, True)
    pair.refresh_from_db()
    assert (pair.state, pair.first.runtime) == ("merged", 170)
    assert "Merge into this one" not in text_of(client.get(f"{PAIRS}{pair.pk}/change/"))
    assert "Calor" in text_of(client.get(MERGES))
    assert "170" in text_of(client.get(f"{MERGES}{merge.pk}/change/"))

    assert "is back" in text_of(client.post(f"{MERGES}{merge.pk}/undo/", follow=True))
    merge.refresh_from_db()
    assert merge.undone_by == merge.made_by
    assert "Undo this merge" not in text_of(client.get(f"{MERGES}{merge.pk}/change/"))
    assert "undone already" in text_of(client.post(f"{MERGES}{merge.pk}/undo/", follow=True))
    assert client.post(f"{MERGES}999/undo/").status_code == 404


def test_a_movie_that_was_edited_meanwhile_is_looked_at_again(client: Client, pair: DuplicatePair) -> None:
    said = text_of(client.post(f"{PAIRS}merge/", asked(pair, survivor_version=7), follow=True))
    assert "not 7" in said
    assert not Merge.objects.exists()
    assert client.post(f"{PAIRS}merge/", {"survivor": "x"}).status_code == 404
    assert client.get(f"{PAIRS}merge/").status_code == 405


def test_dismissing_one_and_many_and_putting_back(client: Client, pair: DuplicatePair) -> None:
    other = DuplicatePairFactory.create()
    assert "1 pair dismissed" in text_of(client.post(f"{PAIRS}{pair.pk}/dismiss/", follow=True))
    client.post(PAIRS, {"action": "dismiss", "_selected_action": [other.pk]})
    assert set(DuplicatePair.objects.values_list("state", flat=True)) == {"dismissed"}
    client.post(f"{PAIRS}?state=dismissed", {"action": "reopen", "_selected_action": [other.pk]})
    other.refresh_from_db()
    assert other.state == "open"
    assert client.post(f"{PAIRS}999/dismiss/").status_code == 404


def test_a_merged_movie_is_shown_and_not_edited(client: Client, pair: DuplicatePair) -> None:
    client.post(f"{PAIRS}merge/", asked(pair))
    text = text_of(client.get(page(pair.second)))
    assert page(pair.first) in text
    assert 'name="_save"' not in text
    assert client.post(page(pair.second), {"title": "Other"}).status_code == 403
    for deed in ("withdraw", "publish", "restore"):
        assert f"/admin/movies/movie/{pair.second_id}/{deed}/" not in text


def test_a_moderator_sees_merges_and_changes_nothing(make_user: Any, client: Client, pair: DuplicatePair) -> None:
    moderator = signed_in(make_user(role="moderator"))
    merge_url = f"{PAIRS}merge/"
    for address in (merge_url, f"{PAIRS}{pair.pk}/dismiss/"):
        assert moderator.post(address, asked(pair)).status_code == 403
    assert moderator.get(f"{MERGES}of/{pair.first_id}/").status_code == 403
    client.post(merge_url, asked(pair))
    merge = Merge.objects.get()
    assert "Undo this merge" not in text_of(moderator.get(f"{MERGES}{merge.pk}/change/"))
    assert moderator.post(f"{MERGES}{merge.pk}/undo/").status_code == 403
    assert Merge.objects.get().undone_at is None


def test_the_pages_open_in_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    pairs = [DuplicatePairFactory.create() for _ in range(20)]
    rich = DuplicatePairFactory.create(first=rich_movie(), second=rich_movie())
    client.post(f"{PAIRS}merge/", asked(pairs[0]))
    merge, merged = Merge.objects.get(), Movie.objects.get(state="merged")
    for address in (
        PAIRS, f"{PAIRS}{rich.pk}/change/", f"{PAIRS}compare/{rich.first_id}/{rich.second_id}/", MERGES,
        f"{MERGES}{merge.pk}/change/", f"{MERGES}of/{rich.first_id}/?other={rich.first_id}", page(merged),
    ):  # fmt: skip
        with django_assert_max_num_queries(15, info=address):
            text_of(client.get(address))
