"""What needs a hand: suggestions, refused rows, stale data, and the counts on the front page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from movies.models import Change, ImportReject, Movie, Suggestion
from movies.tests.back_office import signed_in
from movies.tests.factories import (
    ImportRunFactory,
    MovieFactory,
    PersonFactory,
    ProviderRecordFactory,
    SuggestionFactory,
)

pytestmark = pytest.mark.django_db

SUGGESTIONS, REJECTS, RECORDS = (f"/admin/movies/{noun}/" for noun in ("suggestion", "importreject", "providerrecord"))


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


def listed(browser: Client, address: str) -> list[int]:
    response = browser.get(address)
    assert response.status_code == 200, address
    return [row.pk for row in response.context["cl"].result_list]


# --- suggestions -----------------------------------------------------------------------------------------------------


def test_what_waits_longest_comes_first_and_what_is_decided_is_asked_for(browser: Client) -> None:
    first, second = SuggestionFactory.create(), SuggestionFactory.create()
    done = SuggestionFactory.create(state="accepted")
    assert listed(browser, SUGGESTIONS) == [first.pk, second.pk]
    assert listed(browser, f"{SUGGESTIONS}?state=accepted") == [done.pk]
    assert listed(browser, f"{SUGGESTIONS}?state=any") == [first.pk, second.pk, done.pk]


def test_a_suggestion_shows_what_it_says_and_what_it_may_be_already(browser: Client) -> None:
    there = MovieFactory.create(title="The Long Tour", year=2025, imdb_id="tt9999997")
    draft = MovieFactory.create(title="The Long Tour", year=2026, state="draft", source="suggestion", runtime=95)
    suggestion = SuggestionFactory.create(movie=draft, note="Shown in <May>.", directors=["Ada Example"])
    response = browser.get(f"{SUGGESTIONS}{suggestion.pk}/change/")
    assert response.context["alike"] == [there]
    assert ("Runtime", 95) in response.context["facts"]
    assert response.context["directors"] == ["Ada Example"]
    text = response.content.decode()
    for said in (f"/admin/movies/movie/{there.pk}/change/", "tt9999997", "Shown in &lt;May&gt;.", "Accept", "Reject"):
        assert said in text, said
    assert browser.get(f"{SUGGESTIONS}999999/change/").status_code == 404


def test_accepting_publishes_and_rejecting_takes_a_reason(browser: Client) -> None:
    accepted, rejected = SuggestionFactory.create(directors=["Ada Example"]), SuggestionFactory.create()
    response = browser.post(f"{SUGGESTIONS}{accepted.pk}/accept/")
    assert response.headers["Location"] == SUGGESTIONS
    assert Movie.objects.get(pk=accepted.movie_id).state == "published"
    assert "This field is required" in browser.post(f"{SUGGESTIONS}{rejected.pk}/reject/").content.decode()
    assert Suggestion.objects.get(pk=rejected.pk).state == "open"
    browser.post(f"{SUGGESTIONS}{rejected.pk}/reject/", {"reason": "Not a film."})
    rejected.refresh_from_db()
    assert (rejected.state, rejected.reason, rejected.decided_by_id) == (
        "rejected", "Not a film.", int(browser.session["_auth_user_id"])
    )  # fmt: skip
    changes = Change.objects.filter(movie=rejected.movie_id).values_list("action", "via", "reason")
    assert list(changes) == [("withdrawn", "admin", "Not a film.")]
    again = browser.post(f"{SUGGESTIONS}{rejected.pk}/accept/", follow=True).content.decode()
    assert "was rejected already" in again
    assert "Not a film." in again
    assert "Accept</" not in again


def test_who_only_looks_decides_nothing(make_user: Callable[..., Any]) -> None:
    moderator = signed_in(make_user(role="moderator"))
    suggestion = SuggestionFactory.create()
    assert "Accepting publishes" not in moderator.get(f"{SUGGESTIONS}{suggestion.pk}/change/").content.decode()
    for deed in ("accept", "reject"):
        assert moderator.post(f"{SUGGESTIONS}{suggestion.pk}/{deed}/", {"reason": "x"}).status_code == 403
    assert Suggestion.objects.get().state == "open"


# --- refused rows ----------------------------------------------------------------------------------------------------


def test_refused_rows_are_listed_across_runs_and_by_code(browser: Client) -> None:
    ids = {}
    for name in ("a.csv", "b.csv"):
        run = ImportRunFactory.create(names=[name])
        for code, accepted in (("title", False), ("year", False), ("unknown_name", True)):
            row = ImportReject.objects.create(run=run, file=name, line=3, code=code, detail="?", accepted=accepted)
            ids[name, code] = row.pk
    assert listed(browser, REJECTS) == [
        ids["b.csv", "year"], ids["b.csv", "title"], ids["a.csv", "year"], ids["a.csv", "title"]
    ]  # fmt: skip
    assert listed(browser, f"{REJECTS}?code=title") == [ids["b.csv", "title"], ids["a.csv", "title"]]
    assert listed(browser, f"{REJECTS}?code=nothing%00") == []
    response = browser.get(REJECTS)
    offered = next(iter(response.context["cl"].filter_specs)).lookup_choices
    assert offered == [("title", "title"), ("year", "year")]
    assert "b.csv:3" in response.content.decode()


# --- stale data ------------------------------------------------------------------------------------------------------


def test_stale_data_is_what_is_gone_there_and_what_is_old(browser: Client) -> None:
    now = timezone.now()
    fresh = ProviderRecordFactory.create(fetched_at=now)
    gone = ProviderRecordFactory.create(fetched_at=now - timedelta(days=1), stale_since=now)
    old = ProviderRecordFactory.create(fetched_at=now - timedelta(days=181))
    assert listed(browser, RECORDS) == [old.pk, gone.pk, fresh.pk]
    assert listed(browser, f"{RECORDS}?freshness=gone") == [gone.pk]
    assert listed(browser, f"{RECORDS}?freshness=old") == [old.pk]
    assert f"/admin/movies/movie/{old.movie_id}/change/" in browser.get(RECORDS).content.decode()


# --- the front page --------------------------------------------------------------------------------------------------


def test_the_front_page_counts_each_list_and_leads_to_it(browser: Client) -> None:
    director = PersonFactory.create()
    for _ in range(2):
        SuggestionFactory.create()
    run = ImportRunFactory.create()
    ImportReject.objects.create(run=run, file="a.csv", line=1, code="title", detail="?")
    ImportReject.objects.create(run=run, file="a.csv", line=1, code="remark", detail="?", accepted=True)
    now = timezone.now()
    whole = MovieFactory.create(runtime=90, directors=[director])
    Movie.objects.filter(pk=whole.pk).update(poster_path="images/1-w1280.webp")
    ProviderRecordFactory.create(movie=whole, fetched_at=now, stale_since=now)
    MovieFactory.create(year=None, runtime=90)
    attention = {item["label"]: item for item in browser.get("/admin/").context["attention"]}
    counts = {label: item["count"] for label, item in attention.items() if label != "Likely duplicates"}
    assert counts == {
        "Suggestions to decide about": "2",
        "Doubtful careers: likely namesakes": "0",
        "No year": "1",
        "No runtime": "0",
        "No poster": "1",
        "No director": "1",
        "Refused rows of imports": "1",
        "Provider data: unknown to the provider now": "1",
        "Provider data: not refreshed for six months": "0",
    }
    for item in attention.values():
        assert len(listed(browser, item["url"])) == int(item["count"]), item


def test_a_moderator_is_led_to_what_they_may_see(make_user: Callable[..., Any]) -> None:
    response = signed_in(make_user(role="moderator")).get("/admin/")
    labels = [item["label"] for item in response.context["attention"]]
    assert labels[labels.index("Suggestions to decide about") :] == [
        "Suggestions to decide about", "Doubtful careers: likely namesakes",
        "No year", "No runtime", "No poster", "No director",
    ]  # fmt: skip
