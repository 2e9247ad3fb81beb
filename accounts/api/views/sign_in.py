"""Registration, login, refresh, logout: the paths below auth/ that open and end sessions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import logout
from django.http import HttpResponse
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from accounts.api import limits
from accounts.api.serializers.sign_in import (
    LoginInputSerializer,
    LogoutInputSerializer,
    RefreshInputSerializer,
    RegistrationInputSerializer,
    SecondFactorInputSerializer,
)
from accounts.callers import SessionCaller
from accounts.models import EndReason
from accounts.services.registration import register
from accounts.services.second_factor import show_second_factor
from accounts.services.sessions import TokenPair, end_all_sessions, end_session, refresh_session, sign_out
from accounts.services.sign_in import sign_in
from accounts.tokens import ACCESS_LIFETIME
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.limits import Limit
from watchly.api.middleware import client_address
from watchly.common.errors import Forbidden, NotFound


def taken(serializer_class: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body of a call that has no parameters. Raises ValidationError."""
    check_parameters(request.query_params, known=())
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def secret(body: Any, status: int = 200) -> Response:
    """An answer that nobody keeps on its way."""
    response = Response(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


class DoorView(APIView):
    """A view for who is not signed in: what stands in `Authorization` is not even looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class RegisterView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.REGISTER,)

    def post(self, request: Request) -> HttpResponse:
        """Makes an account; the same answer whether or not the address is known."""
        user = register(**taken(RegistrationInputSerializer, request))
        return secret({"id": user.pk, "username": user.username, "roles": [], "email_verified": False}, 201)


class LoginView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.LOGIN,)

    def post(self, request: Request) -> HttpResponse:
        values = taken(LoginInputSerializer, request)
        found = sign_in(
            name=values["username"],
            password=values["password"],
            address=client_address(request._request),
            device=request.META.get("HTTP_USER_AGENT", ""),
        )
        user = {
            "id": found.user_id,
            "username": found.username,
            "roles": found.roles,
            "email_verified": found.email_verified,
        }
        return secret({**_pair(found.tokens), "user": user})


class RefreshView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.REFRESH,)

    def post(self, request: Request) -> HttpResponse:
        return secret(_pair(refresh_session(refresh=taken(RefreshInputSerializer, request)["refresh"])))


class SecondFactorView(APIView):
    """Gives the session that asks the powers of staff, for a code of the second factor."""

    permission_classes = (IsAuthenticated,)
    limits: ClassVar[tuple[Limit, ...]] = (limits.ACCOUNT,)

    def post(self, request: Request) -> HttpResponse:
        code = taken(SecondFactorInputSerializer, request)["code"]
        if not isinstance(request.auth, SessionCaller):
            raise Forbidden("Send an access token: browsers show their second factor in the back office.")
        access = show_second_factor(
            user_id=request.user.pk or 0,
            session_id=request.auth.session_id,
            code=code,
            address=client_address(request._request),
        )
        return secret({"access": access, "token_type": "Bearer", "expires_in": int(ACCESS_LIFETIME.total_seconds())})


class LogoutView(APIView):
    """Ends the session of the refresh token that is sent, else the one that asks."""

    permission_classes = (AllowAny,)
    limits: ClassVar[tuple[Limit, ...]] = (limits.REFRESH,)

    def post(self, request: Request) -> HttpResponse:
        refresh = taken(LogoutInputSerializer, request).get("refresh")
        if refresh is None and not request.user.is_authenticated:
            raise NotAuthenticated("Send the access token, or the refresh token as `refresh`.")
        if refresh is not None:
            sign_out(refresh=refresh)
        if isinstance(request.auth, SessionCaller):
            _end(request.user.pk or 0, request.auth.session_id)
        elif request.user.is_authenticated:
            logout(request._request)
        return HttpResponse(status=204)


class LogoutAllView(APIView):
    """Ends every session of whoever asks."""

    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> HttpResponse:
        check_nothing_sent(request)
        end_all_sessions(user_id=request.user.pk or 0)
        return HttpResponse(status=204)


def _end(user_id: int, session_id: int) -> None:
    try:
        end_session(user_id=user_id, session_id=session_id, reason=EndReason.LOGOUT)
    except NotFound:  # by its refresh token just now, or by somebody else meanwhile
        return


def _pair(tokens: TokenPair) -> dict[str, Any]:
    return {
        "access": tokens.access,
        "refresh": tokens.refresh,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
    }
