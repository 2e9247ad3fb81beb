"""What PostgreSQL renders of reviews, comments and lists equals what DRF renders from the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Profile
from movies.models import Movie
from movies.tests.factories import GenreFactory, MovieFactory
from social.api.serializers.comment import COMMENT
from social.api.serializers.movie_list import (
    FILLED_ENTRY,
    FILLED_ITEM,
    KEPT_ITEM,
    LIST,
    LIST_CHANGE,
    LIST_ITEM,
    LIST_ITEM_CHANGE,
    SHARED_LIST,
)
from social.api.serializers.review import OWN_REVIEW, REVIEW, REVIEW_CHANGE
from social.models import Comment, ListItem
from social.tests.factories import (
    CommentFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
    PlayFactory,
    ReviewFactory,
)
from social.tests.test_library_documents import both
from watchly.api.documents import Document

pytestmark = pytest.mark.django_db


def check(document: Document, row: Any) -> None:
    ours, theirs = both(document, row)
    assert ours == theirs
    assert list(ours) == list(theirs)


@pytest.mark.parametrize("document", [REVIEW, OWN_REVIEW, REVIEW_CHANGE])
def test_reviews(document: Document) -> None:
    now = timezone.now()
    play = PlayFactory.create(movie=MovieFactory.create(title='"Heat" \\ 100 %'))
    Profile.objects.create(user=play.user, display_name="Ann ~ 100 %")
    full = ReviewFactory.create(
        user=play.user, movie=play.movie, body="Ω\n**x**", half_stars=9, words=461, edited_at=now, moderation="held",
        moderation_reason="So.", likes_count=3,
    )  # fmt: skip
    full.plays.add(play, PlayFactory.create(user=play.user, movie=play.movie))
    for review in (full, ReviewFactory.create(spoiler=True, words=0), ReviewFactory.create(words=230)):
        check(document, review)


def test_comments() -> None:
    top = CommentFactory.create(edited_at=timezone.now())
    answer = CommentFactory.create(review=top.review, parent=top)
    Comment.objects.filter(pk=top.pk).update(user=None, body="", html="", deleted_at=timezone.now())
    top.refresh_from_db()
    for comment in (top, answer):
        check(COMMENT, comment)


@pytest.mark.parametrize("document", [LIST, LIST_CHANGE, SHARED_LIST])
def test_lists(document: Document) -> None:
    cover = MovieFactory.create()
    covered = MovieListFactory.create(cover_movie=cover, description="*x*", items_count=3)
    filled = MovieListFactory.create(filled_at=timezone.now(), copied_from=covered)
    for at in range(3):
        item = ListItemFactory.create(list=filled)
        Movie.objects.filter(pk=item.movie_id).update(
            poster_path="a/b.webp", state="withdrawn" if at == 0 else "published"
        )
    Movie.objects.filter(pk=cover.pk).update(poster_path="c/d.webp")
    smart = MovieListFactory.create(rules={"source": "catalogue", "query": {"year": ["1995"]}, "ordering": None})
    for movie_list in (covered, filled, smart):
        check(document, movie_list)


@pytest.mark.parametrize("document", [LIST_ITEM, KEPT_ITEM, LIST_ITEM_CHANGE])
def test_items(document: Document) -> None:
    movie_list = MovieListFactory.create()
    movie = MovieFactory.create(genres=[GenreFactory.create()])
    for rank, given in (("2.5", {"movie": movie}), ("-1024", {"note": "Ω %"}), ("30.000125", {}), ("100", {})):
        item = ListItemFactory.create(list=movie_list, rank=rank, **given)
        item.added_by = movie_list.user if given else None
        item.save()
    for item in ListItem.objects.all():
        check(document, item)


def test_what_smart_lists_find() -> None:
    check(FILLED_ITEM, MovieFactory.create(genres=[GenreFactory.create()], title="50 %"))
    check(FILLED_ENTRY, LibraryEntryFactory.create())
