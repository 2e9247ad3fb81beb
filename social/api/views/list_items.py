"""What stands in a list: GET and POST lists/{id}/items, PATCH and DELETE lists/{id}/items/{id}."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Value
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from movies.models import Movie
from social.api.paths import path_id
from social.api.scopes import OWN_WRITES
from social.api.serializers.movie_list import (
    FILLED_ENTRY,
    FILLED_ITEM,
    KEPT_ITEM,
    LIST_ITEM,
    ItemChangeInputSerializer,
    ItemInputSerializer,
    KeptItemSerializer,
)
from social.api.smart_lists import smart_rows
from social.models import LibraryEntry, ListCollaborator, ListItem, MovieList
from social.services.list_items import add_item, change_item, remove_item
from watchly.api.conditional import json_answer
from watchly.api.documents import Document
from watchly.api.idempotency import idempotent
from watchly.api.input import check_nothing_sent, check_parameters, unknown
from watchly.api.pages import LARGEST_PAGE, LARGEST_PAGE_SIZE, PAGE_SIZE, Pages, page_plan, whole_number
from watchly.api.permissions import SignedIn, SignedInWrites
from watchly.api.statements import fetch
from watchly.api.viewer import viewer_id
from watchly.api.views import DocumentViewSet, other_parameters
from watchly.common.errors import NotFound

_ONE = f"SELECT {KEPT_ITEM.expression()} FROM social_listitem d WHERE d.id = %(id)s"


class ListItemViewSet(GenericViewSet[Any]):
    """The movies of a list: of one kept by hand in its order, of a smart one as its rules say."""

    queryset = ListItem.objects.all()
    serializer_class = KeptItemSerializer
    permission_classes = (SignedInWrites,)
    key_scopes = OWN_WRITES
    pagination_class = Pages
    document = KEPT_ITEM
    picks = True
    orderings: ClassVar[dict[str, Any]] = {
        "position": ((F("rank").asc(),), (F("rank").desc(),)),
        "added": ((F("id").desc(),), (F("id").asc(),)),
    }

    def list(self, request: Request, pk: str) -> HttpResponse:
        query = request._request.GET
        check_parameters(query, known=("page", "page_size", "ordering", "fields", "expand"))
        movie_list, keeps = _seen(request, path_id(pk))
        rows: QuerySet[Any]
        document: Document
        if movie_list.rules is None:
            document = KEPT_ITEM if keeps else LIST_ITEM
            # What was withdrawn from the catalogue is seen by those who keep the list.
            seen = Q() if keeps else Q(movie__state=Movie.State.PUBLISHED)
            rows = ListItem.objects.filter(seen, list=movie_list.pk)
            ordering = self._ordering(query.get("ordering"))
        else:
            if "ordering" in query:
                raise ValidationError({"ordering": unknown(query["ordering"], (), "ordering of a smart list")})
            rows, ordering = smart_rows(movie_list, request.user)
            document = FILLED_ENTRY if rows.model is LibraryEntry else FILLED_ITEM
        plan = page_plan(
            document=document,
            rows=rows,
            ordering=ordering,
            page=whole_number(query, "page", 1, LARGEST_PAGE),
            page_size=whole_number(query, "page_size", PAGE_SIZE, LARGEST_PAGE_SIZE),
            fields=DocumentViewSet.picked(query, "fields", document.fields),
            expand=DocumentViewSet.picked(query, "expand", document.expansions),
            query=other_parameters(query),
            # Those who keep it see every item, and those are counted as they come and go.
            total=str(movie_list.items_count) if document is KEPT_ITEM else None,
        )
        return json_answer(request._request, plan.run(request._request))

    def _ordering(self, name: str | None) -> tuple[Any, ...]:
        name = name or "position"
        pair = self.orderings.get(name.removeprefix("-"))
        if pair is None or name.startswith("--"):
            known = [*self.orderings, *(f"-{known}" for known in self.orderings)]
            raise ValidationError({"ordering": unknown(name, known, "ordering")})
        return pair[1] if name.startswith("-") else pair[0]

    @idempotent
    def create(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = ItemInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        list_id = path_id(pk)
        item_id = add_item(user_id=request.user.pk or 0, list_id=list_id, **serializer.validated_data)
        response = _answer(request, item_id, status=201)
        response.headers["Location"] = f"/api/lists/{list_id}/items/{item_id}"
        return response


class OneItemViewSet(GenericViewSet[Any]):
    """One movie of a list that the caller keeps."""

    queryset = ListItem.objects.all()
    serializer_class = KeptItemSerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def partial_update(self, request: Request, pk: str, item: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = ItemChangeInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        item_id = path_id(item)
        change_item(
            user_id=request.user.pk or 0, list_id=path_id(pk), item_id=item_id, values=serializer.validated_data
        )
        return _answer(request, item_id)

    def destroy(self, request: Request, pk: str, item: str) -> Response:
        check_nothing_sent(request)
        remove_item(user_id=request.user.pk or 0, list_id=path_id(pk), item_id=path_id(item))
        return Response(status=204)


def _seen(request: Request, list_id: int) -> tuple[MovieList, bool]:
    """The list, and whether the reader keeps it. Raises NotFound."""
    reader = viewer_id(request)
    together = Exists(ListCollaborator.objects.filter(list=OuterRef("pk"), user=reader or 0))
    nobody = Value(False, output_field=BooleanField())
    rows = MovieList.objects.visible_to(request.user).annotate(together=together if reader else nobody)
    movie_list = rows.filter(pk=list_id).first()
    if movie_list is None:
        raise NotFound(f"There is no list {list_id}.")
    return movie_list, movie_list.together or movie_list.user_id == reader


def _answer(request: Request, item_id: int, *, status: int = 200) -> HttpResponse:
    rows = fetch(_ONE, {"id": item_id})
    if not rows:
        raise NotFound(f"There is no item {item_id}.")
    return json_answer(request._request, rows[0][0].encode(), status=status)
