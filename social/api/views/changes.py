"""GET me/changes and me/last-activities: what a client needs to hold the same library."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.core import signing
from django.http import HttpResponse
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from social.api.serializers.change import LastActivitiesSerializer, OwnChangeSerializer
from social.services.changes import ChangeKind, kinds
from watchly.api.conditional import json_answer
from watchly.api.documents import literal
from watchly.api.input import check_parameters
from watchly.api.pages import LARGEST_PAGE_SIZE, whole_number
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.views import invalid
from watchly.common.errors import Gone

_LIMIT = 100
_LONGEST = 500  # characters of a cursor
_PLACE = '(%(revision)s::bigint, %(kind)s::text COLLATE "C", %(id)s::bigint)'


class Place(NamedTuple):
    """Behind which change a client stands, and at which revision it began with nothing: it needs no tombstones of what
    was gone by then."""

    user: int
    revision: int = 0
    kind: str = ""
    id: int = 0
    began: int = 0


class ChangesView(GenericAPIView[Any]):
    """Everything of the caller's in the order in which it last changed: what is there whole, what is gone by name."""

    serializer_class = OwnChangeSerializer
    permission_classes = (SignedIn,)

    def get(self, request: Request) -> HttpResponse:
        query = request.query_params
        check_parameters(query, known=("cursor", "limit"))
        limit = whole_number(query, "limit", _LIMIT, LARGEST_PAGE_SIZE)
        user_id = request.user.pk or 0
        place = _read(query["cursor"], user_id) if "cursor" in query else Place(user_id)
        values = {"user": user_id, "revision": place.revision, "kind": place.kind, "id": place.id, "limit": limit}
        ((head, cleared, found, last, results),) = fetch(_statement(kinds()), values)
        if "cursor" not in query:
            place = place._replace(began=head or 0)
        if max(place.revision, place.began) < (cleared or 0):
            raise Gone(
                "What has gone since then is forgotten: begin without a cursor, and keep nothing that is not told.",
                code="resync_required",
            )
        if last is not None:
            revision, kind, object_id = last
            place = place._replace(revision=revision, kind=kind, id=object_id)
        cursor = _signer().sign_object(list(place), compress=True)
        http = request._request
        following = "null"
        if found > limit:
            size = f"limit={limit}&" if "limit" in query else ""
            following = f'"{http.build_absolute_uri(http.path)}?{size}cursor={cursor}"'
        return json_answer(
            http, f'{{"next":{following},"previous":null,"cursor":"{cursor}","results":[{results or ""}]}}'.encode()
        )


class LastActivitiesView(GenericAPIView[Any]):
    """When anything of the caller's last changed, by kind: a client that has that much needs to ask for nothing."""

    serializer_class = LastActivitiesSerializer
    permission_classes = (SignedIn,)

    def get(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        ((answer,),) = fetch(_last_activities(kinds()), {"user": request.user.pk})
        return json_answer(request._request, answer.encode())


# --- cursors ---


def _signer() -> signing.Signer:
    return signing.Signer(salt="watchly.changes")


def _read(text: str, user_id: int) -> Place:
    try:
        place = Place(*_signer().unsign_object(text[:_LONGEST]))
    except (signing.BadSignature, ValueError, TypeError):
        place = Place(0)
    if place.user != user_id:
        raise invalid("cursor", "This is no cursor of your changes: use `cursor` or `next` as it is.", "cursor")
    return place


# --- statements ---


@lru_cache(maxsize=2)
def _statement(known: tuple[ChangeKind, ...]) -> str:
    """One statement for one page: the user's revision and how far tombstones are cleared, how many changes it found
    (one more than it shows), the place of the last one, and the changes as one text."""
    narrow = 'd.revision >= %(revision)s AND (d.revision, {kind} COLLATE "C", d.{id}::bigint) > ' + _PLACE
    found = [
        f"(SELECT {literal(kind.name)}::text AS kind, d.{kind.object_id}::bigint AS object_id, d.id AS row_id,"
        f" d.revision FROM {kind.table} d WHERE d.{kind.owner} = %(user)s AND {kind.condition}"
        f" AND {narrow.format(kind=literal(kind.name) + '::text', id=kind.object_id)}"
        f" ORDER BY d.revision, d.{kind.object_id} LIMIT %(limit)s::int + 1)"
        for kind in known
    ]
    found.append(
        "(SELECT d.kind::text, d.object_id, NULL, d.revision FROM social_tombstone d WHERE d.user_id = %(user)s"
        f" AND {narrow.format(kind='d.kind::text', id='object_id')}"
        ' ORDER BY d.revision, d.kind COLLATE "C", d.object_id LIMIT %(limit)s::int + 1)'
    )
    documents = " ".join(
        f"WHEN {literal(kind.name)} THEN"
        f" (SELECT {kind.document().expression()} FROM {kind.table} d WHERE d.id = page.row_id)"
        for kind in known
    )
    return (
        f'WITH page AS MATERIALIZED (SELECT f.*, row_number() OVER (ORDER BY revision, kind COLLATE "C", object_id)'
        f" AS place FROM ({' UNION ALL '.join(found)}) f ORDER BY place LIMIT %(limit)s::int + 1)"
        " SELECT (SELECT revision FROM social_userrevision WHERE user_id = %(user)s),"
        " (SELECT cleared FROM social_userrevision WHERE user_id = %(user)s),"
        " (SELECT count(*) FROM page), (SELECT json_build_array(revision, kind, object_id) FROM page"
        " WHERE place <= %(limit)s::int ORDER BY place DESC LIMIT 1),"
        ' (SELECT string_agg(\'{"kind":"\' || kind || \'","id":\' || object_id || \',"revision":\' || revision'
        " || ',\"deleted\":' || (row_id IS NULL) || ',\"data\":'"
        f" || coalesce(CASE WHEN row_id IS NOT NULL THEN CASE kind {documents} END END, 'null') || '}}', ','"
        " ORDER BY place) FROM page WHERE place <= %(limit)s::int)"
    )


@lru_cache(maxsize=2)
def _last_activities(known: tuple[ChangeKind, ...]) -> str:
    time = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    each = [
        f"{literal(kind.name)}, json_build_object("
        f"'changed_at', (SELECT {time.format(f'd.{kind.changed_at}')} FROM {kind.table} d"
        f" WHERE d.{kind.owner} = %(user)s AND {kind.condition} ORDER BY d.revision DESC LIMIT 1),"
        f" 'removed_at', (SELECT {time.format('t.created_at')} FROM social_tombstone t"
        f" WHERE t.user_id = %(user)s AND t.kind = {literal(kind.name)} ORDER BY t.revision DESC LIMIT 1))"
        for kind in known
    ]
    return (
        "SELECT json_build_object('revision',"
        " coalesce((SELECT revision FROM social_userrevision WHERE user_id = %(user)s), 0),"
        f" 'kinds', json_build_object({', '.join(each)}))::text"
    )
