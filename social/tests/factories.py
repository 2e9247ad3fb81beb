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


class PlayFactory(factory.django.DjangoModelFactory[models.Play]):
    """A public viewing of which nobody knows when."""

    class Meta:
        model = models.Play

    user = factory.SubFactory(UserFactory)
    movie = factory.SubFactory(MovieFactory)
    revision = factory.Sequence(lambda n: n + 1)
