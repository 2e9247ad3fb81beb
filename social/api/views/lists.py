"""Lists: GET and POST lists, GET, PATCH and DELETE lists/{id}, POST lists/{id}/copy, GET lists/{id}/share, GET
users/{username}/lists, and those who keep a list together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from accounts.models import User
from social.api.paths import path_id
from social.api.reading import read_one
from social.api.scopes import OWN_WRITES
from social.api.sections import SectionOfUser
from social.api.serializers.movie_list import (
    LIST,
    CopyInputSerializer,
    ListChangeInputSerializer,
    ListInputSerializer,
    ListSerializer,
)
from social.api.serializers.user import USER, UserCardSerializer
from social.api.views.across import SharedSerializer, origin
from social.models import Block, ListCollaborator, MovieList
from social.services.list_collaborators import MOST_COLLABORATORS, add_collaborator, remove_collaborator
from social.services.lists import change_list, copy_list, delete_list, make_list
from social.services.sharing import share_list
from watchly.api.conditional import expected_version, json_answer
from watchly.api.filters import BooleanFilter, StrictFilterSet
from watchly.api.idempotency import idempotent
from watchly.api.input import StrictSerializer, check_nothing_sent, check_parameters
from watchly.api.pages import literal_sql
from watchly.api.permissions import SignedIn, SignedInWrites
from watchly.api.statements import fetch
from watchly.api.viewer import viewer_id
from watchly.api.views import DocumentViewSet
from watchly.common.errors import NotFound


class ListFilter(StrictFilterSet):
    ranked = BooleanFilter(field_name="ranked", help_text="Only ranked lists, or only others.")
    smart = BooleanFilter(
        field_name="rules", lookup_expr="isnull", exclude=True, help_text="Only smart lists, or only others."
    )

    class Meta:
        model = MovieList
        fields: list[str] = []


class ListListViewSet(DocumentViewSet):
    """The base of pages of lists that the reader may see."""

    queryset = MovieList.objects.all()
    serializer_class = ListSerializer
    filterset_class = ListFilter
    permission_classes: Sequence[Any] = (AllowAny,)
    document = LIST
    orderings: ClassVar[dict[str, Any]] = {
        "newest": ((F("id").desc(),), (F("id").asc(),)),
        "title": ((F("title").asc(), F("id").asc()), (F("title").desc(), F("id").desc())),
        "size": ((F("items_count").desc(), F("id").desc()), (F("items_count").asc(), F("id").asc())),
    }
    default_ordering = "newest"

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        return False  # the plan names who reads


class OwnListViewSet(ListListViewSet):
    """The caller's lists: their own, and those that they keep together with others."""

    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def get_queryset(self) -> QuerySet[MovieList]:
        reader = self.request.user
        kept = ListCollaborator.objects.filter(user=reader.pk).values("list")
        own = MovieList.objects.filter(user=reader.pk).values("pk")
        return MovieList.objects.visible_to(reader).filter(pk__in=own.union(kept))

    @idempotent
    def create(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = ListInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return _made(request, make_list(user_id=request.user.pk or 0, **serializer.validated_data))


class UserListViewSet(SectionOfUser, ListListViewSet):
    """The lists of one person."""

    section = "lists"


class ListViewSet(ViewSet):
    """One list."""

    queryset = MovieList.objects.all()
    serializer_class = ListSerializer
    permission_classes = (SignedInWrites,)
    key_scopes = OWN_WRITES
    document = LIST
    picks = True

    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        return read_one(request, path_id(pk), visible=MovieList.objects.visible_to(request.user), document=LIST)

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = ListChangeInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        list_id = path_id(pk)
        change_list(
            user_id=request.user.pk or 0,
            list_id=list_id,
            values=serializer.validated_data,
            expected_version=expected_version(request._request),
        )
        return own_list_answer(request, list_id)

    def destroy(self, request: Request, pk: str) -> Response:
        check_nothing_sent(request)
        version = expected_version(request._request)
        delete_list(user_id=request.user.pk or 0, list_id=path_id(pk), expected_version=version)
        return Response(status=204)


class ListCopyViewSet(ViewSet):
    """Making a list of one's own of one that one sees."""

    serializer_class = ListSerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    @idempotent
    def create(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = CopyInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made = copy_list(user_id=request.user.pk or 0, list_id=path_id(pk), **serializer.validated_data)
        return _made(request, made)


class ListShareViewSet(ViewSet):
    """What is told of a list where it is shared."""

    serializer_class = SharedSerializer
    permission_classes = (AllowAny,)

    def share(self, request: Request, pk: str) -> Response:
        check_parameters(request.query_params, known=())
        found = MovieList.objects.visible_to(request.user).filter(pk=path_id(pk))
        movie_list = found.select_related("user", "cover_movie").first()
        if movie_list is None:
            raise NotFound(f"There is no list {pk[:20]}.")
        return Response(share_list(movie_list=movie_list).document(origin(request)))


class CollaboratorsViewSet(GenericViewSet[Any]):
    """Those who keep a list together with its owner, as far as the reader may know them."""

    queryset = ListCollaborator.objects.all()
    serializer_class = UserCardSerializer
    permission_classes = (AllowAny,)
    pagination_class = None

    def list(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        list_id = path_id(pk)
        if not MovieList.objects.visible_to(request.user).filter(pk=list_id).exists():
            raise NotFound(f"There is no list {list_id}.")
        people = User.objects.shown().filter(pk__in=ListCollaborator.objects.filter(list=list_id).values("user"))
        reader = viewer_id(request)
        if reader is not None:
            people = people.exclude(Exists(Block.objects.between(reader, OuterRef("pk"))))
        ids = literal_sql(people.order_by("username").values("pk")[:MOST_COLLABORATORS])
        ((results,),) = fetch(
            f"SELECT string_agg({USER.expression()}, ',' ORDER BY d.username) FROM {USER.table} d WHERE d.id IN ({ids})"
        )
        return json_answer(request._request, f'{{"results":[{results or ""}]}}'.encode())


class CollaboratorViewSet(ViewSet):
    """One of them."""

    serializer_class = StrictSerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def update(self, request: Request, pk: str, username: str) -> Response:
        check_nothing_sent(request)
        add_collaborator(user_id=request.user.pk or 0, list_id=path_id(pk), username=username)
        return Response(status=204)

    def destroy(self, request: Request, pk: str, username: str) -> Response:
        check_nothing_sent(request)
        remove_collaborator(user_id=request.user.pk or 0, list_id=path_id(pk), username=username)
        return Response(status=204)


def own_list_answer(request: Request, list_id: int, *, status: int = 200) -> HttpResponse:
    """A list of the caller's, as it is now."""
    own = MovieList.objects.filter(user=request.user.pk)
    return read_one(request, list_id, visible=own, document=LIST, status=status, picks=False)


def _made(request: Request, list_id: int) -> HttpResponse:
    response = own_list_answer(request, list_id, status=201)
    response.headers["Location"] = f"/api/lists/{list_id}"
    return response
