"""Rows of this app for tests: sequences, never random. Made directly, without what a service keeps beside them."""

from __future__ import annotations

import factory

from accounts.tests.factories import UserFactory
from movies.tests.factories import MovieFactory
from social import models


class FollowFactory(factory.django.DjangoModelFactory[models.Follow]):
    """An accepted follow."""

    class Meta:
        model = models.Follow

    follower = factory.SubFactory(UserFactory)
    followed = factory.SubFactory(UserFactory)


class BlockFactory(factory.django.DjangoModelFactory[models.Block]):
    class Meta:
        model = models.Block

    blocker = factory.SubFactory(UserFactory)
    blocked = factory.SubFactory(UserFactory)


class LibraryEntryFactory(factory.django.DjangoModelFactory[models.LibraryEntry]):
    """A public entry without anything in it."""

    class Meta:
        model = models.LibraryEntry

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)
    revision = factory.Sequence(lambda n: n + 1)
    status = half_stars = rated_at = last_watched_at = None
    plays = 0
    # Others see the same, unless a test says otherwise.
    shown_status = factory.SelfAttribute("status")
    shown_half_stars = factory.SelfAttribute("half_stars")
    shown_rated_at = factory.SelfAttribute("rated_at")
    shown_plays = factory.SelfAttribute("plays")
    shown_last_watched_at = factory.SelfAttribute("last_watched_at")


class PlayFactory(factory.django.DjangoModelFactory[models.Play]):
    """A public viewing of which nobody knows when."""

    class Meta:
        model = models.Play

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)
    revision = factory.Sequence(lambda n: n + 1)


class ReviewFactory(factory.django.DjangoModelFactory[models.Review]):
    """A public review of four words."""

    class Meta:
        model = models.Review

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)
    body = "It is *very* good."
    html = "<p>It is <em>very</em> good.</p>\n"
    excerpt = "It is very good."
    words = 4
    revision = factory.Sequence(lambda n: n + 1)


class CommentFactory(factory.django.DjangoModelFactory[models.Comment]):
    """A comment that nobody has counted yet."""

    class Meta:
        model = models.Comment

    review = factory.SubFactory(ReviewFactory)
    user = factory.SubFactory(UserFactory)
    body = "Quite so."
    html = "<p>Quite so.</p>\n"
    revision = factory.Sequence(lambda n: n + 1)


class MovieListFactory(factory.django.DjangoModelFactory[models.MovieList]):
    """A public list with nothing in it."""

    class Meta:
        model = models.MovieList

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"List {n}")
    revision = factory.Sequence(lambda n: n + 1)


class ListItemFactory(factory.django.DjangoModelFactory[models.ListItem]):
    """A movie at the end of a list, which does not count it yet."""

    class Meta:
        model = models.ListItem

    list = factory.SubFactory(MovieListFactory)
    user = factory.SelfAttribute("list.user")
    movie = factory.SubFactory(MovieFactory)
    rank = factory.Sequence(lambda n: n + 1)
    revision = factory.Sequence(lambda n: n + 1)
