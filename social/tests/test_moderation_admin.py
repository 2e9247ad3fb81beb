"""Reviews, comments, lists and the queue of reports in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Profile
from social.models import ModerationCase, Review
from social.services.moderation import report_thing
from social.tests.factories import CommentFactory, MovieListFactory, ReviewFactory
from social.tests.people import somebody
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db
MOST = 16


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def case_about(review: Review, note: str | None = None) -> ModerationCase:
    report_thing(user_id=somebody()[0].pk, kind="review", object_id=review.pk, reason="spam", note=note)
    return ModerationCase.objects.get(object_id=review.pk, kind="review")


def addresses() -> list[str]:
    review, comment, movie_list = ReviewFactory.create(), CommentFactory.create(), MovieListFactory.create()
    ReviewFactory.create(visibility="followers", excerpt="a secret")
    MovieListFactory.create(visibility="private", title="a secret")
    for _ in range(10):
        reported = CommentFactory.create().review
        case = case_about(reported, "Look.")
        MovieListFactory.create()
    return [
        "/admin/social/review/",
        "/admin/social/comment/",
        "/admin/social/movielist/",
        "/admin/social/moderationcase/",
        f"/admin/social/review/?q={review.user.username}",
        f"/admin/social/comment/?q={review.user.username}",
        "/admin/social/movielist/?q=list",
        "/admin/social/moderationcase/?state__exact=open",
        f"/admin/social/moderationcase/?q={reported.user.username}",
        f"/admin/social/review/{review.pk}/change/",
        f"/admin/social/comment/{comment.pk}/change/",
        f"/admin/social/movielist/{movie_list.pk}/change/",
        f"/admin/social/moderationcase/{case.pk}/change/",
    ]


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_pages_open_in_few_queries_and_keep_what_is_private(
    role: str, make_user: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(make_user(role=role))
    for address in addresses():
        with django_assert_max_num_queries(MOST, info=address):
            response = client.get(address)
        assert response.status_code == 200, address
        assert "secret" not in response.content.decode()


def test_a_curator_sees_nothing_of_people_s_things(make_user: Any) -> None:
    client = signed_in(make_user(role="curator"))
    assert {client.get(address).status_code for address in addresses()} == {403}


def test_a_moderator_decides_on_the_page_of_a_case(make_user: Any) -> None:
    moderator = make_user(role="moderator")
    client = signed_in(moderator)
    review = ReviewFactory.create(body="Buy <b>this</b>.")
    case = case_about(review, "An advertisement.")
    address = f"/admin/social/moderationcase/{case.pk}/change/"
    page = client.get(address).content.decode()
    assert "Buy &lt;b&gt;this" in page
    assert "An advertisement." in page
    silent = client.post(address, {"decision": "hide", "reason": "", "note": ""})
    assert silent.status_code == 200
    assert "Say why" in silent.content.decode()
    done = client.post(address, {"decision": "hide", "reason": "Advertising.", "note": "First."})
    assert done.status_code == 302
    review.refresh_from_db()
    case.refresh_from_db()
    assert (review.moderation, review.moderation_reason) == ("hidden", "Advertising.")
    assert (case.state, case.note, case.decided_by) == ("upheld", "First.", moderator)
    line = AuditEvent.objects.get(event="moderation_hidden")
    assert (line.actor_id, line.subject_id, line.via) == (moderator.pk, review.user_id, "admin")
    assert client.post(address, {"decision": "release", "reason": "", "note": ""}).status_code == 302
    review.refresh_from_db()
    assert review.moderation == "visible"


def test_a_case_about_oneself_is_not_there(make_user: Any) -> None:
    moderator = make_user(role="moderator", username="mod")
    case = case_about(ReviewFactory.create(user=moderator))
    client = signed_in(moderator)
    address = f"/admin/social/moderationcase/{case.pk}/change/"
    assert client.get(address).status_code == 302  # to the index, with a message that there is no such case
    assert client.post(address, {"decision": "release", "reason": "", "note": ""}).status_code == 302
    case.refresh_from_db()
    assert case.state == "open"
    assert f"moderationcase/{case.pk}" not in client.get("/admin/social/moderationcase/").content.decode()


def test_a_person_is_upheld_and_nothing_is_removed(make_user: Any) -> None:
    client = signed_in(make_user(role="moderator"))
    bob, _ = somebody()
    report_thing(user_id=somebody()[0].pk, kind="user", object_id=bob.pk, reason="harassment")
    case = ModerationCase.objects.get()
    address = f"/admin/social/moderationcase/{case.pk}"
    assert client.post(f"{address}/change/", {"decision": "uphold", "reason": "", "note": "Told."}).status_code == 302
    case.refresh_from_db()
    assert case.state == "upheld"
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    review = ReviewFactory.create()
    assert client.post(f"/admin/social/review/{review.pk}/delete/", {"post": "yes"}).status_code == 403


def test_open_reports_need_attention_with_reason_and_excerpt(make_user: Any) -> None:
    moderator = make_user(role="moderator")
    review = ReviewFactory.create(excerpt="Buy <cheap> tickets here.")
    case_about(review)
    case_about(ReviewFactory.create(user=moderator, excerpt="About oneself."))
    for client, shown in ((signed_in(moderator), True), (signed_in(make_user(role="curator")), False)):
        response = client.get("/admin/")
        labels = [item["label"] for item in response.context["attention"]]
        assert ("Reports to decide about" in labels) is shown
        assert ("Buy &lt;cheap&gt; tickets here." in response.content.decode()) is shown
        if shown:
            first = response.context["attention"][0]
            assert (first["label"], first["count"]) == ("Reports to decide about", "1")
            assert [(each.title, each.reason) for each in first["examples"]] == [(f"Review by {review.user}", "Spam")]
            assert client.get(first["url"]).status_code == client.get(first["examples"][0].url).status_code == 200


def test_a_report_opens_a_private_thing_to_moderators_on_record(make_user: Any) -> None:
    moderator = make_user(role="moderator")
    client = signed_in(moderator)
    review = ReviewFactory.create(body="Buy this.")
    address = f"/admin/social/moderationcase/{case_about(review).pk}/change/"
    assert client.get(address).status_code == 200
    assert not AuditEvent.objects.filter(event="private_row_opened").exists()
    Review.objects.update(visibility="private")
    assert "Buy this." in client.get(address).content.decode()
    event = AuditEvent.objects.get(event="private_row_opened")
    assert (event.actor_id, event.subject_id, event.details["object_id"]) == (moderator.pk, review.user_id, review.pk)
    assert client.get(f"/admin/social/review/{review.pk}/change/").status_code == 302


def test_what_a_closed_profile_holds_is_not_browsable(make_user: Any) -> None:
    client = signed_in(make_user(role="moderator"))
    review = ReviewFactory.create(excerpt="a secret")
    comment = CommentFactory.create(body="a secret", user=review.user)
    MovieListFactory.create(title="a secret", user=review.user)
    Profile.objects.create(user=review.user, profile_visibility="followers")
    for name in ("review", "comment", "movielist"):
        assert "a secret" not in client.get(f"/admin/social/{name}/").content.decode()
    assert client.get(f"/admin/social/comment/{comment.pk}/change/").status_code == 302
