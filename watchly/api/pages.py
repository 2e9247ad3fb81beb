"""Pages of a list: which one is asked for, and the SQL that gives it whole in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination

from watchly.api.documents import Document
from watchly.api.statements import fetch
from watchly.api.viewer import signed_in, viewer_id

PAGE_SIZE, LARGEST_PAGE_SIZE, LARGEST_PAGE = 20, 100, 100_000
COUNTED = 10_000  # past this a count costs more than all the rest


class Pages(PageNumberPagination):
    """The shape of a page, for the documentation; `PagePlan` is what runs."""

    page_size = PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE_SIZE

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["count", "count_exact", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "minimum": 0, "description": f"Exact up to {COUNTED:,}.", "example": 123},
                "count_exact": {"type": "boolean", "description": f"False when more than {COUNTED:,} match."},
                "next": {"type": ["string", "null"], "format": "uri", "description": "The next page, if there is one."},
                "previous": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "The page before, if there is one.",
                },
                "results": schema,
            },
        }


def whole_number(query: Any, name: str, default: int, most: int) -> int:
    """A query parameter from 1 to `most`. Raises ValidationError."""
    text = query.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= most:
        return int(text)
    raise ValidationError(
        {name: [ErrorDetail(f"{text[:40]!r} is not a whole number from 1 to {most}.", code="out_of_range")]}
    )


def literal_sql(queryset: QuerySet[Any]) -> str:
    """The statement of a queryset with its values written into it, safely quoted by psycopg."""
    sql, params = queryset.query.sql_with_params()
    connection.ensure_connection()
    return psycopg.ClientCursor(connection.connection).mogrify(sql, params)


@dataclass(frozen=True)
class PagePlan:
    """One statement for one page: its count, how many ids it found, its documents as one text.

    It finds one id more than it shows, and so knows whether a page follows.
    """

    statement: str
    page: int
    page_size: int
    query: str  # of the other parameters, encoded, ready for `page=`
    exact: bool  # whether the count is a kept figure, exact past COUNTED too
    personal: bool = False  # whether the statement takes the caller's id

    def run(self, request: HttpRequest) -> bytes:
        """The body of the page. Raises NotFound past the last one, NotAuthenticated for nobody on a personal one."""
        params = {"viewer": signed_in(viewer_id(request), "What is embedded here")} if self.personal else None
        ((count, found, results),) = fetch(self.statement, params)
        if not found and self.page > 1:
            raise NotFound(f"Page {self.page} is past the last one.")
        exact = self.exact or count <= COUNTED
        here = f"{request.build_absolute_uri(request.path)}?{self.query}page="
        following = f'"{here}{self.page + 1}"' if found > self.page_size else "null"
        before = f'"{here}{self.page - 1}"' if self.page > 1 else "null"
        return (
            f'{{"count":{count if exact else COUNTED},"count_exact":{"true" if exact else "false"},'
            f'"next":{following},"previous":{before},"results":[{results or ""}]}}'
        ).encode()


def page_plan(
    *,
    document: Document,
    rows: QuerySet[Any],
    ordering: tuple[Any, ...],
    page: int,
    page_size: int,
    fields: tuple[str, ...] = (),
    expand: tuple[str, ...] = (),
    query: str = "",
    total: str | None = None,
) -> PagePlan:
    """Plans one page of `rows` in this ordering.

    `total` is an SQL expression of the exact count, where one is kept; `query` holds the other parameters of the
    request, encoded and ready for `page=`, for the links to the pages beside it.
    """
    personal = document.personal(expand)
    try:
        statement = _statement(document, rows, ordering, page, page_size, fields, expand, total)
    except EmptyResultSet:  # the filters contradict each other, as Django's compiler has seen
        statement = "SELECT 0, 0, NULL"
    return PagePlan(statement, page, page_size, query, exact=total is not None, personal=personal)


def _statement(
    document: Document,
    rows: QuerySet[Any],
    ordering: tuple[Any, ...],
    page: int,
    page_size: int,
    fields: tuple[str, ...],
    expand: tuple[str, ...],
    total: str | None,
) -> str:
    def ids(queryset: QuerySet[Any]) -> str:
        # A statement with a parameter has no other percent sign; the document's own SQL has none.
        sql = literal_sql(queryset)
        return sql.replace("%", "%%") if document.personal(expand) else sql

    start = (page - 1) * page_size
    end = start + page_size + 1  # one more than is shown tells whether there is a next page
    ordered = rows.order_by(*ordering).values("id")
    if total is None and end <= COUNTED + 1:
        # What matches is read once, in order: it gives the count and holds the page.
        first = (
            f"WITH matching AS MATERIALIZED (SELECT id, row_number() OVER () AS place"
            f" FROM ({ids(ordered[: COUNTED + 1])}) ids), page AS MATERIALIZED"
            f" (SELECT id, place - {start} AS place FROM matching WHERE place > {start} AND place <= {end})"
        )
        count = "(SELECT count(*) FROM matching)"
    else:
        first = (
            f"WITH page AS MATERIALIZED (SELECT id, row_number() OVER () AS place FROM ({ids(ordered[start:end])}) ids)"
        )
        some = ids(rows.order_by().values("id")[: COUNTED + 1])
        count = total or f"(SELECT count(*) FROM ({some}) matching)"
    return (
        f"{first} SELECT {count}, (SELECT count(*) FROM page), "
        f"(SELECT string_agg({document.expression(fields, expand)}, ',' ORDER BY page.place) "
        f"FROM page JOIN {document.table} d ON d.id = page.id WHERE page.place <= {page_size})"
    )
