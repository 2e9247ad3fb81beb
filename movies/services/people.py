"""Writing people. Every write raises the version once and keeps the search index and the number of people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from movies.models import CatalogueCount, Change, Person
from movies.search.index import index_people
from movies.search.normalise import name_key
from movies.services.differences import difference, locking, made
from movies.services.figures import bump
from movies.services.history import record_change
from watchly.common.errors import Conflict, FieldError, NotFound

FACTS = ("name", "biography", "born", "died", "imdb_id", "tmdb_id")
_UNIQUE = ("imdb_id", "tmdb_id")


@transaction.atomic
def create_person(*, values: Mapping[str, Any]) -> Person:
    """Adds somebody. Raises Conflict when an external id belongs to somebody else."""
    facts = {name: values[name] for name in FACTS if name in values}
    person = Person(**facts, name_key=name_key(facts["name"]))
    _save(person, force_insert=True)
    bump(name=CatalogueCount.PEOPLE, by=1)
    index_people([person.pk])
    record_change(action=Change.Action.CREATED, person_id=person.pk, version=person.version, fields=made(facts))
    return person


@transaction.atomic
def update_person(*, person_id: int, values: Mapping[str, Any]) -> Person:
    """Changes the given facts, locks them against refreshes, and raises the version if anything changed.

    Raises NotFound, and Conflict when an external id belongs to somebody else.
    """
    person = get_person(person_id=person_id)
    facts = {name: values[name] for name in FACTS if name in values and getattr(person, name) != values[name]}
    if not facts:
        return person
    changes = {name: difference(getattr(person, name), value) for name, value in facts.items()}
    changes |= locking(facts, person.locked_fields)
    for name, value in facts.items():
        setattr(person, name, value)
    person.name_key = name_key(person.name)
    person.version += 1
    person.locked_fields = sorted({*person.locked_fields, *facts})
    _save(person, update_fields=[*facts, "name_key", "version", "locked_fields", "updated_at"])
    index_people([person.pk])
    record_change(action=Change.Action.EDITED, person_id=person.pk, version=person.version, fields=changes)
    return person


@transaction.atomic
def remove_people(*, person_ids: Collection[int]) -> int:
    """Removes people for good, with whatever parts they have; returns how many there were.

    Raises Conflict when one of them was merged or split.
    """
    try:
        _, by_model = Person.objects.filter(pk__in=list(person_ids)).delete()
    except ProtectedError as error:
        raise Conflict("A person who was merged or split is kept for the undo: they cannot be removed.") from error
    removed = by_model.get(Person._meta.label, 0)
    bump(name=CatalogueCount.PEOPLE, by=-removed)
    return removed


def get_person(*, person_id: int) -> Person:
    """The person, locked until the transaction ends. Raises NotFound, and Conflict (`merged`)."""
    person = Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise missing_person(person_id)
    if person.merged_into_id is not None:
        detail = f"Person {person_id} was merged into person {person.merged_into_id}: change that one, or undo it."
        raise Conflict(detail, code="merged")
    return person


def missing_person(person_id: int) -> NotFound:
    """The refusal for a person who never was."""
    return NotFound(f"There is no person {person_id}.")


def _save(person: Person, **how: Any) -> None:
    try:
        with transaction.atomic():
            person.save(**how)
    except IntegrityError as error:
        for name in _UNIQUE:
            if f"({name})=" in str(error):
                detail = f"{getattr(person, name)} belongs to somebody else."
                raise Conflict(
                    detail, code="duplicate", errors=[FieldError(f"/{name}", "duplicate", detail)]
                ) from error
        raise
