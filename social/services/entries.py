"""What one person says of one movie: status, stars, favourite, own tags, note. The rules are in docs/library.md."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from social.models import LibraryEntry
from social.services import entry_rules
from social.services.entry_layers import layers
from social.services.entry_visibility import move_review
from social.services.movies import check_known, check_recordable
from social.services.shelf import Shelf, open_shelf

MOST_TAGS = 50


@transaction.atomic
def rate_movie(
    *,
    user_id: int,
    movie_id: int,
    half_stars: int,
    mark_watched: bool = True,
    visibility: str | None = None,
    given_with: str | None = None,
    source_value: Decimal | None = None,
    source_scale: int | None = None,
) -> None:
    """Sets the current rating, 1 to 10 half stars, and (`mark_watched`) makes the movie watched, without a play.

    `visibility` sets that of the entry. `given_with` is the visibility of the review that the stars come from: if it is
    narrower than the entry, others don't see these stars.

    Raises NotFound, Gone or Moved, as every act here that needs the movie.
    """
    shelf, entry = _open(user_id, movie_id)
    if visibility is not None:
        entry.visibility = visibility
    for facts in layers(entry, given_with):
        entry_rules.give_stars(
            facts,
            half_stars,
            shelf.now,
            mark_watched=mark_watched,
            source_value=source_value,
            source_scale=source_scale,
        )
    shelf.close()


@transaction.atomic
def unrate_movie(*, user_id: int, movie_id: int) -> None:
    """Takes the current rating away; the stars of plays, and the status, stay. Without one nothing happens."""
    shelf, entry = _open(user_id, movie_id, new=False)
    for facts in layers(entry):
        entry_rules.take_stars(facts)
    shelf.close()


@transaction.atomic
def set_status(*, user_id: int, movie_id: int, status: str) -> None:
    """Says the status. It makes no play, `watched` neither."""
    shelf, entry = _open(user_id, movie_id)
    for facts in layers(entry):
        entry_rules.say_status(facts, status, shelf.now)
    shelf.close()


@transaction.atomic
def clear_status(*, user_id: int, movie_id: int) -> None:
    """Takes the status back; plays stay."""
    shelf, entry = _open(user_id, movie_id, new=False)
    for facts in layers(entry):
        entry_rules.say_status(facts, None, shelf.now)
    shelf.close()


@transaction.atomic
def set_favorite(*, user_id: int, movie_id: int, favorite: bool) -> None:
    """Makes the movie a favourite, or one no longer."""
    shelf, entry = _open(user_id, movie_id, new=favorite)
    entry_rules.mark_favorite(entry, favorite, shelf.now)
    shelf.close()


@transaction.atomic
def show_review_stars(*, user_id: int, movie_id: int, half_stars: int, visibility_before: str, visibility: str) -> None:
    """A review with these stars has another visibility now: others see the stars in the entry accordingly."""
    shelf = open_shelf(user_id=user_id, movie_ids=[movie_id])
    if shelf.entries[movie_id].pk:
        move_review(shelf.entries[movie_id], half_stars, visibility_before, visibility)
    shelf.close()


class _Unchanged:
    """Stands for what was not said, where None says something."""


UNCHANGED = _Unchanged()


@transaction.atomic
def describe_entry(
    *,
    user_id: int,
    movie_id: int,
    tags: Iterable[str] | None = None,
    note: str | _Unchanged | None = UNCHANGED,
    visibility: str | None = None,
) -> None:
    """Sets what is given of the user's own tags, note (None takes it away) and visibility.

    A movie that was withdrawn can still be described by those who have it. Raises what `rate_movie` does. A visibility
    alone, of a movie that the user has nothing of, says nothing and is not kept.
    """
    shelf = open_shelf(user_id=user_id, movie_ids=[movie_id])
    state = shelf.states.get(movie_id)
    if state is None or not shelf.entries[movie_id].pk:
        check_recordable(movie_id=movie_id, state=state, user_id=user_id)
    else:
        check_known(movie_id=movie_id, state=state)
    entry = shelf.entries[movie_id]
    if tags is not None:
        entry.tags = list(tags)
    if not isinstance(note, _Unchanged):
        entry.note = note
    if visibility is not None:
        entry.visibility = visibility
    shelf.close()


def _open(user_id: int, movie_id: int, *, new: bool = True) -> tuple[Shelf, LibraryEntry]:
    """The shelf and entry of one movie. What is `new` takes a movie of the catalogue, the rest one that was."""
    shelf = open_shelf(user_id=user_id, movie_ids=[movie_id])
    state = shelf.states.get(movie_id)
    if new:
        check_recordable(movie_id=movie_id, state=state, user_id=user_id)
    else:
        check_known(movie_id=movie_id, state=state)
    return shelf, shelf.entries[movie_id]
