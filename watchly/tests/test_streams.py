"""Streams: nothing is skipped or doubled while rows come and go, and a cursor is followed, not made."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError

from movies.api.serializers.change import CHANGE
from movies.models import Change, Movie
from movies.tests.factories import ChangeFactory, MovieFactory
from watchly.api.streams import Stream

pytestmark = pytest.mark.django_db

WHERE = "d.movie_id = %(movie)s"
BY_ID = Stream("by-id", CHANGE, WHERE)
BY_TIME = Stream("by-time", CHANGE, WHERE, key="created_at")
OLDEST_FIRST = Stream("oldest-first", CHANGE, WHERE, newest_first=False)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def lines(movie: Movie, count: int) -> list[int]:
    """Ids of this many changes, the oldest first; three of them share each time."""
    ids = []
    for number in range(count):
        change = ChangeFactory.create(movie=movie, version=number)
        Change.objects.filter(pk=change.pk).update(created_at=NOON + timedelta(microseconds=number // 3))
        ids.append(change.pk)
    return ids


def page(stream: Stream, movie: Movie, link: str = "/stream?limit=4", **how: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stream.answer(RequestFactory().get(link), {"movie": movie.pk}, **how).content)
    assert list(found) == ["next", "previous", "results"]
    return found


def ids(found: dict[str, Any]) -> list[int]:
    return [row["id"] for row in found["results"]]


@pytest.mark.parametrize("stream", [BY_ID, BY_TIME, OLDEST_FIRST], ids=lambda stream: stream.name)
@pytest.mark.parametrize("count", [0, 1, 4, 5, 8, 11])
def test_there_and_back_again(stream: Stream, count: int) -> None:
    movie = MovieFactory.create()
    ChangeFactory.create()
    expected = lines(movie, count)
    if stream.newest_first:
        expected.reverse()
    found = page(stream, movie)
    assert found["previous"] is None
    pages = [found]
    while found["next"]:
        found = page(stream, movie, found["next"])
        pages.append(found)
    assert [pk for each in pages for pk in ids(each)] == expected
    assert all(ids(each) for each in pages[1:])
    for earlier in reversed(pages[:-1]):
        found = page(stream, movie, found["previous"])
        assert ids(found) == ids(earlier)
    assert found["previous"] is None


def test_rows_that_come_push_nothing_onto_the_next_page() -> None:
    movie = MovieFactory.create()
    expected = lines(movie, 8)[::-1]
    first = page(BY_ID, movie)
    new = lines(movie, 3)
    second = page(BY_ID, movie, first["next"])
    assert ids(first) + ids(second) == expected
    # Who turns back comes past all that was added.
    back = page(BY_ID, movie, second["previous"])
    assert ids(back) == expected[:4]
    assert ids(page(BY_ID, movie, back["previous"])) == new[::-1]


def test_rows_that_go_let_nothing_fall_between_two_pages() -> None:
    movie = MovieFactory.create()
    expected = lines(movie, 8)[::-1]
    first = page(BY_TIME, movie)
    Change.objects.filter(pk__in=expected[1:4]).delete()  # the one beside which the next page begins too
    second = page(BY_TIME, movie, first["next"])
    assert ids(second) == expected[4:]
    assert ids(page(BY_TIME, movie, second["previous"])) == expected[:1]


def test_the_way_back_from_a_page_of_which_all_is_gone_leads_over_every_row_that_is_left() -> None:
    movie = MovieFactory.create()
    expected = lines(movie, 6)[::-1]
    first = page(BY_ID, movie)
    second = page(BY_ID, movie, first["next"])
    Change.objects.filter(pk__in=expected[4:]).delete()
    gone = page(BY_ID, movie, first["next"])
    assert (gone["results"], gone["next"]) == ([], None)
    assert ids(page(BY_ID, movie, gone["previous"])) == expected[:4]
    # The same at the other end.
    lost = lines(movie, 2)[::-1]
    Change.objects.filter(pk__in=expected[:4]).delete()
    Change.objects.filter(pk__in=lost).delete()
    gone = page(BY_ID, movie, second["previous"])
    assert (gone["results"], gone["previous"]) == ([], None)
    assert ids(page(BY_ID, movie, gone["next"])) == []


def test_a_stream_is_narrowed_by_a_queryset_too() -> None:
    movie = MovieFactory.create()
    lines(movie, 3)
    told = ChangeFactory.create(movie=movie, reason="100 % sure.")
    among = Change.objects.filter(reason__contains="100 %")
    assert ids(page(BY_ID, movie, among=among)) == [told.pk]


def test_fields_are_picked_and_links_keep_the_other_parameters() -> None:
    movie = MovieFactory.create()
    newest = lines(movie, 3)[-1]
    found = page(BY_ID, movie, "/stream?fields=id&limit=1")
    assert found["results"] == [{"id": newest}]
    assert found["next"].startswith("http://testserver/stream?fields=id&limit=1&cursor=")
    assert list(page(BY_ID, movie, found["next"])["results"][0]) == ["id"]


@pytest.mark.parametrize("stream", [BY_ID, BY_TIME], ids=lambda stream: stream.name)
def test_a_page_is_one_statement_and_the_same_for_the_same_rows(stream: Stream, django_assert_num_queries: Any) -> None:
    movie = MovieFactory.create()
    lines(movie, 6)
    with django_assert_num_queries(1):
        first = stream.answer(RequestFactory().get("/stream?limit=2"), {"movie": movie.pk})
    assert first.headers["ETag"] == stream.answer(
        RequestFactory().get("/stream?limit=2"), {"movie": movie.pk}
    ).headers["ETag"]  # fmt: skip
    with django_assert_num_queries(1):
        page(stream, movie, json.loads(first.content)["next"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("page=2", "page"), ("fields=x", "fields"),
     ("cursor=", "cursor"), ("cursor=x", "cursor"), ("cursor=%00", "cursor"), ("cursor=a:b:c", "cursor"),
     ("cursor=x&cursor=y", "cursor")],
)  # fmt: skip
def test_what_is_no_parameter_of_a_stream_is_refused_by_name(query: str, pointer: str) -> None:
    with pytest.raises(ValidationError) as refused:
        page(BY_ID, MovieFactory.create(), f"/stream?{query}")
    assert list(refused.value.detail) == [pointer]


def test_a_cursor_is_good_for_its_own_stream_alone_and_not_when_it_was_changed() -> None:
    movie = MovieFactory.create()
    lines(movie, 5)
    link = page(BY_ID, movie)["next"]
    with pytest.raises(ValidationError):
        page(BY_TIME, movie, link)
    with pytest.raises(ValidationError):
        page(BY_ID, movie, link[:-1] + ("A" if link[-1] != "A" else "B"))
