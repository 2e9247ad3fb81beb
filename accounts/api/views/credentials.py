"""Passwords and e-mail addresses: the paths below auth/password and auth/email."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.http import HttpResponse
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import limits
from accounts.api.serializers.sign_in import (
    EmailChangeInputSerializer,
    EmailVerifyInputSerializer,
    PasswordChangeInputSerializer,
    PasswordResetConfirmInputSerializer,
    PasswordResetInputSerializer,
)
from accounts.api.views.sign_in import DoorView, taken
from accounts.callers import SessionCaller
from accounts.services.emails import change_email, request_verification, verify_email
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
            session_id=request.auth.session_id if isinstance(request.auth, SessionCaller) else None,
            address=client_address(request._request),
        )
        if SESSION_KEY in request._request.session:  # the cookie session that asks stays, too
            update_session_auth_hash(request._request, user)
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


class EmailVerifyView(DoorView):
    limits: ClassVar[tuple[Limit, ...]] = (limits.CODE,)

    def post(self, request: Request) -> HttpResponse:
        user = verify_email(**taken(EmailVerifyInputSerializer, request))
        return Response({"username": user.username, "email_verified": True})


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
