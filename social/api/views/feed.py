"""GET /api/feed"""

from __future__ import annotations

from functools import lru_cache

from django.core import signing
from django.http import HttpResponse
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from social.api.scopes import READS_FEED
from social.api.serializers import feed as documents
from social.services.feed import groups_after, groups_before
from watchly.api.addresses import media_prefix
from watchly.api.conditional import json_answer
from watchly.api.input import check_parameters
from watchly.api.pages import LARGEST_PAGE_SIZE, PAGE_SIZE, whole_number
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.streams import Streams

NEWEST = 2**63 - 1
_LONGEST = 200
_SIGNER = signing.Signer(salt="watchly.stream.feed")


class FeedViewSet(ViewSet):
    """What those whom the reader follows did, the newest first. A group keeps its place, however many join it."""

    permission_classes = (SignedIn,)
    key_scopes = READS_FEED
    serializer_class = documents.FeedGroupSerializer
    pagination_class = Streams

    def list(self, request: Request) -> HttpResponse:
        query = request.query_params
        check_parameters(query, known=("cursor", "limit"))
        limit = whole_number(query, "limit", PAGE_SIZE, LARGEST_PAGE_SIZE)
        group, back = _read(query["cursor"]) if "cursor" in query else (NEWEST, False)
        reader = request.user.pk or 0
        if back:
            found = groups_after(reader_id=reader, after=group, limit=limit + 1)
            ids, more = found[-limit:], True
            newer = len(found) > limit
        else:
            found = groups_before(reader_id=reader, before=group, limit=limit + 1)
            ids, more = found[:limit], len(found) > limit
            newer = "cursor" in query and bool(ids)
        results = page_of(ids, reader=reader)
        here = request._request.build_absolute_uri(request.path) + f"?limit={limit}&cursor="
        following = f'"{here}{_write(ids[-1], back=False)}"' if more and ids else "null"
        before = f'"{here}{_write(ids[0], back=True)}"' if newer and ids else "null"
        body = f'{{"next":{following},"previous":{before},"results":[{results or ""}]}}'
        return json_answer(request._request, body.encode())


def page_of(ids: list[int], *, reader: int) -> str | None:
    """The documents of these groups as one text, for this reader; None where nothing is left of them."""
    ((results,),) = fetch(_statement(), {"ids": ids, "reader": reader})
    return results  # type: ignore[no-any-return]  # one column of text


@lru_cache(maxsize=1)
def _statement() -> str:
    return documents.statement(media_prefix())


def _write(group: int, *, back: bool) -> str:
    return _SIGNER.sign_object([group, back])


def _read(text: str) -> tuple[int, bool]:
    try:
        group, back = _SIGNER.unsign_object(text[:_LONGEST])
        return int(group), bool(back)
    except (signing.BadSignature, ValueError, TypeError):
        said = "This is no cursor of this list: follow `next` and `previous` as they are, or begin without one."
        raise ValidationError({"cursor": [ErrorDetail(said, code="cursor")]}) from None
