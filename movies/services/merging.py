"""Merging two movies that are one film, and parting them again (docs/adr/0011).

One merge at a time: what is undone out of order takes back the later merges of the same film first and makes them
again afterwards, so that every row ends where it would be had the one never been. Listeners hear each step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from movies.models import CatalogueCount, Change, DuplicatePair, Merge, Movie, Suggestion
from movies.search.index import index_movies
from movies.services import moving
from movies.services.copies import refresh_copies
from movies.services.figures import bump, refresh_ratings
from movies.services.history import record_change
from movies.services.movies import missing_movie, survivor_of
from movies.signals import movie_merged, movie_unmerged
from movies.tasks import check_duplicates
from watchly.common.actor import current_actor
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation
from watchly.common.transactions import atomic_despite_deadlocks
from watchly.common.versions import Expected, check_version

State = Movie.State


@atomic_despite_deadlocks
def merge_movies(
    *,
    survivor_id: int,
    merged_id: int,
    expected_version: Expected = None,
    expected_survivor_version: int | None = None,
) -> Merge:
    """Makes one movie part of another: what it has and the other lacks moves, its addresses lead there.

    Raises NotFound for a movie that never was, RuleViolation for such a survivor, Conflict for the movie itself and
    (`merged`, `survivor_hidden`) for one in the wrong state, StaleVersion when one of the two is at another version
    than expected.
    """
    _one_at_a_time()
    movies = _locked([survivor_id, merged_id])
    survivor, merged = _checked(movies, survivor_id, merged_id)
    check_version(stored=merged.version, expected=expected_version, name="movie")
    check_version(stored=survivor.version, expected=expected_survivor_version, name="movie")
    now, by = timezone.now(), current_actor().user_id
    merge = Merge.objects.create(
        survivor=survivor,
        merged=merged,
        state_before=merged.state,
        reason_before=merged.state_reason,
        made_by_id=by,
    )
    _join(merge, survivor, merged)
    decided = {"state": "merged", "decided_by_id": by, "decided_at": now}
    Suggestion.objects.filter(movie=merged, state=Suggestion.State.OPEN).update(**decided)
    _pairs(merge).update(**decided)
    DuplicatePair.objects.filter(Q(first=merged) | Q(second=merged), state=DuplicatePair.State.OPEN).delete()
    _finish([survivor_id, merged_id], published=-(merge.state_before == State.PUBLISHED))
    _record(merge, Change.Action.MERGED)
    return merge


@atomic_despite_deadlocks
def unmerge_movie(*, merge_id: int, expected_version: Expected = None) -> Movie:
    """Parts two movies that were merged: both are as they were, with what came to the survivor later kept there.

    Returns the movie that is back. Raises NotFound, Conflict (`not_merged`) for a merge that was undone already, and
    StaleVersion when the merged movie is at another version than expected.
    """
    _one_at_a_time()
    merge = Merge.objects.filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(f"There is no merge {merge_id}.")
    if merge.undone_at is not None:
        raise Conflict(f"Merge {merge_id} was undone already.", code="not_merged")
    later = _later(merge)
    touched = {pk for each in (merge, *later) for pk in (each.survivor_id, each.merged_id)}
    movies = _locked(touched)
    check_version(stored=movies[merge.merged_id].version, expected=expected_version, name="movie")
    for each in (*later, merge):
        _part(each, movies[each.survivor_id], movies[each.merged_id])
    merge.undone_at, merge.undone_by_id = timezone.now(), current_actor().user_id
    merge.save(update_fields=["undone_at", "undone_by"])
    for each in reversed(later):
        _join(each, movies[each.survivor_id], movies[each.merged_id])
    undecided = {"state": "open", "decided_by_id": None, "decided_at": None}
    Suggestion.objects.filter(movie=merge.merged_id, state=Suggestion.State.MERGED).update(**undecided)
    _pairs(merge).filter(state=DuplicatePair.State.MERGED).update(**undecided)
    _finish(touched, published=int(merge.state_before == State.PUBLISHED))
    _record(merge, Change.Action.UNMERGED)
    return movies[merge.merged_id]


def merge_of(*, movie_id: int) -> Merge:
    """The merge by which this movie is part of another. Raises NotFound, and Conflict for a movie that is itself."""
    merge = Merge.objects.filter(merged=movie_id, undone_at=None).first()
    if merge is None:
        if not Movie.objects.filter(pk=movie_id).exists():
            raise missing_movie(movie_id)
        raise Conflict(f"Movie {movie_id} is not merged into another: there is nothing to undo.", code="not_merged")
    return merge


# --- what is allowed -------------------------------------------------------------------------------------------------


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Merge.LOCK])


def _locked(movie_ids: Iterable[int]) -> dict[int, Movie]:
    """These movies, locked in the order of their ids."""
    rows = Movie.objects.select_for_update(of=("self",)).filter(pk__in=set(movie_ids)).order_by("pk")
    return {movie.pk: movie for movie in rows}


def _checked(movies: dict[int, Movie], survivor_id: int, merged_id: int) -> tuple[Movie, Movie]:
    """The survivor and the movie to merge. Raises for two that cannot become one."""
    if merged_id not in movies:
        raise missing_movie(merged_id)
    if survivor_id == merged_id:
        detail = "A movie cannot be merged into itself: name another."
        raise Conflict(detail, errors=[FieldError("/into", "same_movie", detail)])
    if survivor_id not in movies:
        detail = f"There is no movie {survivor_id} to merge into."
        raise RuleViolation(detail, errors=[FieldError("/into", "not_found", detail)])
    survivor, merged = movies[survivor_id], movies[merged_id]
    if merged.state == State.MERGED:
        now = survivor_of(movie_id=merged_id)
        detail = f"Movie {merged_id} was merged already, and lives on as movie {now}: merge that one, or undo first."
        raise Conflict(detail, code="merged")
    if survivor.state == State.MERGED:
        now = survivor_of(movie_id=survivor_id)
        detail = f"Movie {survivor_id} was merged itself: merge into movie {now}."
        raise Conflict(detail, code="merged", errors=[FieldError("/into", "merged", detail, survivor_id=now)])
    hidden = ""
    if survivor.state == State.WITHDRAWN:
        hidden = f"Movie {survivor_id} was withdrawn: restore it first, or merge the other way."
    elif survivor.state == State.DRAFT and merged.state != State.DRAFT:
        hidden = f"Movie {survivor_id} is a draft: publish it first, or merge the other way."
    if hidden:
        raise Conflict(hidden, code="survivor_hidden", errors=[FieldError("/into", "survivor_hidden", hidden)])
    return survivor, merged


# --- joining and parting ---------------------------------------------------------------------------------------------


def _join(merge: Merge, survivor: Movie, merged: Movie) -> None:
    moving.join(merge, survivor, merged)
    merged.state, merged.state_reason, merged.merged_into = State.MERGED, None, survivor
    merged.save(update_fields=["state", "state_reason", "merged_into"])
    movie_merged.send(sender=Movie, merge_id=merge.pk, survivor_id=survivor.pk, merged_id=merged.pk)


def _part(merge: Merge, survivor: Movie, merged: Movie) -> None:
    merged.state, merged.state_reason, merged.merged_into = merge.state_before, merge.reason_before, None
    merged.save(update_fields=["state", "state_reason", "merged_into"])
    moving.part(merge, survivor, merged)
    movie_unmerged.send(sender=Movie, merge_id=merge.pk, survivor_id=survivor.pk, merged_id=merged.pk)


def _later(merge: Merge) -> list[Merge]:
    """What was merged after it into the same film, and that film into others: the last first."""
    survivors: list[int] = [merge.survivor_id]
    while (into := Movie.objects.values_list("merged_into", flat=True).get(pk=survivors[-1])) is not None:
        survivors.append(into)
    rows = Merge.objects.filter(survivor__in=survivors, undone_at=None, pk__gt=merge.pk)
    return list(rows.order_by("-pk"))


def _pairs(merge: Merge) -> Any:
    first, second = sorted((merge.survivor_id, merge.merged_id))
    return DuplicatePair.objects.filter(first=first, second=second)


def _finish(movie_ids: Iterable[int], *, published: int) -> None:
    """What every editorial write ends with, for all the movies that took part."""

    ids: Sequence[int] = sorted(movie_ids)
    Movie.objects.filter(pk__in=ids).update(version=F("version") + 1, updated_at=timezone.now())
    refresh_copies(movie_ids=ids)
    refresh_ratings(movie_ids=ids)
    index_movies(ids)
    check_duplicates.enqueue(movie_ids=list(ids))
    bump(name=CatalogueCount.PUBLISHED_MOVIES, by=published)


def _record(merge: Merge, action: str) -> None:
    """In the history of both."""
    versions = dict(Movie.objects.filter(pk__in=(merge.survivor_id, merge.merged_id)).values_list("pk", "version"))
    for movie_id, name, other in (
        (merge.survivor_id, "merged", merge.merged_id),
        (merge.merged_id, "merged_into", merge.survivor_id),
    ):
        before, after = (None, other) if action == Change.Action.MERGED else (other, None)
        record_change(
            action=action,
            version=versions[movie_id],
            movie_id=movie_id,
            fields={name: {"old": before, "new": after}},
        )
