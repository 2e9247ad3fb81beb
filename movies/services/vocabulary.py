"""Genres and tags of many movies at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from movies.models import Change, Movie
from movies.services.copies import refresh_copies
from movies.services.differences import difference, locking
from movies.services.history import record_changes


def _link(relation: str, movie_ids: Iterable[int], thing_ids: Iterable[int], *, add: bool) -> int:
    """Adds or removes the links and returns how many movies that changed."""
    field: Any = Movie._meta.get_field(relation)
    column = f"{relation[:-1]}_id"
    movies = dict(
        Movie.objects.select_for_update(of=("self",))
        .filter(pk__in=list(movie_ids))
        .exclude(state=Movie.State.MERGED)
        .order_by("pk")
        .values_list("pk", "locked_fields")
    )
    things = field.related_model._default_manager.filter(pk__in=list(thing_ids))
    names: dict[int, str] = dict(things.values_list("pk", "name"))
    through: type[models.Model] = field.remote_field.through
    held: Any = through._default_manager.filter(movie_id__in=list(movies), **{f"{column}__in": list(names)})
    moved = set(held.values_list("movie_id", column))
    if add:
        moved = {(movie, thing) for movie in movies for thing in names} - moved
        links = [through(movie_id=movie, **{column: thing}) for movie, thing in sorted(moved)]
        through._default_manager.bulk_create(links, batch_size=5000)
    else:
        held.delete()
    changed: dict[int, list[str]] = {}
    for movie, thing in sorted(moved):
        changed.setdefault(movie, []).append(names[thing])
    refresh_copies(movie_ids=list(changed))
    locked = models.Case(
        models.When(locked_fields__contains=[relation], then=F("locked_fields")),
        default=models.Func(F("locked_fields"), models.Value(relation), function="array_append"),
        output_field=Movie._meta.get_field("locked_fields"),
    )
    Movie.objects.filter(pk__in=list(changed)).update(
        version=F("version") + 1, updated_at=timezone.now(), locked_fields=locked
    )
    fields = {
        movie: {
            relation: difference([], moved_names) if add else difference(moved_names, []),
            **locking([relation], movies[movie]),
        }
        for movie, moved_names in changed.items()
    }
    record_changes(action=Change.Action.EDITED, fields=fields)
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
