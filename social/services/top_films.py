"""The films on top of a profile: up to four, in the user's order."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from social.models import TopFilm
from social.models.top_film import MOST_TOP_FILMS
from social.services.movies import check_recordable, share_movies
from social.services.revisions import bury, next_revision, unearth
from watchly.common.errors import FieldError, Gone, Moved, NotFound, RuleViolation
from watchly.common.references import unusable

KIND = "top_film"


@transaction.atomic
def set_top_films(*, user_id: int, movie_ids: Sequence[int], pointer: str = "/top_films") -> None:
    """Sets the films, the first on top. One that is there already may stay although it was withdrawn since.

    A place of which nothing is left leaves a tombstone: clients know the films by their place. Raises RuleViolation,
    with pointers below `pointer`.
    """
    errors = []
    if len(movie_ids) > MOST_TOP_FILMS:
        errors.append(FieldError(pointer, "max_length", f"At most {MOST_TOP_FILMS} films."))
    states = share_movies(movie_ids=movie_ids)
    next_revision(user_id=user_id)
    there = {film.position: film for film in TopFilm.objects.filter(user=user_id)}
    known = {film.movie_id for film in there.values()}
    for at, movie_id in enumerate(movie_ids):
        if movie_id in movie_ids[:at]:
            errors.append(FieldError(f"{pointer}/{at}", "repeated", "This film stands twice."))
        elif movie_id not in known:
            try:
                check_recordable(movie_id=movie_id, state=states.get(movie_id), user_id=user_id)
            except (Gone, Moved, NotFound) as error:
                errors.append(unusable(f"{pointer}/{at}", error))
    if errors:
        raise RuleViolation(errors=errors)
    wanted = dict(enumerate(movie_ids, 1))
    changed = {at: movie for at, movie in wanted.items() if at not in there or there[at].movie_id != movie}
    gone = sorted(set(there) - set(wanted))
    if not changed and not gone:
        return
    TopFilm.objects.filter(user=user_id, position__in=[*changed, *gone]).delete()
    first = next_revision(user_id=user_id, count=max(len(changed), 1))
    TopFilm.objects.bulk_create(
        TopFilm(user_id=user_id, movie_id=movie, position=at, revision=first + index)
        for index, (at, movie) in enumerate(changed.items())
    )
    unearth(user_id=user_id, kind=KIND, object_ids=changed)
    bury(user_id=user_id, kind=KIND, object_ids=gone)
