"""GET|POST me/share-links, DELETE me/share-links/{id}, GET shared/{token}"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from social.api.serializers.movie_list import SHARED_LIST
from social.api.serializers.review import REVIEW
from social.api.serializers.share_link import (
    SHARE_LINK,
    MadeShareLinkSerializer,
    OpenedSerializer,
    ShareLinkInputSerializer,
)
from social.api.serializers.shown import SHOWN_ENTRY, SHOWN_PLAY
from social.api.serializers.user import USER
from social.api.views.across import origin
from social.api.views.users import number_of
from social.models import ShareLink
from social.services.share_links import (
    GONE,
    find_share_link,
    make_share_link,
    revoke_share_link,
    use_share_link,
    what_it_opens,
)
from watchly.api.addresses import addressed
from watchly.api.documents import Document
from watchly.api.idempotency import once
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.pages import literal_sql
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.streams import Stream, StreamViewSet
from watchly.common.errors import NotFound

# What is shown of a thing that was shared, by its kind; filled by those who own the kinds.
DOCUMENTS: dict[str, Callable[[], Document]] = {
    ShareLink.Kind.PLAY: lambda: SHOWN_PLAY,
    ShareLink.Kind.ENTRY: lambda: SHOWN_ENTRY,
    ShareLink.Kind.REVIEW: lambda: REVIEW,
    ShareLink.Kind.LIST: lambda: SHARED_LIST,
}


class ShareLinkViewSet(StreamViewSet):
    """One's own links, the newest first. No API key makes one: it would open what the key itself may not read."""

    permission_classes = (SignedIn,)
    stream = Stream("share-links", SHARE_LINK, "d.user_id = %(user)s")

    def list(self, request: Request) -> HttpResponse:
        return self.page(request, {"user": request.user.pk})

    @once
    def create(self, request: Request) -> Response:
        """Makes a link. Its address is in this answer and nowhere else."""
        check_parameters(request.query_params, known=())
        serializer = ShareLinkInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        link, token = make_share_link(user_id=request.user.pk or 0, **serializer.validated_data)
        link.url = f"{origin(request)}/api/shared/{token}"  # type: ignore[attr-defined]
        return Response(MadeShareLinkSerializer(link).data, status=201, headers={"Cache-Control": "no-store"})

    def destroy(self, request: Request, pk: str) -> Response:
        check_nothing_sent(request)
        revoke_share_link(user_id=request.user.pk or 0, link_id=number_of(pk, "link"))
        return Response(status=204)


class SharedView(ViewSet):
    """What a link opens.

    A GET or HEAD spends nothing, since link previews, scanners and prefetching send them without a user. A link with a
    limit is opened by POST, which counts as a use; a GET of it says only whose it is and what kind of thing it opens.
    """

    permission_classes = (AllowAny,)
    serializer_class = OpenedSerializer

    def retrieve(self, request: Request, token: str) -> HttpResponse:
        """Describes the link; shows the thing where there are no uses to spend."""
        check_parameters(request.query_params, known=())
        link = find_share_link(token=token)
        return self._answer(request, link, shows=link.most_uses is None)

    def open(self, request: Request, token: str) -> HttpResponse:
        """Counts a use and shows the thing."""
        check_nothing_sent(request)
        return self._answer(request, find_share_link(token=token), shows=True, spends=True)

    @staticmethod
    def _answer(request: Request, link: ShareLink, *, shows: bool, spends: bool = False) -> HttpResponse:
        document = DOCUMENTS[link.kind]()
        row = literal_sql(what_it_opens(link=link).values("pk")).replace("%", "%%")
        ((user, thing),) = fetch(
            f"SELECT (SELECT {USER.expression()} FROM {USER.table} d WHERE d.id = %(user)s),"
            f" (SELECT {document.expression()} FROM {document.table} d WHERE d.id = ({row}))",
            {"user": link.user_id},
        )
        if thing is None:
            raise NotFound(GONE)
        if spends:
            use_share_link(link=link)
        body = {
            "kind": link.kind,
            "user": json.loads(user),
            "thing": json.loads(thing) if shows else None,
            "expires_at": link.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = HttpResponse(addressed(content, request), content_type="application/json")
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer
