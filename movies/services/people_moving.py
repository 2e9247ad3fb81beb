"""Moving what one person has to another, and back: the facts and credits of a merge (docs/adr/0023)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from movies.models import Credit, Movie, Person, PersonMerge

IDS: Final = ("imdb_id", "tmdb_id")
_FACTS: Final = ("biography", "born", "died")
_SAVED: Final = (*IDS, *_FACTS, "locked_fields")
_COLUMNS: Final = ("id", "movie_id", "kind", "character", "department", "job", "position")
Row = dict[str, Any]


def join(merge: PersonMerge, survivor: Person, merged: Person, *, only: Collection[str] | None = None) -> None:
    """Gives the survivor the other's credits, and the facts (`only` these) that it lacks; notes both in the merge.

    Saves all three.
    """
    merge.moved, merge.removed, merge.filled = [], [], {}
    _fill(merge, survivor, merged, [name for name in (*IDS, *_FACTS) if only is None or name in only])
    held: dict[int, list[Row]] = defaultdict(list)
    for row in _rows(survivor):
        held[row["movie_id"]].append(row)
    filled: list[Row] = []
    for row in _rows(merged):
        same, nameless = _same(row, held[row["movie_id"]])
        if not same:
            merge.moved.append({"id": row["id"], "key": _key(row)})
            continue
        merge.removed.append(row)
        if nameless is not None:
            nameless["character"] = row["character"]
            filled.append({"id": nameless["id"], "new": row["character"]})
    Credit.objects.filter(pk__in=[note["id"] for note in merge.moved]).update(person=survivor)
    Credit.objects.filter(pk__in=[row["id"] for row in merge.removed]).delete()
    for note in filled:
        Credit.objects.filter(pk=note["id"]).update(character=note["new"])
    if filled:
        merge.filled["credits"] = filled
    _point(merged, survivor)
    merge.save(update_fields=["moved", "removed", "filled"])


def part(merge: PersonMerge, survivor: Person, merged: Person) -> None:
    """Takes back what `join` gave; what was edited at the survivor since stays there. Saves both."""
    for note in merge.filled.get("credits", ()):
        Credit.objects.filter(pk=note["id"], character=note["new"]).update(character=None)
    here = {row["id"]: row for row in _rows(survivor)}
    by_key = {tuple(_key(row)): row["id"] for row in here.values()}
    back = [note["id"] if note["id"] in here else by_key.get(tuple(note["key"])) for note in merge.moved]
    Credit.objects.filter(pk__in=[pk for pk in back if pk is not None]).update(person=merged)
    there = set(Movie.objects.filter(pk__in=[row["movie_id"] for row in merge.removed]).values_list("pk", flat=True))
    Credit.objects.bulk_create(
        [Credit(person=merged, **row) for row in merge.removed if row["movie_id"] in there], ignore_conflicts=True
    )
    _empty(merge, survivor, merged)
    _point_back(merged)


def _rows(person: Person) -> list[Row]:
    rows = Credit.objects.select_for_update(of=("self",)).filter(person=person).order_by("pk")
    return list(rows.values(*_COLUMNS))


def _key(row: Row) -> list[Any]:
    return [row["movie_id"], row["kind"], row["job"], row["character"]]


def _same(row: Row, held: Sequence[Row]) -> tuple[bool, Row | None]:
    """Whether the survivor has this credit already, and which of its credits gets the character that only this one has.

    Crew is the same by job. One who is in the cast without a character has the same part as one with a character.
    """
    alike = [own for own in held if own["kind"] == row["kind"]]
    if row["kind"] == Credit.Kind.CREW:
        return any(own["job"] == row["job"] for own in alike), None
    if not alike or row["character"] is None or any(own["character"] == row["character"] for own in alike):
        return bool(alike), None
    nameless = next((own for own in alike if own["character"] is None), None)
    return nameless is not None, nameless


# --- facts -----------------------------------------------------------------------------------------------------------


def _fill(merge: PersonMerge, survivor: Person, merged: Person, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(merged, name)
        if value is None or getattr(survivor, name) is not None or not _agrees(survivor, name, value):
            continue
        setattr(survivor, name, value)
        merge.filled[name] = {"old": None, "new": value}
        if name in IDS:
            setattr(merged, name, None)
    # What staff have locked there stays locked here.
    locks = merge.filled.keys() & set(merged.locked_fields) - set(survivor.locked_fields)
    if locks:
        before = survivor.locked_fields
        survivor.locked_fields = sorted({*before, *locks})
        merge.filled["locked_fields"] = {"old": before, "new": survivor.locked_fields}
    # The unique ids are free before they are given.
    merged.save(update_fields=_SAVED)
    survivor.save(update_fields=_SAVED)


def _agrees(survivor: Person, name: str, value: Any) -> bool:
    """Years of two sources may be of two people, and would contradict each other."""
    if name == "born":
        return survivor.died is None or survivor.died >= value
    return name != "died" or survivor.born is None or survivor.born <= value


def _empty(merge: PersonMerge, survivor: Person, merged: Person) -> None:
    kept, ids = set(), {}
    for name in (*IDS, *_FACTS):
        if name not in merge.filled:
            continue
        given = merge.filled[name]["new"]
        if getattr(survivor, name) == given:
            setattr(survivor, name, None)
        else:
            kept.add(name)
        if name in IDS:
            ids[name] = given
    if locks := merge.filled.get("locked_fields"):
        given = set(locks["new"]) - set(locks["old"]) - kept
        survivor.locked_fields = [name for name in survivor.locked_fields if name not in given]
    survivor.save(update_fields=_SAVED)
    for name, value in ids.items():
        if not Person.objects.filter(**{name: value}).exists():  # else it was given to another person meanwhile
            setattr(merged, name, value)
    merged.save(update_fields=_SAVED)


# --- where the merged ones lead --------------------------------------------------------------------------------------


def _point(merged: Person, survivor: Person) -> None:
    """The merged one leads to the survivor, and with it those who led to the merged one."""
    Person.objects.filter(merged_into=merged).update(merged_into=survivor)
    merged.merged_into = survivor
    merged.save(update_fields=["merged_into"])


def _point_back(merged: Person) -> None:
    """Those who were merged into this one, directly or through others, lead to it again."""
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    Person.objects.filter(pk__in=_merged_into({merged.pk})).update(merged_into=merged)


def _merged_into(person_ids: set[int]) -> set[int]:
    found: set[int] = set()
    front: Iterable[int] = person_ids
    while front:
        merges = PersonMerge.objects.filter(survivor__in=front, undone_at=None)
        front = set(merges.values_list("merged", flat=True)) - found
        found |= set(front)
    return found
