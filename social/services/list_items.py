"""What stands in a list, and where. Whoever fills a list holds its owner's revision: one writer a list at a time."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from social.models import ListItem, MovieList
from social.services.lists import ITEM, fillable_list
from social.services.movies import check_recordable, share_movies
from social.services.revisions import bury, next_revision, raise_revisions
from watchly.common.errors import Conflict, NotFound
from watchly.common.references import referred

MOST_ITEMS = 10_000
_STEP = 1024  # between items that were added one after another
# The ranks around a place among the others: nothing stands before the first, and past the last is the end.
_AROUND = """
SELECT CASE WHEN %(position)s > 1 THEN coalesce(
         (SELECT rank FROM social_listitem WHERE list_id = %(list)s AND id <> %(item)s
          ORDER BY rank OFFSET greatest(%(position)s - 2, 0) LIMIT 1),
         (SELECT max(rank) FROM social_listitem WHERE list_id = %(list)s AND id <> %(item)s)) END AS before,
       (SELECT rank FROM social_listitem WHERE list_id = %(list)s AND id <> %(item)s
        ORDER BY rank OFFSET %(position)s - 1 LIMIT 1) AS after
"""
# Between two, or a step beside the first or the last one; null where there is no number left between two.
_RANK = f"""
SELECT CASE WHEN before IS NULL AND after IS NULL THEN 0 WHEN before IS NULL THEN after - {_STEP}
            WHEN after IS NULL THEN before + {_STEP}
            WHEN round((before + after) / 2, 30) NOT IN (before, after) THEN (before + after) / 2 END AS rank
FROM ({_AROUND}) around
"""
_MOVE = f"""
UPDATE social_listitem SET rank = place.rank, revision = %(revision)s, updated_at = now()
FROM ({_RANK}) place WHERE id = %(item)s AND place.rank IS NOT NULL
"""
# Behind the last one, so that no two ever stand at one rank.
_SPREAD = f"""
UPDATE social_listitem i SET rank = p.last + p.place * {_STEP}, revision = %(first)s + p.place - 1, updated_at = now()
FROM (SELECT id, row_number() OVER (ORDER BY rank) AS place, max(rank) OVER () AS last
      FROM social_listitem WHERE list_id = %(list)s) p
WHERE i.id = p.id
"""
_OFF = """
SELECT l.id, l.user_id FROM social_movielist l
WHERE l.items_count <> (SELECT count(*) FROM social_listitem i WHERE i.list_id = l.id) ORDER BY l.user_id, l.id
"""
_MEND = """
UPDATE social_movielist l SET items_count = c.items
FROM (SELECT count(*) AS items FROM social_listitem WHERE list_id = %(list)s) c
WHERE l.id = %(list)s AND l.items_count <> c.items
"""


@transaction.atomic
def add_item(*, user_id: int, list_id: int, movie_id: int, note: str | None = None, position: int | None = None) -> int:
    """Puts a movie into a list, at a position (1 is the first) or at its end; returns the item's id.

    Raises RuleViolation or Conflict for a movie that cannot be added, NotFound or Forbidden for the list, Conflict for
    a movie that is in it, for a list of 10,000 and for a smart one.
    """
    owner_id = fillable_list(user_id=user_id, list_id=list_id).user_id
    state = share_movies(movie_ids=[movie_id]).get(movie_id)
    with referred("/movie_id"):
        check_recordable(movie_id=movie_id, state=state, user_id=user_id)
    revision = next_revision(user_id=owner_id)
    movie_list = fillable_list(user_id=user_id, list_id=list_id)
    there = ListItem.objects.filter(list=list_id, movie=movie_id).values_list("pk", flat=True).first()
    if there is not None:
        raise Conflict(f"The movie is in the list: /api/lists/{list_id}/items/{there}.", code="in_list_already")
    if movie_list.items_count >= MOST_ITEMS:
        raise Conflict(f"The list holds {MOST_ITEMS:,} movies, which is the most.", code="list_full")
    item = ListItem.objects.create(
        list_id=list_id,
        user_id=owner_id,
        movie_id=movie_id,
        rank=free_rank(owner_id=owner_id, list_id=list_id, position=position),
        note=note,
        added_by_id=user_id,
        revision=revision,
    )
    _filled(list_id, 1)
    return item.pk


@transaction.atomic
def change_item(*, user_id: int, list_id: int, item_id: int, values: dict[str, Any]) -> None:
    """Moves an item to a `position` among the others (past the last is the end), changes its `note`.

    A move is one statement and changes one row. Raises NotFound, Forbidden, Conflict for a smart list.
    """
    owner_id, item = _item(user_id, list_id, item_id)
    if "note" in values and values["note"] != item.note:
        ListItem.objects.filter(pk=item_id).update(
            note=values["note"], revision=next_revision(user_id=owner_id), updated_at=timezone.now()
        )
        _filled(list_id, 0)
    if values.get("position") is not None:
        move_item(owner_id=owner_id, list_id=list_id, item_id=item_id, position=values["position"])
        _filled(list_id, 0)


def move_item(*, owner_id: int, list_id: int, item_id: int, position: int) -> None:
    """Moves an item of a list whose owner's revision is held."""
    params = {"list": list_id, "item": item_id, "position": position}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {**params, "revision": next_revision(user_id=owner_id)})
        if not cursor.rowcount:
            _spread(owner_id, list_id)
            cursor.execute(_MOVE, {**params, "revision": next_revision(user_id=owner_id)})


@transaction.atomic
def remove_item(*, user_id: int, list_id: int, item_id: int) -> None:
    """Takes a movie out of a list. Raises NotFound, Forbidden, Conflict for a smart list."""
    owner_id, item = _item(user_id, list_id, item_id)
    bury(user_id=owner_id, kind=ITEM, object_ids=[item_id])
    item.delete()
    _filled(list_id, -1)


def _item(user_id: int, list_id: int, item_id: int) -> tuple[int, ListItem]:
    """The owner, whose revision is held from here on, and the item."""
    owner_id = fillable_list(user_id=user_id, list_id=list_id).user_id
    raise_revisions(user_ids=[owner_id])
    item = ListItem.objects.defer("rank").filter(pk=item_id, list=list_id).first()
    if item is None:
        raise NotFound(f"There is no item {item_id} in this list.")
    return owner_id, item


def _filled(list_id: int, change: int) -> None:
    MovieList.objects.filter(pk=list_id).update(items_count=F("items_count") + change, filled_at=timezone.now())


def free_rank(*, owner_id: int, list_id: int, position: int | None) -> Any:
    """A rank for a new item of a list whose owner's revision is held: at a position, or behind all others."""
    with connection.cursor() as cursor:
        if position is None:
            cursor.execute(
                "SELECT coalesce(max(rank), 0) + %s FROM social_listitem WHERE list_id = %s", [_STEP, list_id]
            )
            return cursor.fetchone()[0]
        params = {"list": list_id, "item": 0, "position": position}
        cursor.execute(_RANK, params)
        (rank,) = cursor.fetchone()
        if rank is None:
            _spread(owner_id, list_id)
            cursor.execute(_RANK, params)
            (rank,) = cursor.fetchone()
        return rank


def _spread(owner_id: int, list_id: int) -> None:
    """Gives every item a rank far from the next one's. Needed once in about a hundred moves into the same gap."""
    count = ListItem.objects.filter(list=list_id).count()
    first = next_revision(user_id=owner_id, count=count)
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"list": list_id, "first": first})


def recount_lists() -> int:
    """Counts the items of every list anew, while its owner's things are not written; returns how many were off."""
    with connection.cursor() as cursor:
        cursor.execute(_OFF)
        found = cursor.fetchall()
    return sum(mend_list(list_id=list_id, owner_id=owner_id) for list_id, owner_id in found)


@transaction.atomic
def mend_list(*, list_id: int, owner_id: int) -> int:
    """Counts the items of one list anew; returns 1 if they were off."""
    raise_revisions(user_ids=[owner_id])
    with connection.cursor() as cursor:
        cursor.execute(_MEND, {"list": list_id})
        return cursor.rowcount
