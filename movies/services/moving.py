"""Moving what one movie has to another, and back: the facts and rows of a merge (docs/adr/0011).

Nothing is deleted. What the survivor has already stays where it is, and the merge notes the rest: which rows moved,
what was filled in, what was added. Joining again what was parted gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import connection

from movies.models import AlternativeTitle, Merge, Movie, MovieFigures, ProviderRecord
from movies.services.uniting import PARTS, Part, Row

# They leave the other movie, since they mean one film: the first three are unique, and a page that both had would make
# an import take the survivor's own record for the other's.
IDS: Final = ("imdb_id", "tmdb_id", "wikidata_id", "wikipedia_page")
_SINGLE: Final = (
    "original_title", "year", "release_date", "runtime", "overview", "tagline", "original_language", "release_status",
    "collection_id",
)  # fmt: skip
_LISTS: Final = ("languages", "countries")
_COUNTED: Final = ("rating_count", "rating_sum", "people", "plays", "favorites")
# What two sources say of one movie is not added up.
_LARGER: Final = ("known_raters", "popularity_seed")


def join(merge: Merge, survivor: Movie, merged: Movie) -> None:
    """Gives the survivor what the other has and it lacks, and notes that in the merge; saves all three."""
    merge.moved, merge.added, merge.filled = {}, {}, {}
    _fill(merge, survivor, merged)
    survivor.save()
    for part in PARTS:
        _move(merge, part, survivor, merged)
    _add_titles(merge, survivor, merged)
    _add_figures(merge, survivor, merged)
    merge.save(update_fields=["moved", "added", "filled"])


def part(merge: Merge, survivor: Movie, merged: Movie) -> None:
    """Takes back what `join` gave; what was added to the survivor or edited there since stays. Saves both."""
    _take_titles(merge, survivor)
    for table in PARTS:
        _move_back(merge, table, survivor, merged)
    _empty_rows(merge)
    _take_figures(merge, survivor, merged)
    _empty(merge, survivor, merged)


# --- facts -----------------------------------------------------------------------------------------------------------


def _fill(merge: Merge, survivor: Movie, merged: Movie) -> None:
    filled = merge.filled
    for name in (*IDS, *_SINGLE, *Movie.ATTRIBUTION):
        value = getattr(merged, name)
        if name in Movie.ATTRIBUTION and "overview" not in filled:
            continue  # it is about the other's text
        if value is not None and getattr(survivor, name) is None and _agrees(survivor, name, value):
            setattr(survivor, name, value)
            filled[name] = {"old": None, "new": value.isoformat() if isinstance(value, date) else value}
            if name in IDS:
                setattr(merged, name, None)
    for name in _LISTS:
        before = getattr(survivor, name)
        after = list(dict.fromkeys([*before, *getattr(merged, name)]))
        if after != before:
            setattr(survivor, name, after)
            filled[name] = {"old": before, "new": after}
    # What staff have locked there stays locked here.
    locks = {name.removesuffix("_id") if name == "collection_id" else name for name in filled}
    locks &= set(merged.locked_fields) - set(survivor.locked_fields)
    if locks:
        filled["locked_fields"] = {"old": survivor.locked_fields, "new": sorted({*survivor.locked_fields, *locks})}
        survivor.locked_fields = filled["locked_fields"]["new"]
    # The unique ids are free before they are given.
    merged.save()


def _agrees(survivor: Movie, name: str, value: Any) -> bool:
    """A year and a release date of two sources may be of two showings, and would contradict each other."""
    if name == "release_date":
        return survivor.year is None or survivor.year == value.year
    if name == "year":
        return survivor.release_date is None or survivor.release_date.year == value
    return True


def _empty(merge: Merge, survivor: Movie, merged: Movie) -> None:
    kept = set()
    ids = {}
    for name in (*IDS, *_SINGLE, *Movie.ATTRIBUTION):
        if name not in merge.filled:
            continue
        given = merge.filled[name]["new"]
        value = getattr(survivor, name)
        if (value.isoformat() if isinstance(value, date) else value) == given:
            setattr(survivor, name, None)
        else:
            kept.add(name.removesuffix("_id") if name == "collection_id" else name)
        if name in IDS:
            ids[name] = given
    for name in _LISTS:
        change = merge.filled.get(name, {"old": [], "new": []})
        given = set(change["new"]) - set(change["old"])
        setattr(survivor, name, [each for each in getattr(survivor, name) if each not in given])
    if locks := merge.filled.get("locked_fields"):
        given = set(locks["new"]) - set(locks["old"]) - kept
        survivor.locked_fields = [name for name in survivor.locked_fields if name not in given]
    survivor.save()
    for name, given in ids.items():
        # Somebody else may have it by now.
        if name == "wikipedia_page" or not Movie.objects.filter(**{name: given}).exists():
            setattr(merged, name, given)
    merged.save()


# --- rows ------------------------------------------------------------------------------------------------------------


def _rows(part: Part, movie: Movie) -> list[Row]:
    rows: Any = part.model._default_manager.filter(movie_id=movie.pk)
    order = ("position", "pk") if part.group else ("pk",)
    return list(rows.order_by(*order).values())


def _move(merge: Merge, part: Part, survivor: Movie, merged: Movie) -> None:
    kept = _rows(part, survivor)
    others = [row for row in _rows(part, merged) if _fits(part, row, survivor)]
    plan = part.plan(kept, others)
    places = part.places(kept, plan.moves)
    if plan.moves:
        merge.moved[part.table] = [
            {"id": row["id"], "key": part.noted_key(row)} | ({"position": row["position"]} if part.group else {})
            for row in plan.moves
        ]
        _put(part, survivor, {row["id"]: places.get(row["id"]) for row in plan.moves})
    for row, name, value in plan.fills:
        merge.filled.setdefault("rows", []).append({
            "table": part.table, "id": row["id"], "field": name, "old": row[name], "new": value
        })  # fmt: skip
        part.model._default_manager.filter(pk=row["id"]).update(**{name: value})


def _fits(part: Part, row: Row, survivor: Movie) -> bool:
    """What a provider says of another film than the survivor's would be refreshed as the survivor's."""
    return part.model is not ProviderRecord or row["external_id"] == survivor.tmdb_id


def _put(part: Part, movie: Movie, places: dict[int, int | None]) -> None:
    """Hangs these rows on a movie, each in its place."""
    columns = "movie_id = %s, position = r.place" if part.group else "movie_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {part.table} SET {columns} FROM unnest(%s::bigint[], %s::int[]) AS r(id, place)"
            f" WHERE {part.table}.id = r.id",
            [movie.pk, list(places), list(places.values())],
        )


def _move_back(merge: Merge, part: Part, survivor: Movie, merged: Movie) -> None:
    """By id, else by what makes the row what it is: an update of a list may have written it anew."""
    noted = merge.moved.get(part.table, ())
    here = {row["id"]: row for row in _rows(part, survivor)} if noted else {}
    by_key = {_frozen(part.noted_key(row)): row for row in here.values()}
    taken = {part.key_of(row) for row in _rows(part, merged)} if noted else set()
    places: dict[int, int | None] = {}
    for note in noted:
        row = here.get(note["id"]) or by_key.get(_frozen(note["key"]))
        if row is None or row["id"] in places or part.key_of(row) in taken:
            continue  # it was removed, or edited into what the other has as well
        taken.add(part.key_of(row))
        places[row["id"]] = note.get("position")
    if places:
        _put(part, merged, places)


def _frozen(key: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in key)


def _empty_rows(merge: Merge) -> None:
    parts = {part.table: part for part in PARTS}
    for note in merge.filled.get("rows", ()):
        rows: Any = parts[note["table"]].model._default_manager
        rows.filter(pk=note["id"], **{note["field"]: note["new"]}).update(**{note["field"]: note["old"]})


# --- titles and figures ----------------------------------------------------------------------------------------------


def _add_titles(merge: Merge, survivor: Movie, merged: Movie) -> None:
    """What the other was called is another title of the survivor, if it is not one already."""
    known = {survivor.title, survivor.original_title}
    known.update(AlternativeTitle.objects.filter(movie=survivor).values_list("title", flat=True))
    added = [
        AlternativeTitle.objects.create(movie=survivor, title=title).pk
        for title in dict.fromkeys((merged.title, merged.original_title))
        if title and title not in known
    ]
    if added:
        merge.added[AlternativeTitle._meta.db_table] = added


def _take_titles(merge: Merge, survivor: Movie) -> None:
    """Those that somebody has said more about since are theirs, and stay."""
    ids = merge.added.get(AlternativeTitle._meta.db_table, ())
    AlternativeTitle.objects.filter(pk__in=ids, movie=survivor, country=None, language=None, kind=None).delete()


def _add_figures(merge: Merge, survivor: Movie, merged: Movie) -> None:
    """The survivor's figures become those of both; the other keeps its own, for the way back.

    Who has recorded both is counted twice until the app that counts them has heard of the merge.
    """
    other = MovieFigures.objects.filter(movie=merged).first()
    if other is None:
        return
    own, _ = MovieFigures.objects.select_for_update().get_or_create(movie=survivor)
    for name in _COUNTED:
        setattr(own, name, getattr(own, name) + getattr(other, name))
    for name in _LARGER:
        before, after = getattr(own, name), getattr(other, name)
        if after > before:
            merge.filled[name] = {"old": before, "new": after}
            setattr(own, name, after)
    own.save()


def _take_figures(merge: Merge, survivor: Movie, merged: Movie) -> None:
    other = MovieFigures.objects.filter(movie=merged).first()
    own = MovieFigures.objects.select_for_update().filter(movie=survivor).first()
    if other is None or own is None:
        return
    for name in _COUNTED:
        setattr(own, name, max(getattr(own, name) - getattr(other, name), 0))
    for name in _LARGER:
        filled = merge.filled.get(name)
        if filled and getattr(own, name) == filled["new"]:
            setattr(own, name, filled["old"])
    own.save()
