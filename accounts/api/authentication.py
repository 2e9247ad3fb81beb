"""Who calls, by what stands in `Authorization`: an access token or an API key."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts.callers import KeyCaller, SessionCaller, caller_of_key, caller_of_session
from accounts.models import User
from accounts.tokens import ACCESS, InvalidToken, read_token
from watchly.api.key_scopes import opening_scopes
from watchly.api.limits import Limit, spend


def _credentials(request: Request, scheme: bytes) -> str | None:
    """What stands behind the scheme, or None where another one stands or none. Raises AuthenticationFailed."""
    parts = get_authorization_header(request).split()
    if not parts or parts[0].lower() != scheme.lower():
        return None
    if len(parts) != 2 or not parts[1].isascii():
        raise AuthenticationFailed(f"Send `Authorization: {scheme.decode()} <credentials>`.")
    return parts[1].decode("ascii")


class BearerAuthentication(BaseAuthentication):
    """An access token. One statement finds its session, user and permissions."""

    def authenticate(self, request: Request) -> tuple[User, SessionCaller] | None:
        token = _credentials(request, b"Bearer")
        if token is None:
            return None
        try:
            claims = read_token(token, ACCESS)
        except InvalidToken as refusal:
            raise AuthenticationFailed(f"{refusal} Refresh it, or sign in again.") from refusal
        user = caller_of_session(session_id=claims.session_id, user_id=claims.user_id)
        if user is None:
            request._request.refused_user_id = claims.user_id  # type: ignore[attr-defined]  # for the security log
            raise AuthenticationFailed("The session has ended: sign in again.")
        return user, SessionCaller(claims.session_id)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiKeyAuthentication(BaseAuthentication):
    """An API key, which opens what its scopes say and its owner may (a view's: `watchly.api.key_scopes`)."""

    def authenticate(self, request: Request) -> tuple[User, KeyCaller] | None:
        text = _credentials(request, b"Api-Key")
        if text is None:
            return None
        found = caller_of_key(key=text)
        if found is None:
            raise AuthenticationFailed("There is no such API key, or it was revoked or has expired.")
        user, key = found
        request._request.refused_user_id = user.pk  # type: ignore[attr-defined]  # if the scope refuses it below
        spend(request._request, Limit("key", key.rate_per_minute, 60), f"key {key.key_id}")
        self._check_scope(request, key)
        return user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Api-Key realm="api"'

    @staticmethod
    def _check_scope(request: Request, key: KeyCaller) -> None:
        parser_context: Any = request.parser_context
        scopes = opening_scopes(parser_context["view"], str(request.method))
        if not scopes:
            raise PermissionDenied("API keys cannot do this: sign in and use a token.", code="scope_missing")
        if key.scopes.isdisjoint(scopes):
            said = " or ".join(f"`{scope}`" for scope in scopes)
            raise PermissionDenied(f"This takes a key with the scope {said}.", code="scope_missing")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself so
    """Documents access tokens."""

    target_class = "accounts.api.authentication.BearerAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        said = "An access token, which `POST /api/auth/login` gives and `POST /api/auth/refresh` renews."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": said}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself so
    """Documents API keys."""

    target_class = "accounts.api.authentication.ApiKeyAuthentication"
    name = "apiKeyAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        said = (
            "`Api-Key wly_<prefix>_<secret>`, made with `POST /api/me/keys`. It opens what its scopes say; "
            "each operation names the one that it takes."
        )
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": said}
