"""Genres and tags of many movies at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from movies.models import Movie
from movies.services.copies import refresh_copies


def _link(relation: str, movie_ids: Iterable[int], thing_ids: Iterable[int], *, add: bool) -> int:
    """Adds or removes the links and returns how many movies that changed."""
    through: type[models.Model] = getattr(Movie, relation).through
    column = f"{relation[:-1]}_id"
    movies = list(
        Movie.objects.select_for_update(of=("self",))
        .filter(pk__in=list(movie_ids))
        .exclude(state=Movie.State.MERGED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    things = list(thing_ids)
    manager = through._default_manager
    held: Any = manager.filter(movie_id__in=movies, **{f"{column}__in": things})
    pairs = set(held.values_list("movie_id", column))
    if add:
        missing = [(movie, thing) for movie in movies for thing in things if (movie, thing) not in pairs]
        manager.bulk_create([through(movie_id=movie, **{column: thing}) for movie, thing in missing], batch_size=5000)
        changed = sorted({movie for movie, _ in missing})
    else:
        held.delete()
        changed = sorted({movie for movie, _ in pairs})
    refresh_copies(movie_ids=changed)
    locked = models.Case(
        models.When(locked_fields__contains=[relation], then=F("locked_fields")),
        default=models.Func(F("locked_fields"), models.Value(relation), function="array_append"),
        output_field=Movie._meta.get_field("locked_fields"),
    )
    Movie.objects.filter(pk__in=changed).update(
        version=F("version") + 1, updated_at=timezone.now(), locked_fields=locked
    )
    return len(changed)


@transaction.atomic
def add_genres(*, movie_ids: Iterable[int], genre_ids: Iterable[int]) -> int:
    """Gives these movies these genres; returns how many movies changed."""
    return _link("genres", movie_ids, genre_ids, add=True)


@transaction.atomic
def remove_genres(*, movie_ids: Iterable[int], genre_ids: Iterable[int]) -> int:
    """Takes these genres from these movies; returns how many movies changed."""
    return _link("genres", movie_ids, genre_ids, add=False)


@transaction.atomic
def add_tags(*, movie_ids: Iterable[int], tag_ids: Iterable[int]) -> int:
    """Gives these movies these tags; returns how many movies changed."""
    return _link("tags", movie_ids, tag_ids, add=True)


@transaction.atomic
def remove_tags(*, movie_ids: Iterable[int], tag_ids: Iterable[int]) -> int:
    """Takes these tags from these movies; returns how many movies changed."""
    return _link("tags", movie_ids, tag_ids, add=False)
