"""What followers are told of a library: what was watched lately, rated, and made a favourite."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from social.models import Verb
from social.services.activities import Thing, record_activities
from social.signals import EntryChange, LibraryChanges, PlayChange, library_changed
from watchly.common.visibility import Visibility

# A viewing of long ago that is written down today is no news, and neither is a whole history that is brought along.
RECENT = timedelta(days=14)


def _changed(*, changes: LibraryChanges, **kwargs: Any) -> None:
    for verb, things in (
        (Verb.WATCHED, [_watched(play) for play in changes.plays]),
        (Verb.RATED, [_rated(entry) for entry in changes.entries]),
        (Verb.FAVORITED, [_favorited(entry) for entry in changes.entries]),
    ):
        told = [thing for thing in things if thing is not None]
        if told:
            record_activities(actor_id=changes.user_id, verb=verb, things=told)


def _watched(change: PlayChange) -> Thing | None:
    play = change.play
    if play is None:
        seen_before = change.visibility_before not in (None, Visibility.PRIVATE)
        return Thing(Visibility.PRIVATE, movie_id=change.movie_id, object_id=change.play_id) if seen_before else None
    lately = play.watched_at is not None and abs(timezone.now() - play.watched_at) < RECENT
    if change.visibility_before is None and not lately:
        return None
    return Thing(
        play.visibility if lately else Visibility.PRIVATE,
        movie_id=play.movie_id,
        object_id=play.pk,
        half_stars=play.half_stars,
    )


def _rated(change: EntryChange) -> Thing | None:
    before, after = change.before or {}, change.after or {}
    half_stars = after.get("shown_half_stars")  # what the entry shows to others
    if half_stars is None:
        told = before.get("shown_half_stars") is not None and before.get("visibility") != Visibility.PRIVATE
        return Thing(Visibility.PRIVATE, movie_id=change.movie_id) if told else None
    same = before.get("shown_half_stars") == half_stars and before.get("visibility") == after["visibility"]
    return None if same else Thing(after["visibility"], movie_id=change.movie_id, half_stars=half_stars)


def _favorited(change: EntryChange) -> Thing | None:
    before, after = change.before or {}, change.after or {}
    if not after.get("favorite"):
        return Thing(Visibility.PRIVATE, movie_id=change.movie_id) if before.get("favorite") else None
    same = before.get("favorite") and before.get("visibility") == after["visibility"]
    return None if same else Thing(after["visibility"], movie_id=change.movie_id)


def connect() -> None:
    """Listens. Once, in the app's `ready()`."""
    library_changed.connect(_changed, dispatch_uid="social.activities")
