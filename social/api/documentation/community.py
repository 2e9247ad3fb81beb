"""People, what they did, and what one is told."""

from __future__ import annotations

from typing import Any

from movies.api.documentation.examples import MOVIE
from social.api.documentation.examples import stream
from social.api.serializers.feed import FeedGroupSerializer
from social.api.serializers.notification import NotificationSerializer, ReadInputSerializer, UnreadSerializer
from social.api.serializers.user import (
    BlockSerializer,
    FollowerSerializer,
    FollowingSerializer,
    FollowRequestSerializer,
    ShownProfileSerializer,
    SuggestedUserSerializer,
    UserCardSerializer,
)
from social.api.views.feed import FeedViewSet
from social.api.views.notifications import InboxViewSet, NotificationViewSet
from social.api.views.users import (
    BlocksViewSet,
    BlockView,
    FollowersViewSet,
    FollowerView,
    FollowingViewSet,
    FollowRequestViewSet,
    FollowView,
    ProfileViewSet,
    SuggestedUsersView,
    UserViewSet,
)
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG, FEED = "community", "feed"
_AT = "2026-02-08T06:10:00.000000Z"
CARD: dict[str, Any] = {"id": 12, "username": "ada", "display_name": "Ada Example", "avatar_url": None}
PROFILE: dict[str, Any] = {
    **CARD,
    "bio": "Heists, mostly.",
    "location": "Turin",
    "links": [{"title": "My pages", "url": "https://ada.example"}],
    "visibility": "public",
    "followers_count": 31,
    "following_count": 12,
    "date_joined": _AT,
    "open": True,
    "relation": {"following": "accepted", "followed_by": False},
}
MOVIE_NAME = {name: MOVIE[name] for name in ("id", "slug", "title", "year", "poster_url")}
GROUP: dict[str, Any] = {
    "id": 9001,
    "verb": "rated",
    "user": CARD,
    "count": 5,
    "items": [{"movie": MOVIE_NAME, "user": None, "target": None, "stars": 4.5, "at": _AT}],
    "at": _AT,
}
LINE: dict[str, Any] = {
    "id": 77,
    "kind": "like",
    "target": {"kind": "review", "id": 5, "title": None, "excerpt": "A duel in a diner.", "spoiler": False},
    "movie": MOVIE_NAME,
    "actors": [CARD],
    "count": 1,
    "read_at": None,
    "created_at": _AT,
    "updated_at": _AT,
}
USERNAME = {"username": {"schema": {"type": "string"}, "description": "Whatever its case.", "example": "ada"}}


def _page(says: str, shape: Any, one: dict[str, Any]) -> tuple[Answer, ...]:
    return (Answer(says=says, shape=shape, page=True, example=stream(one)),)


document(
    UserViewSet,
    list=Operation(
        id="listUsers",
        tag=TAG,
        summary="Find people",
        description="By the beginning of a username or words of a display name. Nobody whom you block, or who blocks "
        "you, is among them.",
        answers=(
            Answer(
                says="A page of people.",
                shape=UserCardSerializer,
                page=True,
                example={"count": 1, "count_exact": True, "next": None, "previous": None, "results": [CARD]},
            ),
        ),
        cached=True,
    ),
)
document(
    ProfileViewSet,
    retrieve=Operation(
        id="getUser",
        tag=TAG,
        summary="Read a profile",
        description="What its owner has not opened to you is null, and `open` false; following can be asked for all "
        "the same. `relation` says how you stand to each other.",
        path=USERNAME,
        answers=(Answer(says="The profile.", shape=ShownProfileSerializer, example=PROFILE),),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    FollowView,
    put=Operation(
        id="followUser",
        tag=TAG,
        summary="Follow somebody",
        description="Or ask to, where the profile is not public: the state is then `requested` until they accept.",
        path=USERNAME,
        answers=(
            Answer(
                says="You follow, or have asked.",
                shape={
                    "type": "object",
                    "required": ["state"],
                    "properties": {"state": {"type": "string", "enum": ["requested", "accepted"]}},
                },
                example={"state": "accepted"},
            ),
        ),
        problems=("daily_limit", "not_found", "oneself"),
    ),
    delete=Operation(
        id="unfollowUser",
        tag=TAG,
        summary="Follow somebody no more",
        description="Or take the request back.",
        path=USERNAME,
        answers=(Answer(status=204, says="You do not follow."),),
        problems=("not_found",),
    ),
)
document(
    BlockView,
    put=Operation(
        id="blockUser",
        tag=TAG,
        summary="Block somebody",
        description="Neither of you follows the other any more, and neither finds anything of the other anywhere.",
        path=USERNAME,
        answers=(Answer(status=204, says="They are blocked."),),
        problems=("not_found", "oneself"),
    ),
    delete=Operation(
        id="unblockUser",
        tag=TAG,
        summary="Take a block back",
        description="Who followed whom before is not restored.",
        path=USERNAME,
        answers=(Answer(status=204, says="They are not blocked."),),
        problems=("not_found",),
    ),
)
document(
    FollowersViewSet,
    list=Operation(
        id="listFollowers",
        tag=TAG,
        summary="List who follows somebody",
        path=USERNAME,
        answers=_page("Their followers.", FollowerSerializer, {"user": CARD, "since": _AT}),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    FollowingViewSet,
    list=Operation(
        id="listFollowing",
        tag=TAG,
        summary="List whom somebody follows",
        path=USERNAME,
        answers=_page("Whom they follow.", FollowingSerializer, {"user": CARD, "since": _AT}),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    FollowerView,
    delete=Operation(
        id="removeFollower",
        tag=TAG,
        summary="Make somebody follow you no more",
        path=USERNAME,
        answers=(Answer(status=204, says="They do not follow you."),),
        problems=("not_found",),
    ),
)
document(
    FollowRequestViewSet,
    list=Operation(
        id="listFollowRequests",
        tag=TAG,
        summary="List who asks to follow you",
        answers=_page("The requests.", FollowRequestSerializer, {"id": 8, "user": CARD, "created_at": _AT}),
        cached=True,
    ),
    accept=Operation(
        id="acceptFollowRequest",
        tag=TAG,
        summary="Let somebody follow you",
        answers=(
            Answer(
                says="They follow you.",
                shape={
                    "type": "object",
                    "required": ["state"],
                    "properties": {"state": {"type": "string", "enum": ["accepted"]}},
                },
                example={"state": "accepted"},
            ),
        ),
        problems=("not_found",),
    ),
    decline=Operation(
        id="declineFollowRequest",
        tag=TAG,
        summary="Do not let somebody follow you",
        description="They are not told.",
        answers=(Answer(status=204, says="The request is gone."),),
        problems=("not_found",),
    ),
)
document(
    BlocksViewSet,
    list=Operation(
        id="listBlocks",
        tag=TAG,
        summary="List whom you have blocked",
        answers=_page("Whom you have blocked.", BlockSerializer, {"user": CARD, "since": _AT}),
        cached=True,
    ),
)
document(
    SuggestedUsersView,
    list=Operation(
        id="suggestUsers",
        tag=TAG,
        summary="Find people whom you may know",
        description="Those whom the people you follow follow, and those who love the same films.",
        query={"limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 10, "description": "How many."}},
        answers=(
            Answer(
                says="Public profiles that you do not follow yet, the likeliest first.",
                shape=SuggestedUserSerializer,
                results=True,
                example={"results": [{"user": CARD, "friends_count": 3, "movies_count": 7}]},
            ),
        ),
        cached=True,
    ),
)
document(
    FeedViewSet,
    list=Operation(
        id="listFeed",
        tag=FEED,
        summary="Read what those whom you follow did",
        description="Grouped: what one person does of one kind within six hours stands together, in one place, however "
        "much joins it. What you may not see is not there.",
        answers=_page("Groups, the newest first.", FeedGroupSerializer, GROUP),
        cached=True,
    ),
)
document(
    NotificationViewSet,
    list=Operation(
        id="listNotifications",
        tag=FEED,
        summary="Read what you are told",
        description="A line holds all of one kind about one thing, until it is read.",
        answers=_page("Lines, the newest first.", NotificationSerializer, LINE),
        cached=True,
    ),
)
document(
    InboxViewSet,
    unread=Operation(
        id="countNotifications",
        tag=FEED,
        summary="Count the unread lines",
        answers=(Answer(says="How many.", shape=UnreadSerializer, example={"unread": 3}),),
    ),
    read=Operation(
        id="readNotifications",
        tag=FEED,
        summary="Mark lines as read",
        description="Those of these ids, or without ids all.",
        body={JSON: Body(shape=ReadInputSerializer, examples={"some": {"ids": [77]}, "all": {}})},
        body_optional=True,
        answers=(Answer(says="How many are unread now.", shape=UnreadSerializer, example={"unread": 0}),),
    ),
)
