"""Lists: made, changed, copied and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Preferences, User
from social.models import Block, ListCollaborator, ListItem, Moderation, MovieList, Verb
from social.services.activities import forget_activity, record_activity, show_activities
from social.services.daily_caps import check_cap
from social.services.moderation_cases import close_cases
from social.services.movies import check_recordable, share_movies
from social.services.prose import render
from social.services.revisions import bury, next_revision, raise_revisions
from watchly.common.errors import Conflict, Forbidden, NotFound
from watchly.common.references import referred
from watchly.common.versions import Expected, check_version
from watchly.common.visibility import Visibility

LIST, ITEM = "list", "list_item"  # kinds of tombstones and changes
MOST_LISTS = 1_000
_COPY = """
INSERT INTO social_listitem (list_id, user_id, movie_id, rank, note, added_by_id, revision, created_at, updated_at)
SELECT %(to)s, %(user)s, i.movie_id, i.rank, CASE WHEN %(notes)s THEN i.note END, %(user)s,
       %(first)s + row_number() OVER (ORDER BY i.rank) - 1, now(), now()
FROM social_listitem i JOIN movies_movie m ON m.id = i.movie_id
WHERE i.list_id = %(from)s AND m.state = 'published'
"""


@transaction.atomic
def make_list(
    *,
    user_id: int,
    title: str,
    description: str | None = None,
    ranked: bool = False,
    visibility: str | None = None,
    rules: dict[str, Any] | None = None,
    cover_movie_id: int | None = None,
) -> int:
    """Makes an empty list, or with `rules` a smart one; returns its id.

    Without a visibility it has the user's usual one. Raises Conflict past 1,000 lists, RateLimited past the daily cap,
    and what a cover that is no movie of the catalogue raises.
    """
    _check_cover(user_id, cover_movie_id)
    visibility = visibility or Preferences.objects.of(user_id).default_visibility
    revision = next_revision(user_id=user_id)
    _check_room(user_id)
    check_cap(user_id=user_id, name="lists")
    movie_list = MovieList.objects.create(
        user_id=user_id,
        title=title,
        description=description,
        description_html=_html(description),
        ranked=ranked,
        visibility=visibility,
        rules=rules,
        cover_movie_id=cover_movie_id,
        revision=revision,
    )
    publish(movie_list)
    return movie_list.pk


@transaction.atomic
def change_list(*, user_id: int, list_id: int, values: Mapping[str, Any], expected_version: Expected = None) -> None:
    """Changes what is given of title, description, ranked, visibility, rules and cover_movie_id of one's own list.

    A list kept by hand stays one, and a smart one too. Raises NotFound, Forbidden for another's, StaleVersion, Conflict
    for rules of a list that has items by hand.
    """
    own_list(user_id=user_id, list_id=list_id)
    _check_cover(user_id, values.get("cover_movie_id"))
    revision = next_revision(user_id=user_id)
    movie_list = own_list(user_id=user_id, list_id=list_id)
    check_version(stored=movie_list.version, expected=expected_version, name="list")
    if "rules" in values and (values["rules"] is None) != (movie_list.rules is None):
        raise Conflict("A list is smart from its beginning, or never: make a new one.", code="not_smart")
    changed = {name for name, value in values.items() if getattr(movie_list, name) != value}
    if not changed:
        return
    before = movie_list.visibility
    for name in changed:
        setattr(movie_list, name, values[name])
    if "description" in changed:
        movie_list.description_html = _html(movie_list.description)
    if changed & {"title", "description", "rules"}:
        movie_list.edited_at = timezone.now()
    movie_list.version, movie_list.revision = movie_list.version + 1, revision
    movie_list.save(update_fields=[*changed, "description_html", "edited_at", "version", "revision", "updated_at"])
    if movie_list.visibility != before:
        publish(movie_list)


@transaction.atomic
def delete_list(*, user_id: int, list_id: int, expected_version: Expected = None) -> None:
    """Deletes a list of one's own, with its items. Raises NotFound, Forbidden for another's, StaleVersion."""
    own_list(user_id=user_id, list_id=list_id)
    next_revision(user_id=user_id)
    movie_list = own_list(user_id=user_id, list_id=list_id)
    check_version(stored=movie_list.version, expected=expected_version, name="list")
    forget_activity(actor_id=user_id, verb=Verb.LISTED, object_id=list_id)
    close_cases(kind=LIST, object_ids=[list_id])
    items = ListItem.objects.filter(list=list_id)
    bury(user_id=user_id, kind=ITEM, object_ids=items.order_by("pk").values_list("pk", flat=True))
    bury(user_id=user_id, kind=LIST, object_ids=[list_id])
    items._raw_delete(items.db)  # nothing hangs on an item
    movie_list.delete()


@transaction.atomic
def copy_list(*, user_id: int, list_id: int, title: str | None = None, visibility: str | None = None) -> int:
    """Makes a list of one's own of one that one sees; returns its id. Notes come along from one's own lists alone, and
    a smart list fills itself for its new owner. Raises NotFound, and what `make_list` does."""
    source = seen_list(user_id=user_id, list_id=list_id)
    own = source.user_id == user_id
    items = ListItem.objects.filter(list=list_id)
    share_movies(movie_ids=items.values_list("movie_id", flat=True))
    raise_revisions(user_ids=[user_id, source.user_id])  # nobody changes either list meanwhile
    made = make_list(
        user_id=user_id,
        title=title or source.title,
        description=source.description if own else None,
        ranked=source.ranked,
        visibility=visibility,
        rules=source.rules,
    )
    first = next_revision(user_id=user_id, count=max(items.count(), 1))
    with connection.cursor() as cursor:
        cursor.execute(_COPY, {"to": made, "from": list_id, "user": user_id, "first": first, "notes": own})
        copied = cursor.rowcount
    MovieList.objects.filter(pk=made).update(
        items_count=copied, copied_from=source, filled_at=timezone.now() if copied else None
    )
    return made


def own_list(*, user_id: int, list_id: int) -> MovieList:
    """A list that this user may change. Raises Forbidden for one that they only see, NotFound for any other."""
    movie_list = MovieList.objects.filter(pk=list_id).first()
    if movie_list is not None and movie_list.user_id == user_id:
        return movie_list
    seen_list(user_id=user_id, list_id=list_id)
    raise Forbidden("This list is another's.")


def seen_list(*, user_id: int, list_id: int) -> MovieList:
    """A list that this user sees. Raises NotFound."""
    movie_list = MovieList.objects.visible_to(User.objects.get(pk=user_id)).filter(pk=list_id).first()
    if movie_list is None:
        raise NotFound(f"There is no list {list_id}.")
    return movie_list


def fillable_list(*, user_id: int, list_id: int) -> MovieList:
    """A list that this user may fill: the owner's own, or one that they keep together.

    Raises Forbidden for one that they only see, NotFound for any other, Conflict for a smart one.
    """
    movie_list = MovieList.objects.filter(pk=list_id).first()
    if movie_list is None or movie_list.user_id != user_id:
        movie_list = seen_list(user_id=user_id, list_id=list_id)
        together = ListCollaborator.objects.filter(list=list_id, user=user_id).exists()
        if not together or Block.objects.between(user_id, movie_list.user_id).exists():
            raise Forbidden("This list is another's.")
    if movie_list.rules is not None:
        raise Conflict("A smart list fills itself: change its rules.", code="smart_list")
    return movie_list


def publish(movie_list: MovieList) -> None:
    """Tells followers of a list as far as they may see it, or takes back what was told. The revision is held."""
    things: dict[str, Any] = {"actor_id": movie_list.user_id, "verb": Verb.LISTED, "object_id": movie_list.pk}
    if movie_list.visibility == Visibility.PRIVATE:
        forget_activity(**things)
        return
    record_activity(**things, visibility=movie_list.visibility)
    if movie_list.moderation != Moderation.VISIBLE:
        show_activities(verb=Verb.LISTED, object_id=movie_list.pk, shown=False)


def _html(description: str | None) -> str | None:
    return None if description is None else render(description).html


def _check_room(user_id: int) -> None:
    if MovieList.objects.filter(user=user_id).count() >= MOST_LISTS:
        raise Conflict(f"You have {MOST_LISTS:,} lists, which is the most: delete one.", code="too_many_lists")


def _check_cover(user_id: int, movie_id: int | None) -> None:
    if movie_id is not None:
        state = share_movies(movie_ids=[movie_id]).get(movie_id)
        with referred("/cover_movie_id"):
            check_recordable(movie_id=movie_id, state=state, user_id=user_id)
