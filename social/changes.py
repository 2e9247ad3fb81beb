"""What `me/changes` replays of each kind."""

from __future__ import annotations

from social.services.changes import ChangeKind, register_kind


def _entry() -> str:
    from social.api.serializers.entry import ENTRY

    return ENTRY.expression()


def _play() -> str:
    from social.api.serializers.play import PLAY

    return PLAY.expression()


def _top_film() -> str:
    from social.api.serializers.top_film import TOP_FILM

    return TOP_FILM.expression()


def register() -> None:
    """For the app's `ready()`. The documents are compiled when somebody asks."""
    register_kind(ChangeKind("entry", "social_libraryentry", _entry, object_id="movie_id"))
    register_kind(ChangeKind("play", "social_play", _play))
    register_kind(ChangeKind("top_film", "social_topfilm", _top_film, object_id="position"))
