"""What looks across: search, what is like a movie, what others see of somebody, and sharing."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples as catalogue
from movies.api.documentation.movies import ID_OR_SLUG
from social.api.documentation.community import CARD, USERNAME
from social.api.documentation.examples import MOVIE_CARD, stream
from social.api.serializers.share_link import (
    MadeShareLinkSerializer,
    OpenedSerializer,
    ShareLinkInputSerializer,
    ShareLinkSerializer,
)
from social.api.serializers.shown import (
    FriendEntrySerializer,
    ShownEntrySerializer,
    ShownPlaySerializer,
    StatisticsSerializer,
)
from social.api.views.across import (
    FoundSerializer,
    MovieAcrossViewSet,
    ReasonedMovieSerializer,
    SearchView,
    SharedSerializer,
    UserShareViewSet,
)
from social.api.views.share_links import SharedView, ShareLinkViewSet
from social.api.views.shown import (
    FriendsViewSet,
    ShownFavoriteViewSet,
    ShownHistoryViewSet,
    ShownLibraryViewSet,
    ShownStatisticsView,
)
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG, SHARING = "community", "sharing"
_AT = "2026-02-08T06:10:00.000000Z"
_SEEN = {"status": "watched", "stars": 4.5, "rated_at": _AT, "favorite": True}
_ENTRY = {"movie": MOVIE_CARD, **_SEEN, "favorited_at": _AT}
_PLAY = {
    "id": 4711,
    "movie": MOVIE_CARD,
    "watched_at": _AT,
    "watched_on": "2026-02-07",
    "precision": "exact",
    "stars": 4.5,
}
_LINK: dict[str, Any] = {
    "id": 3,
    "kind": "play",
    "object_id": 4711,
    "expires_at": "2026-03-08T06:10:00.000000Z",
    "most_uses": 10,
    "uses": 0,
    "revoked_at": None,
    "created_at": _AT,
}
_SHARED = {
    "url": "https://films.example/movies/heat-1995",
    "title": "Heat (1995)",
    "text": "Heat (1995) https://films.example/movies/heat-1995",
    "card": {
        "og:title": "Heat (1995)",
        "og:description": "A detective of Los Angeles and a thief come to know each other.",
        "og:type": "video.movie",
        "og:url": "https://films.example/movies/heat-1995",
        "og:image": None,
        "og:site_name": "Watchly",
        "twitter:card": "summary",
    },
}
_LIMIT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 20, "description": "How many of each."}

document(
    SearchView,
    list=Operation(
        id="search",
        tag=TAG,
        summary="Search films, people, users and lists at once",
        query={
            "q": {"type": "string", "minLength": 1, "maxLength": 200, "required": True, "example": "mann",
                  "description": "What to look for."},
            "limit": {**_LIMIT, "default": 5},
            "expand": {"type": "string", "enum": ["me"], "example": "me",
                       "description": "Embed in each film what it is to the caller."},
        },
        answers=(
            Answer(
                says="What was found, the best first.",
                shape=FoundSerializer,
                example={"movies": [catalogue.SUGGESTION], "people": [catalogue.PERSON], "users": [CARD], "lists": []},
            ),
        ),
        cached=True,
    ),
)  # fmt: skip
document(
    MovieAcrossViewSet,
    similar=Operation(
        id="listSimilarMovies",
        path={"id": ID_OR_SLUG},
        tag="movies",
        summary="List films like one",
        description="By who made them, what they are part of, and what kind they are; each with its reasons.",
        query={"limit": {**_LIMIT, "description": "How many.", "default": 10}},
        answers=(
            Answer(
                says="Films, the most alike first.",
                shape=ReasonedMovieSerializer,
                results=True,
                example={"results": [{**catalogue.SUGGESTION, "reasons": ["people", "genres"]}]},
            ),
        ),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
    share=Operation(
        id="shareMovie",
        path={"id": ID_OR_SLUG},
        tag=SHARING,
        summary="What is told of a movie where it is shared",
        description="Its address, a text, and the data of a card (Open Graph).",
        answers=(Answer(says="Address, text and card.", shape=SharedSerializer, example=_SHARED),),
        problems=("moved", "not_found", "gone"),
    ),
)
document(
    UserShareViewSet,
    share=Operation(
        id="shareUser",
        tag=SHARING,
        summary="What is told of a person where their profile is shared",
        description="What everybody may see of them.",
        path=USERNAME,
        answers=(Answer(says="Address, text and card.", shape=SharedSerializer, example=_SHARED),),
        problems=("not_found",),
    ),
)
for view, id_, summary in (
    (ShownLibraryViewSet, "listUserLibrary", "List somebody's library"),
    (ShownFavoriteViewSet, "listUserFavorites", "List somebody's favourites"),
):
    document(
        view,
        list=Operation(
            id=id_,
            tag=TAG,
            summary=summary,
            description="As far as you may see it: no notes, no words of their own, no withdrawn films.",
            path=USERNAME,
            answers=(
                Answer(
                    says="A page of entries.",
                    shape=ShownEntrySerializer,
                    page=True,
                    example=catalogue.page(_ENTRY),
                ),
            ),
            problems=("not_found",),
            cached=True,
        ),
    )
document(
    ShownHistoryViewSet,
    list=Operation(
        id="listUserHistory",
        tag=TAG,
        summary="List somebody's viewings",
        description="As far as you may see them, last seen first.",
        path=USERNAME,
        answers=(Answer(says="Viewings.", shape=ShownPlaySerializer, page=True, example=stream(_PLAY)),),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    ShownStatisticsView,
    retrieve=Operation(
        id="getUserStatistics",
        tag=TAG,
        summary="Read what somebody's library adds up to",
        description="Counted over what you may see of it.",
        path=USERNAME,
        answers=(
            Answer(
                says="The figures.",
                shape=StatisticsSerializer,
                example={
                    "movies": 3, "by_status": {"watched": 3}, "favorites": 1, "rated": 2, "average": 4.25,
                    "by_stars": {"4": 1, "4.5": 1}, "plays": 4, "minutes": 510, "by_year": {"2026": 4},
                },
            ),
        ),
        problems=("not_found",),
        cached=True,
    ),
)  # fmt: skip
document(
    FriendsViewSet,
    list=Operation(
        id="listFriendsOfMovie",
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary="What those whom you follow say of a movie",
        answers=(
            Answer(
                says="What they say.",
                shape=FriendEntrySerializer,
                page=True,
                example=stream({"user": CARD, **_SEEN}),
            ),
        ),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
)
document(
    ShareLinkViewSet,
    list=Operation(
        id="listShareLinks",
        tag=SHARING,
        summary="List your share links",
        answers=(Answer(says="Your links.", shape=ShareLinkSerializer, page=True, example=stream(_LINK)),),
        cached=True,
    ),
    create=Operation(
        id="makeShareLink",
        tag=SHARING,
        summary="Make a link to one private thing",
        description="Whoever holds it sees the thing, until it expires or was used as often as you say. Its address is "
        "shown this once.",
        body={
            JSON: Body(
                shape=ShareLinkInputSerializer,
                examples={
                    "play": {"kind": "play", "object_id": 4711, "expires_at": "2026-12-24T18:00:00Z", "most_uses": 10}
                },
            )
        },
        answers=(
            Answer(
                status=201,
                says="The link.",
                shape=MadeShareLinkSerializer,
                example={**_LINK, "url": "https://films.example/api/shared/bq0LrcMD3yGv0p1qH2d3lDk5x8nJY4tA"},
            ),
        ),
        problems=("not_found", "too_many_open"),
        idempotent=True,
    ),
    destroy=Operation(
        id="revokeShareLink",
        tag=SHARING,
        summary="Take a share link back",
        answers=(Answer(status=204, says="It opens nothing any more."),),
        problems=("not_found",),
    ),
)
_TOKEN = {"token": {"schema": {"type": "string"}, "description": "The end of the link.", "example": "bq0LrcMD3yGv"}}
document(
    SharedView,
    retrieve=Operation(
        id="describeShareLink",
        tag=SHARING,
        summary="Describe a share link",
        description="Returns whose link it is and what kind of thing it opens, and spends no use, so that previews "
        "and scanners may call it. `thing` is null if the link has `most_uses`: open it with a POST. A link without a "
        "limit shows the thing here too.",
        path=_TOKEN,
        answers=(
            Answer(
                says="Whose link it is.",
                shape=OpenedSerializer,
                example={"kind": "play", "user": CARD, "thing": None, "expires_at": _AT},
            ),
        ),
        problems=("not_found",),
    ),
    open=Operation(
        id="openShareLink",
        tag=SHARING,
        summary="Open a share link",
        description="Returns the shared thing. Each call counts as a use.",
        path=_TOKEN,
        answers=(
            Answer(
                says="The shared thing.",
                shape=OpenedSerializer,
                example={"kind": "play", "user": CARD, "thing": _PLAY, "expires_at": _AT},
            ),
        ),
        problems=("not_found",),
    ),
)
