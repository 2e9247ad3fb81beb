"""Two movies turn out to be one, and people have recorded both: what becomes of their libraries, and how it is undone.

Plays move to the survivor. An entry moves too, or is put together with the one that is there: of status, stars,
favourite and note the later word stands; tags are united; the narrower visibility holds. What both said is kept
(`EntryMerge`), so that an unmerge gives each movie back what was said of it, leaves with the survivor what was said
since, and brings back nothing that was taken away since.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from movies.services.movies import survivor_of
from social.models import EntryMerge, LibraryEntry, Play, TopFilm
from social.services.entry_layers import SHOWN, ShownFacts, covers
from social.services.entry_rules import FACTS, is_blank, recount_plays
from social.services.entry_visibility import move_entry
from social.services.library_figures import recount_figures
from social.services.revisions import bury, next_revision, unearth
from social.services.shelf import ENTRY, facts_of
from watchly.common.visibility import Visibility

# What is said at one time, by the fact that says whether anything is.
GROUPS: dict[str, tuple[str, ...]] = {
    "status": ("status", "status_before", "status_changed_at", "shown_status", "shown_status_before"),
    "half_stars": (
        "half_stars",
        "rated_at",
        "source_value",
        "source_scale",
        "shown_half_stars",
        "shown_rated_at",
    ),
    "favorite": ("favorite", "favorited_at"),
    "tags": ("tags",),
    "note": ("note",),
    "visibility": ("visibility",),
}
_SAID_AT = {"status": "status_changed_at", "half_stars": "rated_at", "favorite": "favorited_at"}
_TIMES = (
    "status_changed_at",
    "rated_at",
    "favorited_at",
    "last_watched_at",
    "shown_rated_at",
    "shown_last_watched_at",
)
_NARROW = [Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.PRIVATE]
_LONGEST_NOTE = 5000
Facts = dict[str, Any]


@transaction.atomic
def merge_entries(*, merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Moves every library's things of a movie to the one that it was merged into."""
    for user_id in _users(merged_id):
        _merge(user_id, merge_id, survivor_id, merged_id)
    recount_figures(movie_ids=[survivor_id, merged_id])


@transaction.atomic
def unmerge_entries(*, merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Gives the movie that had been merged back what libraries held of it."""
    # The survivor may have been merged itself since: what was said of both is where it went.
    survivor_id = survivor_of(movie_id=survivor_id)
    for note in EntryMerge.objects.filter(merge_id=merge_id).order_by("user"):
        _unmerge(note, survivor_id, merged_id)
    recount_figures(movie_ids=[survivor_id, merged_id])


def _users(movie_id: int) -> list[int]:
    """Whoever has recorded a movie, in the order in which their revisions are taken."""
    found = LibraryEntry.objects.filter(movie=movie_id).values_list("user_id", flat=True)
    found = found.union(
        Play.objects.filter(movie=movie_id).values_list("user_id", flat=True),
        TopFilm.objects.filter(movie=movie_id).values_list("user_id", flat=True),
    )
    return sorted(found)


# --- merging ---------------------------------------------------------------------------------------------------------


def _merge(user_id: int, merge_id: int, survivor_id: int, merged_id: int) -> None:
    next_revision(user_id=user_id)
    entries = {e.movie_id: e for e in LibraryEntry.objects.filter(user=user_id, movie__in=[survivor_id, merged_id])}
    merged, survivor = entries.get(merged_id), entries.get(survivor_id)
    note = EntryMerge(
        merge_id=merge_id,
        user_id=user_id,
        merged=_packed(merged),
        survivor=_packed(survivor),
        play_ids=_move_plays(user_id, _plays(user_id, merged_id), survivor_id),
        top_position=_move_top_film(user_id, merged_id, survivor_id),
    )
    kept = survivor or LibraryEntry(user_id=user_id, movie_id=survivor_id)
    if merged is not None:
        together = _together(facts_of(survivor), facts_of(merged)) if survivor else facts_of(merged)
        _set(kept, together)
        if survivor is None:
            kept.created_at = merged.created_at
        merged.delete()
        bury(user_id=user_id, kind=ENTRY, object_ids=[merged_id])
        _store(kept)
    note.combined = _pack(facts_of(kept))
    note.save()


def _together(survivor: Facts, merged: Facts) -> Facts:
    """What two entries say together."""
    found = dict(survivor)
    for name, said_at in _SAID_AT.items():
        if merged[name] and (not survivor[name] or _later(merged[said_at], survivor[said_at])):
            found |= {fact: merged[fact] for fact in GROUPS[name]}
    found["tags"] = list(dict.fromkeys([*survivor["tags"], *merged["tags"]]))
    notes = [note for note in (survivor["note"], merged["note"]) if note is not None]
    joined = "\n\n".join(dict.fromkeys(notes)) if notes else None
    found["note"] = joined if joined is None or len(joined) <= _LONGEST_NOTE else notes[0]
    found["visibility"] = max(survivor["visibility"], merged["visibility"], key=_NARROW.index)
    return found


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)


# --- unmerging -------------------------------------------------------------------------------------------------------


def _unmerge(note: EntryMerge, survivor_id: int, merged_id: int) -> None:
    user_id = note.user_id
    next_revision(user_id=user_id)
    _move_plays(user_id, Play.objects.filter(pk__in=note.play_ids, user=user_id, movie=survivor_id), merged_id)
    entry = LibraryEntry.objects.filter(user=user_id, movie=survivor_id).first()
    here = entry or LibraryEntry(user_id=user_id, movie_id=survivor_id)
    back = LibraryEntry.objects.filter(user=user_id, movie=merged_id).first()
    back = back or LibraryEntry(user_id=user_id, movie_id=merged_id)
    combined = _unpacked(note.combined)
    now, merged, survivor = facts_of(here), _unpacked(note.merged), _unpacked(note.survivor)
    for name, facts in GROUPS.items():
        untouched = now[name] == combined[name]
        if merged[name] and (untouched or now[name]):
            _set(back, {fact: merged[fact] for fact in facts})
        if untouched:
            _set(here, {fact: survivor[fact] for fact in facts})
    if here.visibility != now["visibility"] and any(now[name] != combined[name] for name in ("status", "half_stars")):
        move_entry(here, now["visibility"])  # what was said since was said of a narrower entry
    _return_top_film(note, survivor_id, merged_id)
    if note.merged is not None:
        _store(here)
        _store(back)
    note.delete()


# --- storing ---------------------------------------------------------------------------------------------------------


def _store(entry: LibraryEntry) -> None:
    """Stores an entry with its plays counted anew, or lets it go when nothing is left of it. The user's revision is
    held."""
    plays = _plays(entry.user_id, entry.movie_id)
    recount_plays(entry, plays)
    recount_plays(ShownFacts(entry), [play for play in plays if covers(play.visibility, entry)])
    if not is_blank(entry):
        if not entry.pk:
            unearth(user_id=entry.user_id, kind=ENTRY, object_ids=[entry.movie_id])
        entry.revision = next_revision(user_id=entry.user_id)
        made_at = entry.created_at
        entry.save()
        if made_at is not None and made_at != entry.created_at:  # a new row, of what was said before
            LibraryEntry.objects.filter(pk=entry.pk).update(created_at=made_at)
    elif entry.pk:
        entry.delete()
        bury(user_id=entry.user_id, kind=ENTRY, object_ids=[entry.movie_id])


def _plays(user_id: int, movie_id: int) -> Any:
    return Play.objects.filter(user=user_id, movie=movie_id).order_by("pk")


def _move_plays(user_id: int, plays: Any, movie_id: int) -> list[int]:
    """Moves plays to another movie, each with a revision of its own; returns their ids."""
    moved = list(plays)
    if moved:
        first = next_revision(user_id=user_id, count=len(moved))
        for at, play in enumerate(moved):
            play.movie_id, play.revision, play.updated_at = movie_id, first + at, timezone.now()
        Play.objects.bulk_update(moved, ["movie", "revision", "updated_at"])
    return [play.pk for play in moved]


def _set(entry: LibraryEntry, facts: Facts) -> None:
    for name, value in facts.items():
        setattr(entry, name, value)


# --- what is kept of an entry ----------------------------------------------------------------------------------------


def _packed(entry: LibraryEntry | None) -> Facts | None:
    return None if entry is None else _pack(facts_of(entry))


def _pack(facts: Facts) -> Facts:
    packed: Facts = json.loads(json.dumps(facts, cls=DjangoJSONEncoder))
    for name in _TIMES:  # whole, where the encoder cuts to milliseconds
        packed[name] = facts[name] and facts[name].isoformat()
    return packed


def _unpacked(packed: Facts | None) -> Facts:
    """The facts that were kept; those of a blank entry for none."""
    if packed is None:
        return facts_of(LibraryEntry())
    # A merge of before others saw anything but the owner's facts holds those alone.
    packed = {column: packed[own] for own, column in SHOWN.items()} | packed
    found = {name: packed[name] for name in FACTS}
    for name in _TIMES:
        found[name] = found[name] and parse_datetime(found[name])
    found["source_value"] = found["source_value"] and Decimal(found["source_value"])
    return found


# --- films on top of profiles ----------------------------------------------------------------------------------------


def _move_top_film(user_id: int, merged_id: int, survivor_id: int) -> int | None:
    """The survivor takes the merged film's place, or keeps its own if it has one. Returns the place of the merged."""
    top = {film.movie_id: film for film in TopFilm.objects.filter(user=user_id, movie__in=[merged_id, survivor_id])}
    film = top.get(merged_id)
    if film is None:
        return None
    if survivor_id in top:
        film.delete()
        bury(user_id=user_id, kind="top_film", object_ids=[film.position])
    else:
        film.movie_id, film.revision = survivor_id, next_revision(user_id=user_id)
        film.save()
    return film.position


def _return_top_film(note: EntryMerge, survivor_id: int, merged_id: int) -> None:
    """The film takes its place again, if that is still the survivor's or nobody's."""
    if note.top_position is None:
        return
    films: Iterable[TopFilm] = TopFilm.objects.filter(user=note.user_id)
    holder = next((film for film in films if film.position == note.top_position), None)
    if any(film.movie_id == merged_id for film in films) or (holder and holder.movie_id != survivor_id):
        return
    if holder is None:
        unearth(user_id=note.user_id, kind="top_film", object_ids=[note.top_position])
        holder = TopFilm(user_id=note.user_id, position=note.top_position)
    holder.movie_id, holder.revision = merged_id, next_revision(user_id=note.user_id)
    holder.save()
