"""Merging two people who are one, and undoing it (docs/adr/0023).

As with movies: merges run one at a time, and a merge that is undone out of order takes back the later merges into the
same person first and makes them again afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import F
from django.utils import timezone

from movies.models import CatalogueCount, Change, Merge, Person, PersonMerge, PersonSplit
from movies.search.index import index_people
from movies.services import people_moving
from movies.services.figures import bump, refresh_credit_counts
from movies.services.history import record_change
from movies.services.people import missing_person
from watchly.common.actor import current_actor
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation, StaleVersion
from watchly.common.transactions import atomic_despite_deadlocks


@atomic_despite_deadlocks
def merge_people(
    *,
    survivor_id: int,
    merged_id: int,
    expected_version: int | None = None,
    expected_survivor_version: int | None = None,
) -> PersonMerge:
    """Makes one person part of another: credits and missing facts move, the merged one's address leads there.

    A person who was split off the survivor goes back as they came: this undoes the split, and no facts move.
    Raises NotFound, RuleViolation for a survivor who never was, Conflict (`merged`, or the person itself), and
    StaleVersion when one of the two is at another version than expected.
    """
    one_at_a_time()
    people = locked_people([survivor_id, merged_id])
    survivor, merged = _checked(people, survivor_id, merged_id)
    _check_version(merged, expected_version)
    _check_version(survivor, expected_survivor_version)
    now, by = timezone.now(), current_actor().user_id
    merge = PersonMerge.objects.create(survivor=survivor, merged=merged, made_by_id=by)
    _join(merge, survivor, merged)
    PersonSplit.objects.filter(person=survivor, created=merged, undone_at=None).update(undone_at=now, undone_by=by)
    finish([survivor_id, merged_id])
    bump(name=CatalogueCount.PEOPLE, by=-1)
    _record(merge, Change.Action.MERGED)
    return merge


@atomic_despite_deadlocks
def unmerge_person(*, merge_id: int) -> Person:
    """Parts two people who were merged: both are as they were, with what came to the survivor later kept there.

    Returns the person who is back. Raises NotFound, and Conflict (`not_merged`) for a merge that was undone already.
    """
    one_at_a_time()
    merge = PersonMerge.objects.filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(f"There is no merge of people {merge_id}.")
    if merge.undone_at is not None:
        raise Conflict(f"Merge {merge_id} was undone already.", code="not_merged")
    later = _later(merge)
    touched = {pk for each in (merge, *later) for pk in (each.survivor_id, each.merged_id)}
    people = locked_people(touched)
    for each in (*later, merge):
        people_moving.part(each, people[each.survivor_id], people[each.merged_id])
    merge.undone_at, merge.undone_by_id = timezone.now(), current_actor().user_id
    merge.save(update_fields=["undone_at", "undone_by"])
    for each in reversed(later):
        for person in people.values():
            person.refresh_from_db()
        _join(each, people[each.survivor_id], people[each.merged_id])
    finish(touched)
    bump(name=CatalogueCount.PEOPLE, by=1)
    _record(merge, Change.Action.UNMERGED)
    people[merge.merged_id].refresh_from_db()
    return people[merge.merged_id]


def person_merge_of(*, person_id: int) -> PersonMerge:
    """The merge by which this person is part of another. Raises NotFound, and Conflict for a person of their own."""
    merge = PersonMerge.objects.filter(merged=person_id, undone_at=None).first()
    if merge is None:
        if not Person.objects.filter(pk=person_id).exists():
            raise missing_person(person_id)
        detail = f"Person {person_id} is not merged into another: there is nothing to undo."
        raise Conflict(detail, code="not_merged")
    return merge


def one_at_a_time() -> None:
    """Waits for other merges, and for the batches of imports, which write to the same rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Merge.LOCK])


def locked_people(person_ids: Iterable[int]) -> dict[int, Person]:
    """These people, locked in the order of their ids."""
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=set(person_ids)).order_by("pk")
    return {person.pk: person for person in rows}


def finish(person_ids: Iterable[int]) -> None:
    """What every such write ends with: versions rise, counts and search follow."""
    ids = sorted(person_ids)
    Person.objects.filter(pk__in=ids).update(version=F("version") + 1, updated_at=timezone.now())
    into = Person.objects.filter(pk__in=ids).values_list("merged_into", flat=True)
    ends = sorted({*ids, *(pk for pk in into if pk is not None)})
    refresh_credit_counts(person_ids=ends)
    index_people(ends)


def _checked(people: dict[int, Person], survivor_id: int, merged_id: int) -> tuple[Person, Person]:
    """The survivor and the person to merge. Raises for two who cannot become one."""
    if merged_id not in people:
        raise missing_person(merged_id)
    if survivor_id == merged_id:
        detail = "A person cannot be merged into themselves: name another person."
        raise Conflict(detail, errors=[FieldError("/into", "same_person", detail)])
    if survivor_id not in people:
        detail = f"There is no person {survivor_id} to merge into."
        raise RuleViolation(detail, errors=[FieldError("/into", "not_found", detail)])
    survivor, merged = people[survivor_id], people[merged_id]
    if merged.merged_into_id is not None:
        detail = f"Person {merged_id} was merged into person {merged.merged_into_id} already: undo that merge first."
        raise Conflict(detail, code="merged")
    if survivor.merged_into_id is not None:
        detail = f"Person {survivor_id} was merged: merge into person {survivor.merged_into_id}."
        into = survivor.merged_into_id
        raise Conflict(detail, code="merged", errors=[FieldError("/into", "merged", detail, survivor_id=into)])
    return survivor, merged


def _join(merge: PersonMerge, survivor: Person, merged: Person) -> None:
    """A person who was split off the survivor brings back the ids that they took, and no other fact."""
    split = PersonSplit.objects.filter(person=survivor, created=merged).first()
    people_moving.join(merge, survivor, merged, only=None if split is None else tuple(split.taken))


def _check_version(person: Person, expected: int | None) -> None:
    if expected is not None and person.version != expected:
        raise StaleVersion(
            f"{person} is at version {person.version}, not {expected}: look at both again, then repeat the merge."
        )


def _later(merge: PersonMerge) -> list[PersonMerge]:
    """What was merged after it into the same person, and that person into others: the last first."""
    survivors: list[int] = [merge.survivor_id]
    while into := PersonMerge.objects.filter(merged=survivors[-1], undone_at=None).first():
        survivors.append(into.survivor_id)
    rows = PersonMerge.objects.filter(survivor__in=survivors, undone_at=None, pk__gt=merge.pk)
    return list(rows.order_by("-pk"))


def _record(merge: PersonMerge, action: str) -> None:
    """In the history of both."""
    versions = dict(Person.objects.filter(pk__in=(merge.survivor_id, merge.merged_id)).values_list("pk", "version"))
    for person_id, name, other in (
        (merge.survivor_id, "merged", merge.merged_id),
        (merge.merged_id, "merged_into", merge.survivor_id),
    ):
        before, after = (None, other) if action == Change.Action.MERGED else (other, None)
        record_change(
            action=action,
            version=versions[person_id],
            person_id=person_id,
            fields={name: {"old": before, "new": after}},
        )
