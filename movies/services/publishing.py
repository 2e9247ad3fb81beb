"""What the public sees: publishing, withdrawing, restoring, and, for what nobody refers to, purging."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, ProtectedError, Q
from django.utils import timezone

from movies.models import CatalogueCount, Change, Merge, Movie
from movies.search.index import index_movies
from movies.services.figures import bump
from movies.services.history import record_changes
from movies.services.movies import get_movie, missing_movie, moved
from movies.signals import movies_purged, movies_restored, movies_withdrawn
from watchly.common.errors import Conflict, NotFound
from watchly.common.versions import Expected, check_version

State = Movie.State
Action = Change.Action


def _move(
    *, movie_ids: Iterable[int], to: str, from_: tuple[str, ...], action: str, reason: str | None = None
) -> list[int]:
    """Changes the state of those of these movies that are in one of the named states; returns their ids.

    The history keeps the reason of either step, the movie only why it is withdrawn.
    """
    moved = list(
        Movie.objects.select_for_update(of=("self",))
        .filter(pk__in=list(movie_ids), state__in=from_)
        .order_by("pk")
        .values_list("pk", "state")
    )
    ids = [pk for pk, _ in moved]
    if not ids:
        return []
    Movie.objects.filter(pk__in=ids).update(
        state=to,
        state_reason=reason if to == State.WITHDRAWN else None,
        version=F("version") + 1,
        updated_at=timezone.now(),
    )
    left = sum(1 for _, state in moved if state == State.PUBLISHED)
    bump(name=CatalogueCount.PUBLISHED_MOVIES, by=(len(ids) if to == State.PUBLISHED else 0) - left)
    index_movies(ids)
    fields = {pk: {"state": {"old": state, "new": str(to)}} for pk, state in moved}
    record_changes(action=action, fields=fields, reason=reason)
    return ids


@transaction.atomic
def publish_movies(*, movie_ids: Iterable[int]) -> int:
    """Shows drafts to everybody; returns how many were drafts."""
    return len(_move(movie_ids=movie_ids, to=State.PUBLISHED, from_=(State.DRAFT,), action=Action.PUBLISHED))


@transaction.atomic
def withdraw_movies(*, movie_ids: Iterable[int], reason: str) -> int:
    """Takes movies out of the catalogue (410 from then on); who recorded one keeps it. Returns how many were there."""
    ids = _move(
        movie_ids=movie_ids,
        to=State.WITHDRAWN,
        from_=(State.DRAFT, State.PUBLISHED),
        action=Action.WITHDRAWN,
        reason=reason[:300],
    )
    if ids:
        movies_withdrawn.send(sender=Movie, movie_ids=ids)
    return len(ids)


@transaction.atomic
def withdraw_movie(*, movie_id: int, reason: str, expected_version: Expected = None) -> None:
    """Withdraws one movie. Raises StaleVersion, Gone, Moved or NotFound."""
    movie = get_movie(movie_id=movie_id, for_update=True)
    check_version(stored=movie.version, expected=expected_version, name="movie")
    withdraw_movies(movie_ids=[movie_id], reason=reason)


@transaction.atomic
def restore_movies(*, movie_ids: Iterable[int], reason: str) -> int:
    """Puts withdrawn movies back; returns how many were withdrawn."""
    ids = _move(
        movie_ids=movie_ids,
        to=State.PUBLISHED,
        from_=(State.WITHDRAWN,),
        action=Action.RESTORED,
        reason=reason[:300],
    )
    if ids:
        movies_restored.send(sender=Movie, movie_ids=ids)
    return len(ids)


@transaction.atomic
def restore_movie(*, movie_id: int, reason: str, expected_version: Expected = None) -> None:
    """Puts one movie back. Raises NotFound, Moved, StaleVersion, and Conflict for one that is not withdrawn."""
    movie = Movie.objects.select_for_update(of=("self",)).filter(pk=movie_id).first()
    if movie is None:
        raise missing_movie(movie_id)
    if movie.state == State.MERGED:
        raise moved(movie_id=movie_id)
    check_version(stored=movie.version, expected=expected_version, name="movie")
    if not restore_movies(movie_ids=[movie_id], reason=reason):
        raise Conflict(f"Only a withdrawn movie can be restored: this one is {movie.state}.", code="not_withdrawn")


@transaction.atomic
def purge_movie(*, movie_id: int) -> None:
    """Removes the row of a withdrawn movie that nobody has recorded. Raises NotFound or Conflict."""
    movie = Movie.objects.select_for_update(of=("self",)).filter(pk=movie_id).first()
    if movie is None:
        raise NotFound(f"There is no movie {movie_id}.")
    if movie.state != State.WITHDRAWN:
        raise Conflict("Withdraw the movie first: only a withdrawn one can be purged.", code="not_withdrawn")
    merges = Merge.objects.filter(Q(survivor=movie) | Q(merged=movie))
    if merges.filter(undone_at=None).exists():
        raise Conflict("Other movies were merged into this one: undo those merges first.", code="in_use")
    merges.delete()
    movies_purged.send(sender=Movie, movie_ids=[movie_id])
    try:
        movie.delete()
    except ProtectedError as error:
        raise Conflict("People have recorded this movie: it stays in their libraries.", code="in_use") from error
