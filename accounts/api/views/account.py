"""`/api/me`: one's own account, its avatar, and the wish to be erased."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import limits
from accounts.api.serializers.account import rendered, shown
from accounts.api.serializers.account_input import AccountInputSerializer, ErasureInputSerializer, ErasureSerializer
from accounts.models import User
from accounts.services.erasure import request_erasure, restore_account
from accounts.services.profile import change_profile, remove_avatar, set_avatar
from watchly.api.addresses import addressed
from watchly.api.conditional import json_answer
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.limits import Limit
from watchly.api.middleware import client_address
from watchly.api.parsers import ImageFormParser
from watchly.api.profile_sections import sections
from watchly.api.views import invalid
from watchly.common.scopes import Scope


class OwnView(APIView):
    """A part of the caller's own account."""

    permission_classes = (IsAuthenticated,)

    @property
    def user_id(self) -> int:
        """Whose account it is."""
        return int(self.request.user.pk or 0)

    def answer(self, values: Any) -> HttpResponse:
        """These values, with an entity tag."""
        return json_answer(self.request._request, rendered(values))

    def account(self) -> HttpResponse:
        """The account as it is stored now."""
        return self.answer(shown(User.objects.get(pk=self.user_id)))


class AccountView(OwnView):
    """One's own account. No API key erases it."""

    key_scopes: ClassVar[dict[str, str | None]] = {"PATCH": Scope.WRITE}
    limits: ClassVar[dict[str, tuple[Limit, ...]]] = {"DELETE": (limits.ACCOUNT,)}

    def get(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        user: Any = request.user  # read for this very call
        return self.answer(shown(user))

    def patch(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        stored = json.loads(addressed(rendered(shown(User.objects.get(pk=self.user_id))), request))
        serializer = AccountInputSerializer(data=request.data, partial=True, context={"stored": stored})
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)

        def write_sections() -> None:
            for name, section in sections().items():
                if name in values:
                    section.write(self.user_id, values[name])

        change_profile(
            user_id=self.user_id, values=values, visibility=values.pop("visibility", None), then=write_sections
        )
        return self.account()

    def delete(self, request: Request) -> HttpResponse:
        return _erased(request)


class EraseView(OwnView):
    """Ask for the erasure of the account; for clients that cannot send a body with DELETE."""

    limits: ClassVar[tuple[Limit, ...]] = (limits.ACCOUNT,)

    def post(self, request: Request) -> HttpResponse:
        return _erased(request)


def _erased(request: Request) -> Response:
    check_parameters(request.query_params, known=())
    serializer = ErasureInputSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    erase_after = request_erasure(
        user_id=request.user.pk or 0,
        password=serializer.validated_data["password"],
        address=client_address(request._request),
    )
    return Response(ErasureSerializer({"erase_after": erase_after}).data, status=202)


class RestoreView(OwnView):
    """Take the wish to be erased back."""

    def post(self, request: Request) -> HttpResponse:
        check_nothing_sent(request)
        restore_account(user_id=self.user_id)
        return self.account()


class AvatarView(OwnView):
    """The picture that stands for somebody."""

    parser_classes = (ImageFormParser,)
    key_scopes: ClassVar[dict[str, str | None]] = {"PUT": Scope.WRITE, "DELETE": Scope.WRITE}
    limits: ClassVar[dict[str, tuple[Limit, ...]]] = {"PUT": (limits.AVATAR,)}

    def put(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        if unknown := [name for name in request.data if name != "file"]:
            raise invalid(unknown[0], "There is no such field: send the picture as `file` alone.", "unknown")
        upload = request.FILES.get("file")
        if upload is None:
            raise invalid("file", "Send the picture as the multipart field `file`.", "required")
        set_avatar(user_id=self.user_id, upload=upload)
        return self.account()

    def delete(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        remove_avatar(user_id=self.user_id)
        return HttpResponse(status=204)
