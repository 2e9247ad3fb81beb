"""What hangs on a movie: set whole, by name of the relation. Each setter says whether it changed anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models

from movies.definition.slugs import slug_words
from movies.models import (
    AlternativeTitle,
    Award,
    Collection,
    Company,
    Credit,
    Movie,
    Person,
    ReleaseDate,
    Video,
)
from movies.search.normalise import name_key
from movies.services.people import create_person
from movies.services.vocabulary_merging import alias_named
from watchly.common.errors import Conflict, FieldError, RuleViolation


def set_relation(*, movie: Movie, name: str, values: Any) -> bool:
    """Makes the relation hold exactly these values; returns whether it had to change."""
    return RELATIONS[name](movie, values)


def _set_many_to_many(attribute: str) -> Callable[[Movie, Sequence[models.Model]], bool]:
    def set_them(movie: Movie, things: Sequence[models.Model]) -> bool:
        relation = getattr(movie, attribute)
        before = set(relation.values_list("pk", flat=True))
        after = {thing.pk for thing in things}
        relation.remove(*(before - after))
        relation.add(*(after - before))
        return before != after

    return set_them


def _set_rows(model: type[models.Model], fields: tuple[str, ...]) -> Callable[[Movie, Sequence[dict[str, Any]]], bool]:
    """Rows without a life of their own: those that stay keep their id."""

    def set_them(movie: Movie, rows: Sequence[dict[str, Any]]) -> bool:
        wanted = {_natural(row, fields): row for row in rows}
        changed = False
        for stored in model._default_manager.filter(movie=movie):
            key = _natural({field: getattr(stored, field) for field in fields}, fields)
            if key in wanted:
                del wanted[key]
            else:
                stored.delete()
                changed = True
        model._default_manager.bulk_create([model(movie=movie, **row) for row in wanted.values()])
        return changed or bool(wanted)

    return set_them


def _natural(row: dict[str, Any], fields: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value := row.get(field), list) else value for field in fields)


def person_of(
    reference: dict[str, Any], pointer: str, *, movie: Movie | None = None, held: Mapping[int, Person] | None = None
) -> Person:
    """The person of this id, else of this name, else a new one.

    Of several people of one name, the one who has a credit in the movie already, else the first. A name of a person who
    was merged leads to the survivor. Raises RuleViolation at `pointer` for an id that no person has, and Conflict
    (`merged`) for the id of a person who was merged. `held` has those who were read by their ids already.
    """
    if (person_id := reference.get("id")) is not None:
        person = held.get(person_id) if held is not None else Person.objects.filter(pk=person_id).first()
        if person is None:
            detail = f"There is no person {reference['id']}."
            raise RuleViolation(detail, errors=[FieldError(pointer, "not_found", detail)])
        if person.merged_into_id is not None:
            into = person.merged_into_id
            detail = f"Person {person.pk} was merged into {into}: use the id {into}."
            raise Conflict(detail, code="merged", errors=[FieldError(pointer, "merged", detail, survivor_id=into)])
        return person
    name = reference["name"]
    here = models.Exists(Credit.objects.filter(movie=movie, person=models.OuterRef("pk")))
    named = Person.objects.filter(name=name).annotate(here=here).order_by("-here", "pk")
    person = named.filter(merged_into=None).first() or named.select_related("merged_into").first()
    if person is None:
        return create_person(values={"name": name})
    return person.merged_into or person


def _set_credits(movie: Movie, rows: Sequence[dict[str, Any]]) -> bool:
    return _replace_credits(movie, rows, models.Q(), "/credits/{}/person")


def _set_directors(movie: Movie, people: Sequence[dict[str, Any]]) -> bool:
    rows = [
        {
            "person": person,
            "kind": Credit.Kind.CREW,
            "department": "Directing",
            "job": Credit.DIRECTOR,
            "position": index,
        }
        for index, person in enumerate(people)
    ]
    return _replace_credits(movie, rows, models.Q(kind=Credit.Kind.CREW, job=Credit.DIRECTOR), "/directors/{}")


def _replace_credits(movie: Movie, rows: Sequence[dict[str, Any]], which: models.Q, pointer: str) -> bool:
    fields = ("person_id", "kind", "character", "department", "job", "position")
    wanted: dict[tuple[Any, ...], Credit] = {}
    # A cast that is sent back as it was read names people by id: one statement, whatever their number.
    held = Person.objects.in_bulk({row["person"]["id"] for row in rows if row["person"].get("id") is not None})
    for at, row in enumerate(rows):
        person = person_of(row["person"], pointer.format(at), movie=movie, held=held)
        values = {**row, "person_id": person.pk}
        values.pop("person")
        wanted.setdefault(tuple(values.get(field) for field in fields), Credit(movie=movie, **values))
    stored = {tuple(getattr(credit, field) for field in fields): credit for credit in movie.credits.filter(which)}
    gone = [credit for key, credit in stored.items() if key not in wanted]
    new = [credit for key, credit in wanted.items() if key not in stored]
    Credit.objects.filter(pk__in=[credit.pk for credit in gone]).delete()
    Credit.objects.bulk_create(new, ignore_conflicts=True)
    _count_credits({credit.person_id for credit in gone + new})
    return bool(gone or new)


def _count_credits(person_ids: set[int]) -> None:
    """Counts anew for the people whose credits have changed."""
    counted = (
        Credit.objects.filter(person=models.OuterRef("pk")).order_by().values("person").annotate(n=models.Count("pk"))
    )
    Person.objects.filter(pk__in=person_ids).update(
        credit_count=models.functions.Coalesce(models.Subquery(counted.values("n")), 0)
    )


def _set_collection(movie: Movie, collection: Collection | None) -> bool:
    if movie.collection_id == (collection.pk if collection else None):
        return False
    movie.collection = collection
    movie.save(update_fields=["collection"])
    return True


def company_named(name: str) -> Company:
    """The company of this name, or the one that it was merged into; made if need be."""
    found = Company.objects.filter(name=name).order_by("pk").first() or alias_named("company", name)
    return found or Company.objects.create(name=name)


def collection_named(name: str) -> Collection:
    """The collection of this name, made if need be."""
    return Collection.objects.get_or_create(
        name=name, defaults={"slug": slug_words(name)[:200] or f"collection-{name_key(name)}"}
    )[0]


RELATIONS: dict[str, Callable[[Movie, Any], bool]] = {
    "genres": _set_many_to_many("genres"),
    "tags": _set_many_to_many("tags"),
    "companies": _set_many_to_many("companies"),
    "collection": _set_collection,
    "credits": _set_credits,
    "directors": _set_directors,
    "alternative_titles": _set_rows(AlternativeTitle, ("title", "country", "language", "kind")),
    "release_dates": _set_rows(ReleaseDate, ("country", "kind", "date", "certification", "note")),
    "awards": _set_rows(Award, ("award", "ceremony", "category", "won", "people")),
    "videos": _set_rows(Video, ("provider", "key", "kind", "name", "official", "language", "position")),
}
