"""Suggestions: a film that somebody missed is a draft that they use at once, and a curator decides about it.

Nothing of a suggestion is public before it is accepted: its movie is a draft, and people whom nobody has heard of wait
as names on the suggestion until somebody has looked at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from movies.models import Movie, Person, Suggestion
from movies.search.normalise import title_key
from movies.search.query import find_movies
from movies.services.differences import differences, snapshot
from movies.services.movies import create_movie, get_movie, record_edit, survivor_of
from movies.services.publishing import publish_movies, withdraw_movies
from movies.services.relations import set_relation
from watchly.common.actor import current_actor
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation

MOST_OPEN = 20
_LOCK = 0x57_1A_0002
_EXTERNAL = ("imdb_id", "tmdb_id")


@transaction.atomic
def suggest_movie(
    *,
    values: Mapping[str, Any],
    suggested_by: int,
    directors: Sequence[str] = (),
    note: str | None = None,
    not_duplicate: bool = False,
) -> Suggestion:
    """Makes a draft of these facts (those of `create_movie`) that its suggester sees, and everybody once accepted.

    Raises Conflict: `duplicate` for a film that is there, by an external id or by title and year (the latter not with
    `not_duplicate`), and `too_many_open` past 20 suggestions that nobody has decided about.
    """
    _count_open(suggested_by)
    _check_new(values, by_title=not not_duplicate)
    known = set(Person.objects.filter(name__in=directors).values_list("name", flat=True))
    people = [{"name": name} for name in dict.fromkeys(directors) if name in known]
    movie = create_movie(
        values={**values, "directors": people}, state=Movie.State.DRAFT, source=Movie.Source.SUGGESTION
    )
    return Suggestion.objects.create(
        movie=movie, suggested_by_id=suggested_by, note=note, directors=list(dict.fromkeys(directors))
    )


def _count_open(suggested_by: int) -> None:
    """Raises Conflict when this person has as many suggestions open as anybody may; one call of theirs at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, suggested_by % 2**31])
    waiting = Suggestion.objects.filter(suggested_by=suggested_by, state=Suggestion.State.OPEN).count()
    if waiting >= MOST_OPEN:
        raise Conflict(
            f"You have {waiting} suggestions that nobody has decided about yet, and {MOST_OPEN} is the most:"
            " wait for a curator.",
            code="too_many_open",
        )


def _check_new(values: Mapping[str, Any], *, by_title: bool) -> None:
    """Raises Conflict that names the film if there is one of the same id, or (by title) of the same title and year."""
    for name in _EXTERNAL:
        value = values.get(name)
        movie = Movie.objects.filter(**{name: value}).first() if value is not None else None
        if movie is not None:
            raise _duplicate(name, movie)
    if by_title:
        same = Movie.objects.published().filter(title_key=title_key(values["title"]))
        if values.get("year") is not None:
            same = same.filter(year=values["year"])
        movie = same.order_by("-popularity", "pk").first()
        if movie is not None:
            raise _duplicate("title", movie)


def _duplicate(name: str, movie: Movie) -> Conflict:
    if movie.state == Movie.State.MERGED:
        movie = Movie.objects.get(pk=survivor_of(movie_id=movie.pk))
    if movie.state == Movie.State.DRAFT:
        detail = "This film has been suggested already, and a curator will decide about it."
    elif movie.state == Movie.State.WITHDRAWN:
        detail = f"This film was withdrawn from the catalogue: it is movie {movie.pk}."
    else:
        other = ' Send "not_duplicate": true if it is another film.' if name == "title" else ""
        detail = f"This film is there already: {movie}, /api/movies/{movie.pk}.{other}"
    return Conflict(detail, code="duplicate", errors=[FieldError(f"/{name}", "duplicate", detail)])


def likely_duplicates(*, movie: Movie, limit: int = 5) -> list[Movie]:
    """Published films that a draft may be, the likeliest first: found by its title and year, then by its title."""
    titles = dict.fromkeys(title for title in (movie.title, movie.original_title) if title)
    queries = [f"{title} {movie.year}" for title in titles if movie.year] + list(titles)
    ids: dict[int, None] = {}
    for query in queries:
        ids.update(dict.fromkeys(find_movies(query, limit=limit)))
        if len(ids) >= limit:
            break
    ids.pop(movie.pk, None)
    found = Movie.objects.in_bulk(list(ids)[:limit])
    return [found[pk] for pk in ids if pk in found]


@transaction.atomic
def accept_suggestion(*, suggestion_id: int) -> Suggestion:
    """Publishes the draft, with the people it names. Raises NotFound, and Conflict when it was decided already."""
    suggestion = _open(suggestion_id)
    movie = get_movie(movie_id=suggestion.movie_id, for_update=True)
    # A curator who has set the credits by hand has said better who directed it.
    if suggestion.directors and not {"credits", "directors"} & set(movie.locked_fields):
        people = [{"name": name} for name in suggestion.directors]
        before = snapshot(movie_id=movie.pk, names=["directors"])
        if set_relation(movie=movie, name="directors", values=people):
            after = snapshot(movie_id=movie.pk, names=["directors"])
            record_edit(movie_id=movie.pk, fields=[], changes=differences(before, after))
    publish_movies(movie_ids=[movie.pk])
    return _decide(suggestion, Suggestion.State.ACCEPTED)


@transaction.atomic
def reject_suggestion(*, suggestion_id: int, reason: str) -> Suggestion:
    """Withdraws the draft; who recorded it keeps it. Raises RuleViolation without a reason, NotFound, Conflict."""
    suggestion = _open(suggestion_id)
    reason = reason.strip()[:300]
    if not reason:
        detail = "Say why: the person who suggested it reads it."
        raise RuleViolation(detail, errors=[FieldError("/reason", "required", detail)])
    withdraw_movies(movie_ids=[suggestion.movie_id], reason=reason)
    return _decide(suggestion, Suggestion.State.REJECTED, reason)


def _open(suggestion_id: int) -> Suggestion:
    suggestion = Suggestion.objects.select_for_update(of=("self",)).filter(pk=suggestion_id).first()
    if suggestion is None:
        raise NotFound(f"There is no suggestion {suggestion_id}.")
    if suggestion.state != Suggestion.State.OPEN:
        raise Conflict(f"The suggestion was {suggestion.state} already.", code="decided")
    return suggestion


def _decide(suggestion: Suggestion, state: str, reason: str | None = None) -> Suggestion:
    suggestion.state, suggestion.reason = state, reason
    suggestion.decided_by_id, suggestion.decided_at = current_actor().user_id, timezone.now()
    suggestion.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return suggestion
