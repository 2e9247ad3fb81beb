"""What others see of an entry once its own visibility, or that of a play or review of its movie, changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from social.models import LibraryEntry, Play, Review
from social.services import entry_rules
from social.services.entry_layers import SHOWN, ShownFacts, covers, is_wider
from watchly.common.visibility import Visibility

_WATCHED = LibraryEntry.Status.WATCHED


def move_play(
    entry: LibraryEntry,
    play: Play,
    visibility_before: str,
    half_stars_before: int | None,
    plays: Collection[Play],
    now: datetime,
) -> None:
    """The visibility of a play has changed, and with it perhaps its stars. `plays` are all plays of the movie as they
    are now.
    """
    shown, covered = ShownFacts(entry), covers(visibility_before, entry)
    if covers(play.visibility, entry) == covered:
        return
    wide = [each for each in plays if covers(each.visibility, entry)]
    if covered:
        _hide_stars(shown, half_stars_before)
        entry_rules.recount_plays(shown, wide)
        if not wide:
            entry_rules.lose_last_play(shown, None, now)
        return
    entry_rules.add_play(shown, play.watched_at, now)
    entry_rules.recount_plays(shown, wide)
    _show_stars(entry, play.half_stars)


def move_review(entry: LibraryEntry, half_stars: int, visibility_before: str, visibility: str) -> None:
    """The visibility of a review with stars has changed."""
    shown, covered = ShownFacts(entry), covers(visibility_before, entry)
    if covers(visibility, entry) == covered:
        return
    if not covered:
        _show_stars(entry, half_stars)
        if entry.status == _WATCHED:
            shown.status = shown.status_before = _WATCHED
        return
    _hide_stars(shown, half_stars)
    # Whether the review or its author made the movie watched is not stored, so neither shows.
    if shown.status_before == _WATCHED:
        shown.status_before = None
    if shown.status == _WATCHED and not shown.plays:
        shown.status = None


def move_entry(entry: LibraryEntry, visibility_before: str) -> None:
    """The visibility of the entry itself has changed: what is narrower than it now stays behind."""
    shown = ShownFacts(entry)
    plays = list(Play.objects.filter(user=entry.user_id, movie=entry.movie_id))
    reviews = Review.objects.there().filter(user=entry.user_id, movie=entry.movie_id, half_stars__isnull=False)
    review = reviews.first()
    wide = [play for play in plays if covers(play.visibility, entry)]
    review_is_wide = review is not None and covers(review.visibility, entry)
    wide_stars = {play.half_stars for play in wide} | ({review.half_stars} if review and review_is_wide else set())
    # Stars that others neither saw before nor see in a play or review may come from a narrower one that was deleted.
    stars_may_show = (
        visibility_before == Visibility.PRIVATE
        or shown.half_stars == entry.half_stars
        or entry.half_stars in wide_stars - {None}
    )
    if len(wide) == len(plays) and (review is None or review_is_wide):
        kept = shown.half_stars, shown.rated_at
        for own, column in SHOWN.items():
            setattr(entry, column, getattr(entry, own))
        if not stars_may_show:
            shown.half_stars, shown.rated_at = kept
        return
    all_stars = {play.half_stars for play in plays} | ({review.half_stars} if review else set())
    if stars_may_show and entry.half_stars not in all_stars - wide_stars:
        shown.half_stars, shown.rated_at = entry.half_stars, entry.rated_at
    elif is_wider(entry.visibility, visibility_before):
        entry_rules.take_stars(shown)
    entry_rules.recount_plays(shown, wide)
    if entry.status != _WATCHED or wide or review_is_wide:
        shown.status, shown.status_before = entry.status, entry.status_before
        if review is not None and not review_is_wide and shown.status_before == _WATCHED:
            shown.status_before = None
    else:
        by_review = review is not None and entry.status_before == _WATCHED
        shown.status = shown.status_before = None if by_review else entry.status_before


def _hide_stars(shown: ShownFacts, half_stars: int | None) -> None:
    if half_stars is not None and shown.half_stars == half_stars:
        entry_rules.take_stars(shown)


def _show_stars(entry: LibraryEntry, half_stars: int | None) -> None:
    """Stars of what has become wide enough show if they are still the current rating."""
    if half_stars is not None and entry.half_stars == half_stars:
        entry.shown_half_stars, entry.shown_rated_at = entry.half_stars, entry.rated_at
