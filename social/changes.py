"""What `me/changes` replays of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from social.services.changes import ChangeKind, register_kind

if TYPE_CHECKING:
    from watchly.api.documents import Document


def _entry() -> Document:
    from social.api.serializers.entry import ENTRY

    return ENTRY


def _play() -> Document:
    from social.api.serializers.play import PLAY

    return PLAY


def _follow() -> Document:
    from social.api.serializers.user import FOLLOW_STATE

    return FOLLOW_STATE


def _top_film() -> Document:
    from social.api.serializers.top_film import TOP_FILM

    return TOP_FILM


def _review() -> Document:
    from social.api.serializers.review import REVIEW_CHANGE

    return REVIEW_CHANGE


def _comment() -> Document:
    from social.api.serializers.comment import COMMENT

    return COMMENT


def _list() -> Document:
    from social.api.serializers.movie_list import LIST_CHANGE

    return LIST_CHANGE


def _list_item() -> Document:
    from social.api.serializers.movie_list import LIST_ITEM_CHANGE

    return LIST_ITEM_CHANGE


def register() -> None:
    """For the app's `ready()`. The documents are compiled at the first request for changes."""
    register_kind(ChangeKind("entry", "social_libraryentry", _entry, object_id="movie_id"))
    register_kind(ChangeKind("play", "social_play", _play))
    register_kind(ChangeKind("follow", "social_follow", _follow, object_id="followed_id", owner="follower_id"))
    register_kind(ChangeKind("top_film", "social_topfilm", _top_film, object_id="position"))
    # What a merge of two movies put aside is not there: its words are in the other one.
    register_kind(ChangeKind("review", "social_review", _review, condition="d.merged_into_id IS NULL"))
    register_kind(ChangeKind("comment", "social_comment", _comment))
    register_kind(ChangeKind("list", "social_movielist", _list))
    register_kind(ChangeKind("list_item", "social_listitem", _list_item))
