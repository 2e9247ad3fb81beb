"""Passwords and e-mail addresses: the paths below auth/password and auth/email."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.http import HttpResponse
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import limits
from accounts.api.serializers.sign_in import (
    EmailChangeInputSerializer,
    EmailUndoInputSerializer,
    EmailVerifyInputSerializer,
    PasswordChangeInputSerializer,
    PasswordResetConfirmInputSerializer,
    PasswordResetInputSerializer,
    email_required,
)
from accounts.api.views.sign_in import DoorView, taken
from accounts.callers import SessionCaller
from accounts.models import User
from accounts.services.emails import Typed, change_email, request_verification, undo_email_change, verify_email
from accounts.services.passwords import change_password, request_password_reset, reset_password
from watchly.api.input import check_nothing_sent
from watchly.api.limits import Limit, spend
from watchly.api.middleware import client_address


class PasswordChangeView(APIView):
    permission_classes = (IsAuthenticated,)
    limits: ClassVar[tuple[Limit, ...]] = (limits.ACCOUNT,)

    def post(self, request: Request) -> HttpResponse:
        """Sets another password; every other session ends."""
        user = change_password(
            **taken(PasswordChangeInputSerializer, request),
            user_id=request.user.pk or 0,
            session_id=_session_id(request),
            address=client_address(request._request),
        )
        _keep_cookie_session(request, user)
        return HttpResponse(status=204)


class PasswordResetView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.RESET,)

    def post(self, request: Request) -> HttpResponse:
        """Sends a code, if there is such an account; the same answer if not."""
        email: str = taken(PasswordResetInputSerializer, request)["email"]
        spend(request._request, limits.RESET_OF_ADDRESS, email.casefold())
        request_password_reset(email=email)
        return HttpResponse(status=202)


class PasswordResetConfirmView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.CODE,)

    def post(self, request: Request) -> HttpResponse:
        reset_password(**taken(PasswordResetConfirmInputSerializer, request))
        return HttpResponse(status=204)


class EmailVerifyView(APIView):
    """Open to everybody for the address of a new account; a change of address takes its user's sign-in."""

    permission_classes = (AllowAny,)
    limits: ClassVar[tuple[Limit, ...]] = (limits.CODE,)

    def post(self, request: Request) -> HttpResponse:
        """Redeems a code that went to an address."""
        typed = Typed(**taken(EmailVerifyInputSerializer, request))
        caller_id = request.user.pk if request.user.is_authenticated else None
        if typed.token is None and typed.email is None and caller_id is None:
            raise email_required()
        user, changed = verify_email(typed=typed, caller_id=caller_id, session_id=_session_id(request))
        if changed:
            _keep_cookie_session(request, user)
        return Response({"username": user.username, "email_verified": True})


class EmailUndoView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.CODE,)

    def post(self, request: Request) -> HttpResponse:
        """Gives the account its former address back, and ends everything that was opened meanwhile."""
        undo_email_change(**taken(EmailUndoInputSerializer, request))
        return HttpResponse(status=204)


class EmailResendView(APIView):
    permission_classes = (IsAuthenticated,)
    limits: ClassVar[tuple[Limit, ...]] = (limits.RESEND,)

    def post(self, request: Request) -> HttpResponse:
        check_nothing_sent(request)
        request_verification(user_id=request.user.pk or 0)
        return HttpResponse(status=202)


class EmailChangeView(APIView):
    permission_classes = (IsAuthenticated,)
    limits: ClassVar[tuple[Limit, ...]] = (limits.ACCOUNT,)

    def post(self, request: Request) -> HttpResponse:
        """Sends a code to the new address; nothing changes before it comes back."""
        change_email(
            **taken(EmailChangeInputSerializer, request),
            user_id=request.user.pk or 0,
            address=client_address(request._request),
        )
        return HttpResponse(status=202)


def _session_id(request: Request) -> int | None:
    """The session with tokens that asks; None for a caller with a cookie."""
    return request.auth.session_id if isinstance(request.auth, SessionCaller) else None


def _keep_cookie_session(request: Request, user: User) -> None:
    """Lets the cookie session that asks outlive a change that ends the others."""
    if request._request.session.get(SESSION_KEY) == str(user.pk):
        update_session_auth_hash(request._request, user)
