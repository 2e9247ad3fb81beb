"""Fields that an edit by hand has locked against later refreshes: who locked each and when, and unlocking it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from movies.models import Change, Movie, Person
from movies.services.differences import LOCKED, difference
from movies.services.history import record_change
from movies.services.movies import get_movie
from movies.services.people import get_person
from watchly.common.errors import NotFound

# A field's last line in the history that says it was locked. What was locked before there were histories has none.
_LOCKS = """
SELECT f.field, c.created_at, c.via, u.id, u.username
FROM movies_{subject} t CROSS JOIN LATERAL unnest(t.locked_fields) AS f(field)
LEFT JOIN LATERAL (
    SELECT * FROM movies_change
    WHERE movies_change.{subject}_id = t.id AND movies_change.fields -> 'locked_fields' -> 'new' ? f.field
    ORDER BY movies_change.id DESC LIMIT 1
) c ON true
LEFT JOIN {users} u ON u.id = c.actor_id
WHERE t.id = %s ORDER BY f.field
"""


@dataclass(frozen=True)
class Locker:
    """Who locked a field."""

    id: int
    username: str


@dataclass(frozen=True)
class Lock:
    """A field that refreshes leave alone. Who and when is None where no history tells."""

    field: str
    locked_at: datetime | None
    via: str | None
    locked_by: Locker | None


def locks_of_movie(*, movie_id: int) -> list[Lock]:
    """What is locked of a movie, by name of the field; nothing for one that there is not."""
    return _locks("movie", movie_id)


def locks_of_person(*, person_id: int) -> list[Lock]:
    """What is locked of a person, by name of the field; nothing for one that there is not."""
    return _locks("person", person_id)


def _locks(subject: str, pk: int) -> list[Lock]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS.format(subject=subject, users=get_user_model()._meta.db_table), [pk])
        rows = cursor.fetchall()
    return [Lock(field, at, via, Locker(user, name) if user else None) for field, at, via, user, name in rows]


@transaction.atomic
def unlock_movie(*, movie_id: int, field: str) -> None:
    """Lets refreshes change this field of a movie again.

    Raises NotFound for a field that is not locked, and what `get_movie` raises.
    """
    movie = get_movie(movie_id=movie_id, for_update=True)
    _unlock(movie, field)
    record_change(action=Change.Action.UNLOCKED, movie_id=movie.pk, version=movie.version, fields=_told(field))


@transaction.atomic
def unlock_person(*, person_id: int, field: str) -> None:
    """Lets refreshes change this field of a person again. Raises NotFound."""
    person = get_person(person_id=person_id)
    _unlock(person, field)
    record_change(action=Change.Action.UNLOCKED, person_id=person.pk, version=person.version, fields=_told(field))


def _unlock(thing: Movie | Person, field: str) -> None:
    if field not in thing.locked_fields:
        known = ", ".join(thing.locked_fields) or "nothing"
        raise NotFound(f"{field[:40]!r} is not locked here; locked: {known}.")
    thing.locked_fields = [each for each in thing.locked_fields if each != field]
    thing.version += 1
    thing.updated_at = timezone.now()
    thing.save(update_fields=["locked_fields", "version", "updated_at"])


def _told(field: str) -> dict[str, Any]:
    return {LOCKED: difference([field], [])}
