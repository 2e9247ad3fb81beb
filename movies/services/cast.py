"""Adding many people to the cast of a movie at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Max

from movies.definition.limits import number
from movies.models import Credit
from movies.services.figures import refresh_credit_counts
from movies.services.movies import editing, get_movie
from movies.services.people import create_person
from movies.services.relations import person_of


class CastPart(NamedTuple):
    """One line: a person by id, else a new person of this name, and the character."""

    person_id: int | None
    name: str
    character: str | None


def add_cast(*, movie_id: int, parts: Sequence[CastPart]) -> int:
    """Adds these parts behind the cast that is there, in their order, as one edit; returns how many are new.

    A credit without a character gets the one that a part names. A part that is there already, or stands here twice, is
    added once; two new people of one name are one, who may be in the cast already. Raises what `get_movie` raises,
    RuleViolation for an id that no person has, and Conflict (`merged`) for one who was merged.
    """
    with editing(movie_id=movie_id, fields=["credits"]):
        movie = get_movie(movie_id=movie_id, for_update=True)
        held = Credit.objects.filter(movie=movie, kind=Credit.Kind.CAST)
        known = set(held.values_list("person_id", "character"))
        found = held.aggregate(last=Max("position"))["last"]
        last: int = -1 if found is None else found
        # Whoever sends the same twice means the person whom the first time has made.
        made = dict(held.order_by("-pk").values_list("person__name", "person"))
        new: list[Credit] = []
        completed = 0
        for at, part in enumerate(parts):
            person_id = part.person_id or made.get(part.name)
            if person_id is None:
                person_id = made[part.name] = create_person(values={"name": part.name}).pk
            elif part.person_id is not None:
                person_id = person_of({"id": part.person_id}, f"/{at}/person").pk
            if (person_id, part.character) in known:
                continue
            known.add((person_id, part.character))
            if part.character is not None and (person_id, None) in known:
                # A part of which only the person was known.
                known.discard((person_id, None))
                held.filter(person=person_id, character=None).update(character=part.character)
                completed += 1
                continue
            last = min(last + 1, number("credit.position").most)
            new.append(
                Credit(movie=movie, person_id=person_id, kind=Credit.Kind.CAST, character=part.character, position=last)
            )
        Credit.objects.bulk_create(new)
        refresh_credit_counts(person_ids=sorted({credit.person_id for credit in new}))
    return len(new) + completed
