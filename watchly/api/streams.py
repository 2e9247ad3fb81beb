"""Streams in time: a history, a feed, notifications, changes. An opaque cursor, a limit, one statement.

A page of a stream begins after a row and not at a number, so rows that come and go meanwhile neither push a row onto
two pages nor let one fall between them. The cursor says beside which row and in which direction, and is signed: it can
be followed and not made.

What a stream is ordered by must never change and never be null. Where it is a time, a row that was written before
another and committed after it may stand behind a reader who has passed; what must not lose a row is ordered by a number
that is given out under a lock (a revision).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple

from django.core import signing
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from watchly.api.conditional import json_answer
from watchly.api.documents import Document
from watchly.api.input import check_parameters
from watchly.api.pages import LARGEST_PAGE_SIZE, PAGE_SIZE, literal_sql, whole_number
from watchly.api.statements import fetch
from watchly.api.views import picked_expression

_LONGEST = 500  # characters of a cursor


class Cursor(NamedTuple):
    """A place in a stream: beside the row of this key (as text) and id.

    `back` looks to where the stream begins, `including` takes the row itself too.
    """

    key: str
    id: int
    back: bool = False
    including: bool = False


@dataclass(frozen=True)
class Stream:
    """The rows of a document that a condition holds for, in order of a column and then of the id.

    `name` tells its cursors from those of other streams. `where` is SQL over the row `d` with named parameters, such
    as `d.movie_id = %(movie)s`, and should have an index of its columns, the key and the id.
    """

    name: str
    document: Document
    where: str
    key: str = "id"
    newest_first: bool = True

    def answer(
        self, request: HttpRequest, params: Mapping[str, Any], *, among: QuerySet[Any] | None = None
    ) -> HttpResponse:
        """A page of the stream: `{"next", "previous", "results"}`.

        `params` are those of `where`; `among` narrows to rows of a queryset (`Play.objects.visible_to(user)`).

        Raises ValidationError for parameters that a stream does not know, and for a cursor that is none of it.
        """
        query = request.GET
        check_parameters(query, known=("cursor", "limit", "fields", "expand"))
        limit = whole_number(query, "limit", PAGE_SIZE, LARGEST_PAGE_SIZE)
        cursor = self._read(query["cursor"]) if "cursor" in query else None
        expression, embedding = picked_expression(request, query, self.document)
        statement = self._statement(cursor, expression, among)
        place = {"cursor_key": cursor.key, "cursor_id": cursor.id} if cursor else {}
        ((found, edges, results),) = fetch(statement, {**embedding, **params, **place, "limit": limit})
        following, before = self._beside(cursor, edges or [], more=found > limit)
        here = f"{request.build_absolute_uri(request.path)}?{_others(query)}"
        links = f'"next":{self._link(here, following)},"previous":{self._link(here, before)}'
        return json_answer(request, f'{{{links},"results":[{results or ""}]}}'.encode())

    # --- cursors ---

    @property
    def _signer(self) -> signing.Signer:
        # Without a time: the same page has the same links, and so the same entity tag.
        return signing.Signer(salt=f"watchly.stream.{self.name}")

    def _read(self, text: str) -> Cursor:
        try:
            return Cursor(*self._signer.unsign_object(text[:_LONGEST]))
        except (signing.BadSignature, ValueError, TypeError):
            said = "This is no cursor of this list: follow `next` and `previous` as they are, or begin without one."
            raise ValidationError({"cursor": [ErrorDetail(said, code="cursor")]}) from None

    def _link(self, here: str, cursor: Cursor | None) -> str:
        return "null" if cursor is None else f'"{here}cursor={self._signer.sign_object(list(cursor), compress=True)}"'

    @staticmethod
    def _beside(
        cursor: Cursor | None, edges: list[tuple[str, int]], *, more: bool
    ) -> tuple[Cursor | None, Cursor | None]:
        """Where to go on from a page, and where to go back from it. `edges` are its first and last row."""
        back = cursor is not None and cursor.back
        if not edges:
            # All that was there is gone: the way back leads over the very row that the cursor stands beside.
            turned = cursor and cursor._replace(back=not back, including=not cursor.including)
            return (turned, None) if back else (None, turned)
        following = Cursor(*edges[-1]) if more or back else None
        before = Cursor(*edges[0], back=True) if (more if back else cursor is not None) else None
        return following, before

    # --- the statement ---

    def _statement(self, cursor: Cursor | None, expression: str, among: QuerySet[Any] | None) -> str:
        """Finds one row more than is shown, and so knows whether a page follows."""
        back = cursor is not None and cursor.back
        falling = self.newest_first != back
        keys = [f"d.{name}" for name in dict.fromkeys((self.key, "id"))]
        conditions = [f"({self.where})"]
        if among is not None:
            conditions.append(f"d.id IN ({literal_sql(among.order_by().values('pk')).replace('%', '%%')})")
        if cursor is not None:
            operator = ("<" if falling else ">") + ("=" if cursor.including else "")
            values = {"d.id": "%(cursor_id)s::bigint"}
            place = ", ".join(values.get(key, f"%(cursor_key)s::{self._type}") for key in keys)
            conditions.append(f"({', '.join(keys)}) {operator} ({place})")
        order = ", ".join(f"{key} {'DESC' if falling else 'ASC'}" for key in keys)
        turn = "DESC" if back else "ASC"
        return (
            f"WITH page AS MATERIALIZED (SELECT id, key, row_number() OVER () AS place FROM ("
            f"SELECT d.id, d.{self.key}::text AS key FROM {self.document.table} d"
            f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT %(limit)s::int + 1) found)"
            f" SELECT (SELECT count(*) FROM page), (SELECT json_agg(json_build_array(key, id) ORDER BY place {turn})"
            f" FROM page WHERE place = 1 OR place = (SELECT least(max(place), %(limit)s::int) FROM page)),"
            f" (SELECT string_agg({expression}, ',' ORDER BY page.place {turn})"
            f" FROM page JOIN {self.document.table} d ON d.id = page.id WHERE page.place <= %(limit)s::int)"
        )

    @property
    def _type(self) -> str:
        kind: Any = self.document.model._meta.get_field(self.key)
        return str(kind.cast_db_type(connection))


def _others(query: QueryDict) -> str:
    """The parameters but the cursor, encoded, with an ampersand behind them if there are any."""
    others = query.copy()
    others.pop("cursor", None)
    return f"{others.urlencode()}&" if others else ""


STREAM_PROPERTIES: Final[dict[str, Any]] = {
    "next": {"type": ["string", "null"], "format": "uri", "description": "What follows, if anything does."},
    "previous": {
        "type": ["string", "null"],
        "format": "uri",
        "description": "What stands before, if this is not the beginning.",
    },
}


class Streams:
    """The shape of a page of a stream, for the documentation."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        properties = {**STREAM_PROPERTIES, "results": schema}
        return {"type": "object", "required": [*properties], "properties": properties}


class StreamViewSet(GenericViewSet[Any]):
    """The base of a view that lists a stream; a subclass checks who may and calls `page`."""

    stream: ClassVar[Stream]
    pagination_class = Streams  # type: ignore[assignment]  # nothing but its shape is used

    @property
    def document(self) -> Document:
        """What its rows are."""
        return self.stream.document

    def get_serializer_class(self) -> Any:
        """What its rows are, also for what DRF tells of a view (OPTIONS)."""
        return self.document.serializer_class

    def page(self, request: Request, params: Mapping[str, Any], *, among: QuerySet[Any] | None = None) -> HttpResponse:
        return self.stream.answer(request._request, params, among=among)
