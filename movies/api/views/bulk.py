"""POST /api/movies/bulk"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from movies.api.serializers.movie_input import MovieInputSerializer
from movies.api.views.movies import stored
from movies.services.bulk import MOST_ITEMS, BulkItem, ItemRefused, apply_all, apply_each, named_by_item
from watchly.api.errors import describe, flatten, invalid
from watchly.api.fields import ChoiceField
from watchly.api.idempotency import idempotent
from watchly.api.input import StrictSerializer, check_parameters
from watchly.api.permissions import HasAnyPermission
from watchly.common.errors import Forbidden, WatchlyError

_NEEDED = {"create": "movies.add_movie", "update": "movies.change_movie", "delete": "movies.delete_movie"}


class BulkItemSerializer(serializers.Serializer[Any]):
    """What to do, to which movie, and for create and update the movie's fields beside these."""

    op = ChoiceField(choices=list(_NEEDED))
    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="For update and delete.")
    version = serializers.IntegerField(required=False, min_value=1, help_text="Refuse if the stored version differs.")


class BulkSerializer(StrictSerializer):
    """At most 500 items, all or nothing (`atomic`) or each for itself (`partial`)."""

    mode = ChoiceField(choices=("atomic", "partial"), default="atomic")
    items = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_ITEMS)


class BulkErrorSerializer(serializers.Serializer[Any]):
    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class BulkResultSerializer(serializers.Serializer[Any]):
    op = ChoiceField(choices=list(_NEEDED), allow_null=True)
    status = serializers.IntegerField(help_text="As the same call alone would be answered.")
    id = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)
    errors = BulkErrorSerializer(  # type: ignore[assignment]  # the member's name hides the serializer's property
        many=True, required=False
    )


class BulkAnswerSerializer(serializers.Serializer[Any]):
    results = BulkResultSerializer(many=True)


class BulkView(GenericAPIView):
    """Create, update and delete many movies in one call."""

    serializer_class = BulkSerializer
    permission_classes = (HasAnyPermission,)  # which ones, each item says
    permissions: ClassVar[tuple[str, ...]] = tuple(_NEEDED.values())

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        envelope = BulkSerializer(data=request.data)
        envelope.is_valid(raise_exception=True)
        rows: list[Mapping[str, Any]] = envelope.validated_data["items"]
        self._allowed(request, rows)
        parsed = [_parsed(request, row) for row in rows]
        if envelope.validated_data["mode"] == "partial":
            return _partial(rows, parsed)
        return self._atomic(request, rows, parsed)

    @staticmethod
    def _allowed(request: Request, rows: list[Mapping[str, Any]]) -> None:
        for op in {op for row in rows if isinstance(op := row.get("op"), str)} & set(_NEEDED):
            if not request.user.has_perm(_NEEDED[op]):
                raise Forbidden(f"You may not {op} movies.")

    @staticmethod
    def _atomic(
        request: Request, rows: list[Mapping[str, Any]], parsed: list[BulkItem | ValidationError | WatchlyError]
    ) -> HttpResponse:
        found = [
            {**error, "pointer": f"/items/{index}{error['pointer']}"}
            for index, item in enumerate(parsed)
            if not isinstance(item, BulkItem)
            for error in _errors(item)
        ]
        if found:
            return invalid(request._request, found, status=422)
        try:
            ids = apply_all(items=[item for item in parsed if isinstance(item, BulkItem)])
        except ItemRefused as refused:
            return invalid(
                request._request,
                [{**error, "pointer": f"/items/{refused.index}{error['pointer']}"} for error in _errors(refused.error)],
                status=422,
            )
        return Response({"results": [_done(row, pk) for row, pk in zip(rows, ids, strict=True)]})


def _parsed(request: Request, row: Mapping[str, Any]) -> BulkItem | ValidationError | WatchlyError:
    """The item, or why it is none."""
    head = BulkItemSerializer(data={name: row[name] for name in ("op", "id", "version") if name in row})
    try:
        head.is_valid(raise_exception=True)
        op, pk = head.validated_data["op"], head.validated_data.get("id")
        if op != "create" and pk is None:
            raise ValidationError({"id": f"Name the movie to {op} by its id."}, code="required")
        if op == "create" and pk is not None:
            raise ValidationError({"id": "A new movie's id is given by the server: leave it out."}, code="read_only")
        fields = {name: value for name, value in row.items() if name not in ("op", "id", "version")}
        if op == "delete" and fields:
            raise ValidationError(dict.fromkeys(fields, "A delete takes no fields."), code="unknown")
        values: dict[str, Any] = {}
        if op != "delete":
            context = {}
            if op == "update":
                with named_by_item():
                    context = {"stored": stored(request, pk)}
            body = MovieInputSerializer(data=fields, partial=op == "update", context=context)
            body.is_valid(raise_exception=True)
            values = body.values()
        return BulkItem(op=op, movie_id=pk, version=head.validated_data.get("version"), values=values)
    except (ValidationError, WatchlyError) as error:
        return error


def _partial(rows: list[Mapping[str, Any]], parsed: list[BulkItem | ValidationError | WatchlyError]) -> HttpResponse:
    outcomes = apply_each(items=[item if isinstance(item, BulkItem) else None for item in parsed])
    results = []
    for row, item, outcome in zip(rows, parsed, outcomes, strict=True):
        if isinstance(outcome, int):
            results.append(_done(row, outcome))
            continue
        refusal = describe(outcome if isinstance(outcome, WatchlyError) else item)  # type: ignore[arg-type]
        results.append({**_named(row), **refusal})
    return Response({"results": results}, status=207)


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Which item a refusal is about, as far as what was sent says so."""
    op, pk = row.get("op"), row.get("id")
    return {
        "op": op if isinstance(op, str) and op in _NEEDED else None,
        "id": pk if isinstance(pk, int) and not isinstance(pk, bool) else None,
    }


def _done(row: Mapping[str, Any], pk: int) -> dict[str, Any]:
    return {"op": row["op"], "status": {"create": 201, "update": 200, "delete": 204}[row["op"]], "id": pk}


def _errors(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, ValidationError):
        return flatten(error.detail)
    refusal = describe(error)
    return refusal["errors"] or [{"pointer": "", "code": refusal["code"], "detail": refusal["detail"]}]
