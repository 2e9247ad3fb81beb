"""Two movies turn out to be one: what becomes of the lists that they stand in, and how it is undone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from movies.services.movies import survivor_of
from social.models import ListItem, ListMerge, MovieList
from social.models.movie_list import LONGEST_NOTE
from social.services.list_items import MOST_ITEMS, free_rank
from social.services.lists import ITEM
from social.services.revisions import bury, next_revision, raise_revisions, unearth


@transaction.atomic
def merge_lists(*, merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Puts the survivor where the merged movie stood. Where it stands already, the merged one's item goes, and its note
    joins that of the survivor's item."""
    items = ListItem.objects.filter(movie=merged_id)
    covers = MovieList.objects.filter(cover_movie=merged_id)
    raise_revisions(user_ids=[*items.values_list("user_id", flat=True), *covers.values_list("user_id", flat=True)])
    notes: dict[int, ListMerge] = {}
    for item in items.order_by("user", "list"):
        note = notes[item.list_id] = ListMerge(merge_id=merge_id, list_id=item.list_id)
        there = ListItem.objects.filter(list=item.list_id, movie=survivor_id).first()
        if there is None:
            note.item_id = item.pk
            _change(item, movie_id=survivor_id)
            continue
        note.dropped = {
            "id": item.pk,
            "rank": str(item.rank),
            "note": item.note,
            "added_by": item.added_by_id,
            "created_at": item.created_at.isoformat(),
        }
        joined = _joined(there.note, item.note)
        if joined != there.note:
            note.note_given = True
            note.dropped |= {"note_before": there.note, "note_joined": joined}
            _change(there, note=joined)
        bury(user_id=item.user_id, kind=ITEM, object_ids=[item.pk])
        item.delete()
        MovieList.objects.filter(pk=item.list_id).update(items_count=F("items_count") - 1)
    for movie_list in covers.order_by("user", "pk"):
        notes.setdefault(movie_list.pk, ListMerge(merge_id=merge_id, list=movie_list)).cover = True
        _cover(movie_list, survivor_id)
    ListMerge.objects.bulk_create(notes.values())


@transaction.atomic
def unmerge_lists(*, merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Puts the movie that had been merged back where it stood, if the survivor, or nothing since, has not left."""
    survivor_id = survivor_of(movie_id=survivor_id)
    notes = ListMerge.objects.filter(merge_id=merge_id).select_related("list")
    raise_revisions(user_ids=notes.values_list("list__user_id", flat=True))
    for note in notes.order_by("list__user", "list"):
        there = ListItem.objects.filter(list=note.list_id, movie=survivor_id).first()
        if there is not None and not ListItem.objects.filter(list=note.list_id, movie=merged_id).exists():
            if note.item_id == there.pk:
                _change(there, movie_id=merged_id)
            elif note.dropped is not None:
                _return(note, there, merged_id)
        if note.cover and note.list.cover_movie_id == survivor_id:
            _cover(note.list, merged_id)
        note.delete()


def _return(note: ListMerge, there: ListItem, merged_id: int) -> None:
    dropped: Any = note.dropped
    if note.list.items_count >= MOST_ITEMS:
        return
    # A merge of before notes were joined gave the whole note to an item that had none.
    if note.note_given and there.note == dropped.get("note_joined", dropped["note"]):
        _change(there, note=dropped.get("note_before"))
    rank = dropped["rank"]
    if ListItem.objects.filter(list=note.list_id, rank=rank).exists():
        rank = free_rank(owner_id=note.list.user_id, list_id=note.list_id, position=None)
    item = ListItem.objects.create(
        pk=dropped["id"],
        list_id=note.list_id,
        user_id=note.list.user_id,
        movie_id=merged_id,
        rank=rank,
        note=dropped["note"],
        added_by_id=dropped["added_by"] if dropped["added_by"] == note.list.user_id else None,
        revision=next_revision(user_id=note.list.user_id),
    )
    ListItem.objects.filter(pk=item.pk).update(created_at=parse_datetime(dropped["created_at"]))
    unearth(user_id=note.list.user_id, kind=ITEM, object_ids=[item.pk])
    MovieList.objects.filter(pk=note.list_id).update(items_count=F("items_count") + 1)


def _joined(*notes: str | None) -> str | None:
    """The notes of two items as one, without what both say; cut at the longest note there may be."""
    said = "\n\n".join(dict.fromkeys(note for note in notes if note is not None))
    return f"{said[: LONGEST_NOTE - 1]}…" if len(said) > LONGEST_NOTE else said or None


def _change(item: ListItem, **values: Any) -> None:
    revision = next_revision(user_id=item.user_id)
    ListItem.objects.filter(pk=item.pk).update(**values, revision=revision, updated_at=timezone.now())


def _cover(movie_list: MovieList, movie_id: int) -> None:
    revision = next_revision(user_id=movie_list.user_id)
    MovieList.objects.filter(pk=movie_list.pk).update(
        cover_movie=movie_id, revision=revision, updated_at=timezone.now()
    )
