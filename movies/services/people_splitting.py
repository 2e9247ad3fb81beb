"""Splitting a person: one row that stands for two people of one name becomes two (docs/adr/0023)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from movies.models import Change, Credit, Person, PersonMerge, PersonSplit
from movies.services.history import record_change
from movies.services.people import FACTS, create_person, missing_person
from movies.services.people_merging import finish, locked_people, merge_people, one_at_a_time
from movies.services.people_moving import IDS
from watchly.common.actor import current_actor
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation
from watchly.common.transactions import atomic_despite_deadlocks


@atomic_despite_deadlocks
def split_person(*, person_id: int, credit_ids: Collection[int], values: Mapping[str, Any]) -> PersonSplit:
    """Makes a new person, who gets these credits, with the facts given (the name is the same unless given).

    An external id of the old person that is given goes to the new one. Raises NotFound, Conflict (`merged`; `duplicate`
    for an id of another person), and RuleViolation when no credit moves, all would, or one is not this person's.
    """
    one_at_a_time()
    person = locked_people([person_id]).get(person_id)
    if person is None:
        raise missing_person(person_id)
    if person.merged_into_id is not None:
        detail = f"Person {person_id} was merged into person {person.merged_into_id}: split that one."
        raise Conflict(detail, code="merged")
    chosen = set(credit_ids)
    own = set(Credit.objects.select_for_update(of=("self",)).filter(person=person).values_list("pk", flat=True))
    _check(chosen, own, person_id)
    given = {name: values[name] for name in FACTS if values.get(name) is not None}
    facts: dict[str, Any] = {"name": person.name} | given
    taken = {name: facts[name] for name in IDS if name in facts and facts[name] == getattr(person, name)}
    if taken:
        for name in taken:
            setattr(person, name, None)
        person.save(update_fields=list(taken))
    created = create_person(values=facts)
    Credit.objects.filter(pk__in=chosen).update(person=created)
    split = PersonSplit.objects.create(
        person=person, created=created, credits=len(chosen), taken=taken, made_by_id=current_actor().user_id
    )
    finish([person.pk, created.pk])
    _record(split)
    return split


def undo_split(*, split_id: int) -> Person:
    """Gives the credits and ids back; the person who was made leads to the old one. Returns the old one.

    Raises NotFound, and Conflict (`not_split`) when it was undone already, `merged` when the new person was merged.
    """
    split = PersonSplit.objects.select_related("created").filter(pk=split_id).first()
    if split is None:
        raise NotFound(f"There is no split {split_id}.")
    if split.undone_at is not None:
        raise Conflict(f"Split {split_id} was undone already.", code="not_split")
    merge: PersonMerge = merge_people(survivor_id=split.person_id, merged_id=split.created_id)
    return Person.objects.get(pk=merge.survivor_id)


def _check(chosen: set[int], own: set[int], person_id: int) -> None:
    detail, code = "", "invalid"
    if not chosen:
        detail = "Choose the credits of the new person: at least one."
    elif foreign := sorted(chosen - own):
        detail, code = f"Credit {foreign[0]} is not one of person {person_id}.", "not_found"
    elif chosen == own:
        detail = "All credits are chosen: leave at least one with the old person, or rename them instead."
    if detail:
        raise RuleViolation(detail, errors=[FieldError("/credits", code, detail)])


def _record(split: PersonSplit) -> None:
    versions = dict(Person.objects.filter(pk__in=(split.person_id, split.created_id)).values_list("pk", "version"))
    for person_id, name, other in (
        (split.person_id, "split_off", split.created_id),
        (split.created_id, "split_from", split.person_id),
    ):
        fields: dict[str, Any] = {name: {"old": None, "new": other}}
        if person_id == split.person_id:
            fields |= {taken: {"old": value, "new": None} for taken, value in split.taken.items()}
        record_change(action=Change.Action.SPLIT, version=versions[person_id], person_id=person_id, fields=fields)
