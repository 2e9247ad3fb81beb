"""People who are one, and one who is two: POST /api/people/{id}/merge, /unmerge and /split."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from movies.api.paths import number
from movies.api.serializers.people_merging import PersonMergeInputSerializer, PersonSplitInputSerializer
from movies.api.serializers.person import PERSON, PersonSerializer
from movies.services.people_merging import merge_people, person_merge_of, unmerge_person
from movies.services.people_splitting import split_person
from watchly.api.conditional import json_answer
from watchly.api.idempotency import idempotent
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.parsers import StrictJSONParser
from watchly.api.permissions import HasPermission
from watchly.api.statements import fetch
from watchly.common.errors import NotFound


class PersonMergeViewSet(GenericViewSet[Any]):
    """Merges a person into another, undoes that, and splits a person in two."""

    serializer_class = PersonSerializer
    parser_classes = (StrictJSONParser,)
    permission_classes = (HasPermission,)
    permission: ClassVar[str] = "movies.merge_person"

    @idempotent
    def merge(self, request: Request, pk: str) -> HttpResponse:
        """Merges this person into another; the response is that other person."""
        check_parameters(request.query_params, known=())
        person_id = _id(pk)
        serializer = PersonMergeInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        into: int = serializer.validated_data["into"]
        merge_people(survivor_id=into, merged_id=person_id)
        return _written(request._request, into)

    @idempotent
    def unmerge(self, request: Request, pk: str) -> HttpResponse:
        """Undoes the merge of this person; the response is the person who is back."""
        check_nothing_sent(request)
        person_id = _id(pk)
        unmerge_person(merge_id=person_merge_of(person_id=person_id).pk)
        return _written(request._request, person_id)

    @idempotent
    def split(self, request: Request, pk: str) -> HttpResponse:
        """Moves credits of this person to a new one; the response is the new person."""
        check_parameters(request.query_params, known=())
        person_id = _id(pk)
        serializer = PersonSplitInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        split = split_person(person_id=person_id, credit_ids=values.pop("credits"), values=values)
        response = _written(request._request, split.created_id, status=201)
        response.headers["Location"] = f"/api/people/{split.created_id}"
        return response


def _id(pk: str) -> int:
    if not (pk.isascii() and pk.isdigit()):
        raise NotFound(f"There is no person {pk[:40]!r}: use the numeric id.")
    return number(pk)


def _written(request: HttpRequest, person_id: int, *, status: int = 200) -> HttpResponse:
    statement = f"SELECT d.version, {PERSON.expression()} FROM {PERSON.table} d WHERE d.id = %(id)s"
    ((version, body),) = fetch(statement, {"id": person_id})
    return json_answer(request, body.encode(), version=version, status=status)
