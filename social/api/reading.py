"""One document of something that people write, for whoever reads it: one statement, which also decides who may."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from watchly.api.conditional import json_answer
from watchly.api.documents import Document
from watchly.api.input import check_parameters
from watchly.api.pages import literal_sql
from watchly.api.statements import fetch
from watchly.api.viewer import signed_in, viewer_id
from watchly.api.views import DocumentViewSet
from watchly.common.errors import NotFound


def read_one(
    request: Request,
    pk: int,
    *,
    visible: QuerySet[Any],
    document: Document,
    own: Document | None = None,
    status: int = 200,
    picks: bool = True,
) -> HttpResponse:
    """The document of the row of this id among those that the reader sees; its author gets `own`, if there is one.

    `picks` takes `fields` and `expand` from the request. Raises NotFound, and ValidationError.
    """
    query = request.query_params
    fields: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    if picks:
        check_parameters(query, known=("fields", "expand"))
        fields = DocumentViewSet.picked(query, "fields", (own or document).fields)
        expand = DocumentViewSet.picked(query, "expand", document.expansions)
    reader = viewer_id(request)
    if document.personal(expand):
        signed_in(reader, f"expand={','.join(expand)}")
    expression = document.expression(tuple(name for name in fields if name in document.fields), expand)
    if own is not None:
        expression = (
            f"CASE WHEN d.user_id = %(viewer)s::bigint THEN {own.expression(fields, expand)} ELSE {expression} END"
        )
    rows = fetch(
        f"SELECT d.version, {expression} FROM {document.table} d WHERE d.id = %(id)s"
        f" AND d.id IN ({literal_sql(visible.filter(pk=pk).order_by().values('pk')).replace('%', '%%')})",
        {"id": pk, "viewer": reader},
    )
    if not rows:
        raise NotFound(f"There is no {document.model._meta.verbose_name} {pk}.")
    version, body = rows[0]
    return json_answer(request._request, body.encode(), version=version, status=status)
