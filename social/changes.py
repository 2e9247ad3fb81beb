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


def _review() -> str:
    from social.api.serializers.review import REVIEW_CHANGE

    return REVIEW_CHANGE.expression()


def _comment() -> str:
    from social.api.serializers.comment import COMMENT

    return COMMENT.expression()


def _list() -> str:
    from social.api.serializers.movie_list import LIST_CHANGE

    return LIST_CHANGE.expression()


def _list_item() -> str:
    from social.api.serializers.movie_list import LIST_ITEM_CHANGE

    return LIST_ITEM_CHANGE.expression()


def register() -> None:
    """For the app's `ready()`. The documents are compiled when somebody asks."""
    register_kind(ChangeKind("entry", "social_libraryentry", _entry, object_id="movie_id"))
    register_kind(ChangeKind("play", "social_play", _play))
    register_kind(ChangeKind("top_film", "social_topfilm", _top_film, object_id="position"))
    # What a merge of two movies put aside is not there: its words are in the other one.
    register_kind(ChangeKind("review", "social_review", _review, condition="d.merged_into_id IS NULL"))
    register_kind(ChangeKind("comment", "social_comment", _comment))
    register_kind(ChangeKind("list", "social_movielist", _list))
    register_kind(ChangeKind("list_item", "social_listitem", _list_item))
