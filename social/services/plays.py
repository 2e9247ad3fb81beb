"""Viewings: added, changed, deleted, and what each does to the entry of the movie. The rules are in docs/library.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from social.models import Block, Follow, Play
from social.services import entry_rules
from social.services.entry_layers import ShownFacts, covers, layers
from social.services.entry_visibility import move_play
from social.services.movies import check_known, check_recordable
from social.services.revisions import bury, next_revision
from social.services.shelf import PLAY, Shelf, open_shelf
from social.services.zones import UNKNOWN, Moment
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation

MOST_COMPANIONS = 20
CHANGEABLE = ("half_stars", "note", "place", "visibility")


@transaction.atomic
def add_play(
    *,
    user_id: int,
    movie_id: int,
    when: Moment = UNKNOWN,
    half_stars: int | None = None,
    note: str | None = None,
    place: str | None = None,
    companions: Sequence[str] = (),
    visibility: str | None = None,
    source: str = "api",
    source_key: str | None = None,
) -> tuple[int, bool]:
    """Adds a viewing; returns its id and whether it is new. It makes the movie watched, and its stars, if it is the
    latest, become the current rating.

    A `source_key` names it where it came from: the same one again adds nothing, and with another movie it raises
    Conflict. `companions` are usernames of people whom the user follows. Without a visibility it has that of the entry.
    Raises NotFound, Gone, Moved, RuleViolation.
    """
    shelf = open_shelf(user_id=user_id, movie_ids=[movie_id], revisions=2)
    known: Play | None = None
    if source_key is not None:
        known = Play.objects.filter(user=user_id, source=source, source_key=source_key).first()
        if known is not None and known.movie_id == movie_id:
            return known.pk, False
    check_recordable(movie_id=movie_id, state=shelf.states.get(movie_id), user_id=user_id)
    if known is not None:
        detail = f"source_key {source_key!r} names play {known.pk} of movie {known.movie_id}: use another key."
        raise Conflict(detail, code="source_key_used", errors=[FieldError("/source_key", "source_key_used", detail)])
    people = _companions(user_id, companions)
    entry = shelf.entries[movie_id]
    if visibility is not None and not entry.pk:
        entry.visibility = visibility
    play = Play.objects.create(
        user_id=user_id,
        movie_id=movie_id,
        half_stars=half_stars,
        note=note,
        place=place,
        visibility=visibility or entry.visibility,
        source=source,
        source_key=source_key,
        revision=shelf.revision(),
        **vars(when),
    )
    if people:
        play.companions.set(people)
    for facts in layers(entry, play.visibility):
        if half_stars is not None and is_latest(play, facts):
            entry_rules.give_stars(facts, half_stars, shelf.now)
        entry_rules.add_play(facts, when.watched_at, shelf.now)
    shelf.play_changed(play, visibility_before=None)
    shelf.close()
    return play.pk, True


@transaction.atomic
def change_play(
    *,
    user_id: int,
    play_id: int,
    values: Mapping[str, Any],
    when: Moment | None = None,
    companions: Sequence[str] | None = None,
) -> None:
    """Changes what is given (see `CHANGEABLE`) of a viewing. New stars, or a new moment, of what is then the latest
    play set the current rating. Raises NotFound, RuleViolation."""
    shelf, play = _open(user_id, play_id, revisions=2)
    visibility_before, half_stars_before = play.visibility, play.half_stars
    fields = {name: values[name] for name in CHANGEABLE if name in values}
    if when is not None:
        fields |= vars(when)
    changed = {name for name, value in fields.items() if getattr(play, name) != value}
    for name in changed:
        setattr(play, name, fields[name])
    if "half_stars" in changed:
        play.source_value = play.source_scale = None
    people = None if companions is None else _companions(user_id, companions)
    moved = people is not None and set(people) != set(play.companions.values_list("pk", flat=True))
    if not changed and not moved:
        return
    play.revision = shelf.revision()
    play.save()
    if moved:
        play.companions.set(people or ())
    entry = shelf.entries[play.movie_id]
    if changed & {"half_stars", "watched_at", "precision", "visibility"}:
        plays = list(Play.objects.filter(user=user_id, movie=play.movie_id))
        if "visibility" in changed:
            move_play(entry, play, visibility_before, half_stars_before, plays, shelf.now)
        if changed != {"visibility"}:
            for facts in layers(entry, play.visibility):
                counted = plays if facts is entry else [each for each in plays if covers(each.visibility, entry)]
                entry_rules.recount_plays(facts, counted)
                if play.half_stars is not None and entry_rules.latest(counted) == play:
                    entry_rules.give_stars(facts, play.half_stars, shelf.now)
    shelf.play_changed(play, visibility_before=visibility_before)
    shelf.close()


@transaction.atomic
def delete_play(*, user_id: int, play_id: int, status: str | None = None) -> None:
    """Deletes a viewing. Was it the last one of the movie, the status is `status` from then on, else (None) what it was
    before. The current rating stays. Raises NotFound."""
    shelf, play = _open(user_id, play_id, revisions=2)
    entry = shelf.entries[play.movie_id]
    shelf.play_changed(play, visibility_before=play.visibility, gone=True)
    bury(user_id=user_id, kind=PLAY, object_ids=[play.pk])
    Play.objects.filter(pk=play.pk).delete()
    left = list(Play.objects.filter(user=user_id, movie=play.movie_id).only("watched_at", "visibility"))
    entry_rules.recount_plays(entry, left)
    if not left:
        entry_rules.lose_last_play(entry, status, shelf.now)
    shown, wide = ShownFacts(entry), [each for each in left if covers(each.visibility, entry)]
    entry_rules.recount_plays(shown, wide)
    if not wide and (covers(play.visibility, entry) or (status and not left)):
        entry_rules.lose_last_play(shown, None if left else status, shelf.now)
    shelf.close()


@transaction.atomic
def forget_companion(*, user_id: int) -> None:
    """Takes a user out of others' viewings, which change by that: clients of theirs hear of it."""
    plays = list(Play.objects.filter(companions=user_id).order_by("user", "pk"))
    for owner in sorted({play.user_id for play in plays}):
        changed = [play for play in plays if play.user_id == owner]
        first = next_revision(user_id=owner, count=len(changed))
        for at, play in enumerate(changed):
            play.revision, play.updated_at = first + at, timezone.now()
        Play.objects.bulk_update(changed, ["revision", "updated_at"])
    Play.companions.through.objects.filter(user=user_id).delete()


def _open(user_id: int, play_id: int, *, revisions: int) -> tuple[Shelf, Play]:
    own = Play.objects.filter(user=user_id, pk=play_id)
    movie_id = own.values_list("movie_id", flat=True).first()
    if movie_id is None:
        raise NotFound(f"There is no play {play_id} of yours.")
    shelf = open_shelf(user_id=user_id, movie_ids=[movie_id], revisions=revisions)
    play = own.first()
    if play is None:
        raise NotFound(f"There is no play {play_id} of yours.")
    if play.movie_id != movie_id:  # its movie was merged into another meanwhile
        shelf.add([play.movie_id])
    check_known(movie_id=play.movie_id, state=shelf.states[play.movie_id])
    return shelf, play


def is_latest(play: Play, entry: entry_rules.Facts) -> bool:
    """Whether a play that was just stored is the latest. The entry does not count it yet."""
    if play.watched_at is None:
        return entry.last_watched_at is None
    return entry.last_watched_at is None or play.watched_at >= entry.last_watched_at


def _companions(user_id: int, usernames: Sequence[str]) -> list[int]:
    """The ids of these people. Raises RuleViolation for whom the user does not follow, or is not there."""
    if not usernames:
        return []
    blocks = Block.objects.filter(Q(blocker=user_id) | Q(blocked=user_id)).values_list("blocker", "blocked")
    hidden = {each for pair in blocks for each in pair}
    follows = Follow.objects.filter(
        follower=user_id, state=Follow.State.ACCEPTED, followed__in=User.objects.shown().values("pk")
    )
    wanted = {name.lower() for name in usernames}
    names = (
        follows.annotate(name=Lower("followed__username")).filter(name__in=wanted).values_list("name", "followed_id")
    )
    known = {name: followed for name, followed in names if followed not in hidden}
    errors = [
        FieldError(f"/companions/{at}", "not_followed", f"You follow nobody called {name[:150]!r}.")
        for at, name in enumerate(usernames)
        if name.lower() not in known
    ]
    if errors:
        raise RuleViolation("Companions are people whom you follow.", errors=errors)
    return [known[name] for name in wanted]
