"""Up to 500 movies of one library in one call, in a number of statements that does not depend on theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from movies.models import Movie, Suggestion
from social.models import Play
from social.services import entry_rules
from social.services.entry_layers import layers
from social.services.plays import is_latest
from social.services.shelf import Shelf, open_shelf
from social.services.zones import Moment

MOST_ITEMS = 500
IDS = ("id", "imdb_id", "tmdb_id", "wikidata_id")
State = Movie.State

# What each of these ids means today: a merged movie is the one that it lives on in.
_FOUND = """
WITH RECURSIVE meant AS (
    SELECT m.id, m.merged_into_id FROM unnest(%(id)s::bigint[]) AS i(id) JOIN movies_movie m ON m.id = i.id
    UNION SELECT m.id, m.merged_into_id
    FROM unnest(%(imdb_id)s::varchar[]) AS i(id) JOIN movies_movie m ON m.imdb_id = i.id
    UNION SELECT m.id, m.merged_into_id
    FROM unnest(%(tmdb_id)s::int[]) AS i(id) JOIN movies_movie m ON m.tmdb_id = i.id
    UNION SELECT m.id, m.merged_into_id
    FROM unnest(%(wikidata_id)s::varchar[]) AS i(id) JOIN movies_movie m ON m.wikidata_id = i.id
), chain AS (
    SELECT id AS start, id, merged_into_id FROM meant
    UNION ALL SELECT c.start, m.id, m.merged_into_id FROM chain c JOIN movies_movie m ON m.id = c.merged_into_id
)
SELECT c.id, m.id, m.imdb_id, m.tmdb_id, m.wikidata_id
FROM chain c JOIN movies_movie m ON m.id = c.start WHERE c.merged_into_id IS NULL
"""


class Outcome(StrEnum):
    """What became of an item."""

    ADDED = "added"  # it was not in the library
    UPDATED = "updated"
    EXISTING = "existing"  # all of it was so already
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class LibraryItem:
    """What is said of one movie, which is named by one of `IDS`. What is None is not said."""

    id_name: str
    id_value: int | str
    status: str | None = None
    half_stars: int | None = None
    favorite: bool | None = None
    when: Moment | None = None


@transaction.atomic
def write_library(*, user_id: int, items: Sequence[LibraryItem]) -> list[Outcome]:
    """Does what each item says, in their order, and returns what became of each.

    `when` is a play, unless there is one of that moment; stars belong to it then. A status that is said stands at the
    end, whatever the rest would make of it.
    """
    found = _find(items)
    shelf = open_shelf(user_id=user_id, movie_ids=found.values(), revisions=len(items))
    allowed = _recordable(shelf)
    plays = _Plays(shelf)
    outcomes = []
    there = {movie_id for movie_id, entry in shelf.entries.items() if entry.pk}
    for item in items:
        movie_id = found.get((item.id_name, item.id_value))
        if movie_id is None or movie_id not in allowed:
            outcomes.append(Outcome.NOT_FOUND)
            continue
        changed = _write(shelf, plays, movie_id, item)
        new = movie_id not in there and not entry_rules.is_blank(shelf.entries[movie_id])
        outcomes.append(Outcome.ADDED if new else Outcome.UPDATED if changed else Outcome.EXISTING)
        if new:
            there.add(movie_id)
    plays.store()
    shelf.close()
    return outcomes


def _find(items: Iterable[LibraryItem]) -> dict[tuple[str, int | str], int]:
    """The movie that each id means."""
    wanted: dict[str, set[int | str]] = {name: set() for name in IDS}
    for item in items:
        wanted[item.id_name].add(item.id_value)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, {name: list(values) for name, values in wanted.items()})
        rows = cursor.fetchall()
    return {
        (name, value): movie_id
        for movie_id, *values in rows
        for name, value in zip(IDS, values, strict=True)
        if value is not None
    }


def _recordable(shelf: Shelf) -> set[int]:
    """The movies that this user can write about: what is in the catalogue, drafts that they see, and what they have
    recorded already."""
    drafts = [movie_id for movie_id, state in shelf.states.items() if state == State.DRAFT]
    seen: set[int] = set()
    if drafts:
        user = get_user_model()._default_manager.get(pk=shelf.user_id)
        own = Suggestion.objects.filter(movie__in=drafts, suggested_by=shelf.user_id)
        seen = set(drafts if user.has_perm("movies.change_movie") else own.values_list("movie_id", flat=True))
    return {
        movie_id
        for movie_id, state in shelf.states.items()
        if state == State.PUBLISHED or movie_id in seen or (state == State.WITHDRAWN and shelf.entries[movie_id].pk)
    }


def _write(shelf: Shelf, plays: _Plays, movie_id: int, item: LibraryItem) -> bool:
    """Returns whether anything changed."""
    entry = shelf.entries[movie_id]
    before = shelf.facts(movie_id)
    play_changed = False
    if item.when is not None:
        play_changed = plays.add(movie_id, item.when, item.half_stars)
    elif item.half_stars is not None:
        for facts in layers(entry):
            entry_rules.give_stars(facts, item.half_stars, shelf.now, mark_watched=item.status is None)
    if item.favorite is not None:
        entry_rules.mark_favorite(entry, item.favorite, shelf.now)
    for facts in layers(entry) if item.status is not None else ():
        if facts.status != item.status:
            entry_rules.say_status(facts, item.status, shelf.now)
    return play_changed or shelf.facts(movie_id) != before


class _Plays:
    """The plays of a batch: those that there are, and those to be stored at the end."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[tuple[int, object, str], Play] | None = None
        self._new: list[Play] = []
        self._rated: list[Play] = []

    def add(self, movie_id: int, when: Moment, half_stars: int | None) -> bool:
        """Adds a play, or gives stars to the one that there is; returns whether that changed anything."""
        key = (movie_id, when.watched_at, when.precision)
        entry = self._shelf.entries[movie_id]
        play = self._there().get(key)
        if play is None:
            play = Play(
                user_id=self._shelf.user_id,
                movie_id=movie_id,
                half_stars=half_stars,
                visibility=entry.visibility,
                **vars(when),
            )
            self._there()[key] = play
            self._new.append(play)
            rated = [facts for facts in layers(entry, play.visibility) if is_latest(play, facts)]
            for facts in layers(entry, play.visibility):
                entry_rules.add_play(facts, when.watched_at, self._shelf.now)
        elif half_stars is None or play.half_stars == half_stars:
            return False
        else:
            play.half_stars, play.source_value, play.source_scale = half_stars, None, None
            if play.pk and play not in self._rated:
                self._rated.append(play)
            rated = [facts for facts in layers(entry, play.visibility) if is_latest(play, facts)]
        if half_stars is not None:
            for facts in rated:
                entry_rules.give_stars(facts, half_stars, self._shelf.now)
        return True

    def _there(self) -> dict[tuple[int, object, str], Play]:
        if self._known is None:
            stored = Play.objects.filter(user=self._shelf.user_id, movie__in=list(self._shelf.entries)).order_by("pk")
            self._known = {(play.movie_id, play.watched_at, play.precision): play for play in stored}
        return self._known

    def store(self) -> None:
        """Writes them, with a revision each."""
        if not self._new and not self._rated:
            return
        self._shelf.reserve(len(self._new) + len(self._rated))
        for play in (*self._new, *self._rated):
            play.revision = self._shelf.revision()
            play.updated_at = self._shelf.now
        Play.objects.bulk_create(self._new)
        Play.objects.bulk_update(self._rated, ["half_stars", "source_value", "source_scale", "revision", "updated_at"])
        for play in self._new:
            self._shelf.play_changed(play, visibility_before=None)
        for play in self._rated:
            self._shelf.play_changed(play, visibility_before=play.visibility)
