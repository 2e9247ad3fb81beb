"""Rows for tests: sequences, never random."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from django.utils.text import slugify

from movies import models
from movies.search.index import index_movies, index_people
from movies.search.normalise import name_key, title_key
from movies.services.copies import refresh_copies


class GenreFactory(factory.django.DjangoModelFactory[models.Genre]):
    class Meta:
        model = models.Genre
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"Genre {n}")
    slug = factory.LazyAttribute(lambda genre: slugify(genre.name))


class TagFactory(factory.django.DjangoModelFactory[models.Tag]):
    class Meta:
        model = models.Tag
        django_get_or_create = ("slug",)

    name = factory.Sequence(lambda n: f"tag {n}")
    slug = factory.LazyAttribute(lambda tag: slugify(tag.name))


class PersonFactory(factory.django.DjangoModelFactory[models.Person]):
    class Meta:
        model = models.Person
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    name_key = factory.LazyAttribute(lambda person: name_key(person.name))

    @factory.post_generation
    def indexed(person: models.Person, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        if create:
            index_people([person.pk])


class MovieFactory(factory.django.DjangoModelFactory[models.Movie]):
    """A published movie; `genres=`, `tags=` take rows, `directors=`, `cast=` people."""

    class Meta:
        model = models.Movie
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Movie {n}")
    year = 2000
    slug = factory.Sequence(lambda n: f"movie-{n}")
    title_key = factory.LazyAttribute(lambda movie: title_key(movie.title))

    @factory.post_generation
    def genres(movie: models.Movie, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        movie.genres.set(extracted or ())

    @factory.post_generation
    def tags(movie: models.Movie, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        movie.tags.set(extracted or ())

    @factory.post_generation
    def directors(movie: models.Movie, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        for position, person in enumerate(extracted or ()):
            CreditFactory(
                movie=movie, person=person, kind="crew", department="Directing", job="Director", position=position
            )

    @factory.post_generation
    def cast(movie: models.Movie, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        for position, person in enumerate(extracted or ()):
            CreditFactory(movie=movie, person=person, position=position)

    @factory.post_generation
    def kept(movie: models.Movie, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805  factory_boy passes the object
        refresh_copies(movie_ids=[movie.pk])
        index_movies([movie.pk])
        movie.refresh_from_db()


class CreditFactory(factory.django.DjangoModelFactory[models.Credit]):
    class Meta:
        model = models.Credit

    movie = factory.SubFactory(MovieFactory)
    person = factory.SubFactory(PersonFactory)
    kind = models.Credit.Kind.CAST
    position = factory.Sequence(lambda n: n % 30_000)


class ImageFactory(factory.django.DjangoModelFactory[models.Image]):
    class Meta:
        model = models.Image

    movie = factory.SubFactory(MovieFactory)
    kind = models.Image.Kind.POSTER
    path = factory.Sequence(lambda n: f"images/00/{n}-w1280.webp")
    width, height, bytes = 1280, 1920, 1000
    digest = factory.Sequence(lambda n: f"{n:064x}")


class VideoFactory(factory.django.DjangoModelFactory[models.Video]):
    class Meta:
        model = models.Video

    movie = factory.SubFactory(MovieFactory)
    provider = models.Video.Provider.YOUTUBE
    key = factory.Sequence(lambda n: f"video{n}")


class ImportRunFactory(factory.django.DjangoModelFactory[models.ImportRun]):
    class Meta:
        model = models.ImportRun

    names = ["movies.csv"]


class DuplicatePairFactory(factory.django.DjangoModelFactory[models.DuplicatePair]):
    class Meta:
        model = models.DuplicatePair

    first = factory.SubFactory(MovieFactory)
    second = factory.SubFactory(MovieFactory)
    reasons = [models.DuplicatePair.Reason.TITLE_YEAR]
    score = 60


class SuggestionFactory(factory.django.DjangoModelFactory[models.Suggestion]):
    class Meta:
        model = models.Suggestion

    movie = factory.SubFactory(MovieFactory, state=models.Movie.State.DRAFT, source=models.Movie.Source.SUGGESTION)


class ProviderRecordFactory(factory.django.DjangoModelFactory[models.ProviderRecord]):
    class Meta:
        model = models.ProviderRecord

    movie = factory.SubFactory(MovieFactory)
    provider = models.ProviderRecord.Provider.TMDB
    external_id = factory.Sequence(lambda n: 1000 + n)
    fetched_at = datetime(2026, 1, 1, tzinfo=UTC)


class ChangeFactory(factory.django.DjangoModelFactory[models.Change]):
    class Meta:
        model = models.Change

    movie = factory.SubFactory(MovieFactory)
    action = models.Change.Action.EDITED
    via = models.Change.Via.API
    fields = {"runtime": {"old": None, "new": 101}}
    version = 2


class MergeFactory(factory.django.DjangoModelFactory[models.Merge]):
    class Meta:
        model = models.Merge

    survivor = factory.SubFactory(MovieFactory)
    merged = factory.SubFactory(
        MovieFactory, state=models.Movie.State.MERGED, merged_into=factory.SelfAttribute("..survivor")
    )
    state_before = models.Movie.State.PUBLISHED
