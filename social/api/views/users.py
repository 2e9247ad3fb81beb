"""People: finding them, their profile, and who follows whom."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django_filters import rest_framework as filters
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import Profile, User
from social.api.limits import FOLLOWS
from social.api.scopes import OWN_WRITES
from social.api.serializers.user import (
    BLOCK,
    FOLLOW_REQUEST,
    FOLLOWER,
    FOLLOWING,
    PROFILE,
    USER,
    SuggestedUserSerializer,
    UserCardSerializer,
    UserProfileSerializer,
)
from social.models import Block, Follow
from social.services import people
from social.services.acquaintances import people_to_know
from social.services.section_owner import opens, owner_of_section
from watchly.api.conditional import json_answer
from watchly.api.filters import StrictFilterSet
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.limits import Limit
from watchly.api.pages import whole_number
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.streams import Stream, StreamViewSet
from watchly.api.views import DocumentViewSet
from watchly.common.errors import NotFound
from watchly.common.visibility import Visibility

# What of a profile only those see to whom it is open.
_CARDS = (
    f"SELECT coalesce(json_agg(({USER.expression()})::json ORDER BY i.place), '[]'::json)"
    f" FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY i(id, place) JOIN {USER.table} d ON d.id = i.id"
)
_CARD_ONLY = ("bio", "location", "links", "followers_count", "following_count")


def viewer_id(request: Request) -> int | None:
    """The number of who reads, if anybody is signed in."""
    return request.user.pk if request.user.is_authenticated else None


def number_of(text: str, what: str) -> int:
    """An id of a path. Raises NotFound for what no id can be."""
    if text.isascii() and text.isdigit() and 0 < int(text[:20]) < 2**63:
        return int(text)
    raise NotFound(f"There is no {what} {text[:40]!r}.")


class UserFilter(StrictFilterSet):
    search = filters.CharFilter(
        method="by_search", max_length=150, help_text="The beginning of a username, or words of a display name."
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_search(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        text = value.replace("\x00", "").strip()
        return queryset.filter(Q(username__istartswith=text) | Q(profile__display_name__icontains=text))


class UserViewSet(DocumentViewSet):
    """Accounts that are in use, by name; but for those between whom and the reader there is a block."""

    queryset = User.objects.shown()
    serializer_class = UserCardSerializer
    filterset_class = UserFilter
    permission_classes = (AllowAny,)
    document = USER
    orderings: ClassVar[dict[str, Any]] = {
        "name": ((F("username").asc(), F("id").asc()), (F("username").desc(), F("id").desc())),
        "newest": ((F("id").desc(),), (F("id").asc(),)),
    }
    default_ordering = "name"

    def get_queryset(self) -> QuerySet[User]:
        reader = viewer_id(self.request)
        rows = User.objects.shown()
        return rows if reader is None else rows.exclude(Exists(Block.objects.between(reader, OuterRef("pk"))))

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        return False  # the plan names who reads


class ProfileViewSet(ViewSet):
    """One person as others see them, and how the reader stands to them."""

    queryset = User.objects.shown()
    serializer_class = UserProfileSerializer
    permission_classes = (AllowAny,)
    document = PROFILE

    def retrieve(self, request: Request, username: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        reader = viewer_id(request)
        user = people.user_named(username=username, viewer_id=reader)
        ((text,),) = fetch(f"SELECT {PROFILE.expression()} FROM {PROFILE.table} d WHERE d.id = %(id)s", {"id": user.pk})
        document = json.loads(text)
        stands = people.relation(viewer_id=reader, other_id=user.pk) if reader not in (None, user.pk) else None
        follows = stands is not None and stands["following"] == Follow.State.ACCEPTED
        document["open"] = user.pk == reader or opens({document["visibility"]}, follows=follows)
        if not document["open"]:
            document.update(dict.fromkeys(_CARD_ONLY))
        document["relation"] = stands
        return json_answer(request._request, json.dumps(document, ensure_ascii=False).encode())


class FollowView(ViewSet):
    """Following one person, and stopping."""

    limits: ClassVar[dict[str, tuple[Limit, ...]]] = {"PUT": (FOLLOWS,)}
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def put(self, request: Request, username: str) -> Response:
        """Follows, or asks to where the profile is not public."""
        check_nothing_sent(request)
        follow = people.follow_user(follower_id=request.user.pk or 0, username=username)
        return Response({"state": follow.state})

    def delete(self, request: Request, username: str) -> Response:
        check_nothing_sent(request)
        people.unfollow_user(follower_id=request.user.pk or 0, username=username)
        return Response(status=204)


class BlockView(ViewSet):
    """Blocking one person, and taking it back."""

    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def put(self, request: Request, username: str) -> Response:
        check_nothing_sent(request)
        people.block_user(blocker_id=request.user.pk or 0, username=username)
        return Response(status=204)

    def delete(self, request: Request, username: str) -> Response:
        check_nothing_sent(request)
        people.unblock_user(blocker_id=request.user.pk or 0, username=username)
        return Response(status=204)


def _opened(side: str, reader: int | None) -> Q:
    """Follows whose user on this side has a profile that is open to the reader, or is the reader: whom a closed profile
    follows, and who follows it, is not told by the other side either."""
    profile = Profile.objects.filter(user=OuterRef(side))
    public = ~Exists(profile.exclude(profile_visibility=Visibility.PUBLIC))
    if reader is None:
        return Q(public)
    follows = Follow.objects.filter(follower=reader, followed=OuterRef(side), state=Follow.State.ACCEPTED).order_by()
    closed = profile.filter(profile_visibility=Visibility.PRIVATE)
    return Q(public) | Q(**{side: reader}) | Q(Exists(follows), ~Exists(closed))


class FollowersViewSet(StreamViewSet):
    """Who follows somebody, those who came last first."""

    permission_classes = (AllowAny,)
    side = "followed"
    stream = Stream("followers", FOLLOWER, "d.followed_id = %(user)s AND d.state = 'accepted'")

    def list(self, request: Request, username: str) -> HttpResponse:
        reader = viewer_id(request)
        owner = owner_of_section(username=username, section="profile", viewer=request.user)
        other = "follower" if self.side == "followed" else "followed"
        among = self.stream.document.model._default_manager.filter(**{self.side: owner}).filter(
            **{f"{other}__is_active": True, f"{other}__erase_after__isnull": True}
        )
        if reader is not None:
            among = among.exclude(Exists(Block.objects.between(reader, OuterRef(other))))
        if reader != owner:
            among = among.filter(_opened(other, reader))
        return self.page(request, {"user": owner}, among=among)


class FollowingViewSet(FollowersViewSet):
    """Whom somebody follows, the latest first."""

    side = "follower"
    stream = Stream("following", FOLLOWING, "d.follower_id = %(user)s AND d.state = 'accepted'")


class FollowRequestViewSet(StreamViewSet):
    """Who asks to follow the reader, the latest first."""

    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES
    stream = Stream("follow-requests", FOLLOW_REQUEST, "d.followed_id = %(user)s AND d.state = 'requested'")

    def list(self, request: Request) -> HttpResponse:
        among = Follow.objects.filter(followed=request.user.pk, follower__in=User.objects.shown().values("pk"))
        return self.page(request, {"user": request.user.pk}, among=among)

    def accept(self, request: Request, pk: str) -> Response:
        check_nothing_sent(request)
        people.accept_request(user_id=request.user.pk or 0, request_id=number_of(pk, "request"))
        return Response({"state": "accepted"})

    def decline(self, request: Request, pk: str) -> Response:
        check_nothing_sent(request)
        people.decline_request(user_id=request.user.pk or 0, request_id=number_of(pk, "request"))
        return Response(status=204)


class FollowerView(ViewSet):
    """Making somebody follow no more."""

    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def delete(self, request: Request, username: str) -> Response:
        check_nothing_sent(request)
        people.remove_follower(followed_id=request.user.pk or 0, username=username)
        return Response(status=204)


class BlocksViewSet(StreamViewSet):
    """Whom the reader has blocked, the latest first."""

    permission_classes = (SignedIn,)
    stream = Stream("blocks", BLOCK, "d.blocker_id = %(user)s")

    def list(self, request: Request) -> HttpResponse:
        return self.page(request, {"user": request.user.pk})


class SuggestedUsersView(ViewSet):
    """People whom the reader may know, the likeliest first."""

    permission_classes = (SignedIn,)
    serializer_class = SuggestedUserSerializer

    def list(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=("limit",))
        limit = whole_number(request.query_params, "limit", 10, 50)
        found = people_to_know(user_id=request.user.pk or 0, limit=limit)
        ((cards,),) = fetch(_CARDS, {"ids": [pk for pk, _, _ in found]})
        results = [
            {"user": one, "friends_count": friends, "movies_count": movies}
            for one, (_, friends, movies) in zip(cards, found, strict=True)
        ]
        return json_answer(request._request, json.dumps({"results": results}, ensure_ascii=False).encode())
