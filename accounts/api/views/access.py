"""One's own sessions and API keys: GET me/sessions, GET and POST me/keys, and DELETE of one."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.admin.gate import shown_device
from accounts.api import limits
from accounts.api.serializers.api_key import ApiKeyInputSerializer, ApiKeySerializer, NewApiKeySerializer
from accounts.api.serializers.session import SessionSerializer
from accounts.api.views.sign_in import secret, taken
from accounts.callers import SessionCaller
from accounts.models import ApiKey, EndReason, Session
from accounts.services.api_keys import MOST_KEYS, create_key, revoke_key
from accounts.services.sessions import end_session
from watchly.api.idempotency import once
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.limits import Limit
from watchly.api.views import LARGEST_ID

_SESSIONS_SHOWN = 100


class _OwnView(APIView):
    """What no API key opens: a leaked one must not tell where its owner is, nor make others like it."""

    permission_classes = (IsAuthenticated,)
    key_scopes: ClassVar[dict[str, str | None]] = {"GET": None}


class SessionsView(_OwnView):
    def get(self, request: Request) -> HttpResponse:
        """Where one is signed in, the latest seen first."""
        check_parameters(request.query_params, known=())
        rows = Session.objects.living().filter(user_id=request.user.pk or 0).order_by("-last_seen_at", "-pk")
        current = request.auth.session_id if isinstance(request.auth, SessionCaller) else None
        shown = SessionSerializer(rows[:_SESSIONS_SHOWN], many=True, context={"current": current})
        return _private({"results": shown.data})


class SessionView(_OwnView):
    def delete(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        end_session(user_id=request.user.pk or 0, session_id=_id(pk), reason=EndReason.BY_USER)
        return HttpResponse(status=204)


class KeysView(_OwnView):
    limits: ClassVar[dict[str, tuple[Limit, ...]]] = {"POST": (limits.ACCOUNT,)}

    def get(self, request: Request) -> HttpResponse:
        """One's keys, the newest first."""
        check_parameters(request.query_params, known=())
        rows = ApiKey.objects.living().filter(user_id=request.user.pk or 0).order_by("-pk")
        return _private({"results": ApiKeySerializer(rows[:MOST_KEYS], many=True).data})

    @once
    def post(self, request: Request) -> HttpResponse:
        values = taken(ApiKeyInputSerializer, request)
        key, text = create_key(user_id=request.user.pk or 0, second_factor_id=_second_factor(request), **values)
        return secret(NewApiKeySerializer(key, context={"key": text}).data, 201)


class KeyView(_OwnView):
    def delete(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        revoke_key(user_id=request.user.pk or 0, key_id=_id(pk))
        return HttpResponse(status=204)


def _second_factor(request: Request) -> int | None:
    """The device whose code this caller's session has shown."""
    if isinstance(request.auth, SessionCaller):
        return Session.objects.values_list("second_factor_id", flat=True).get(pk=request.auth.session_id)
    return shown_device(request._request) if request.auth is None else None


def _private(body: object) -> Response:
    response = Response(body)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _id(text: str) -> int:
    """The number in a path; 0, which nothing has, for what is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if number <= LARGEST_ID else 0
