"""One's own sessions and API keys."""

from __future__ import annotations

from typing import Any

from accounts.api.serializers.api_key import ApiKeyInputSerializer, ApiKeySerializer, NewApiKeySerializer
from accounts.api.serializers.session import SessionSerializer
from accounts.api.views.access import KeysView, KeyView, SessionsView, SessionView
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "account"
_MADE = "2026-01-05T09:30:00.000000Z"
_SESSION: dict[str, Any] = {
    "id": 71,
    "device": "Firefox on Linux",
    "address": "192.0.2.0",
    "created_at": _MADE,
    "last_seen_at": "2026-01-06T18:02:11.000000Z",
    "expires_at": "2026-03-06T09:30:00.000000Z",
    "amr": ["pwd"],
    "current": True,
}
_KEY: dict[str, Any] = {
    "id": 4,
    "name": "Media centre",
    "prefix": "Qh3kZp0a",
    "scopes": ["read", "scrobble"],
    "rate_per_minute": 300,
    "created_at": _MADE,
    "expires_at": None,
    "last_used_at": None,
}

document(
    SessionsView,
    get=Operation(
        id="listSessions",
        tag=TAG,
        summary="See where you are signed in",
        description="The latest seen first, at most 100. `address` is the first part of the one it was opened from, "
        "`last_seen_at` is right to a minute.",
        answers=(
            Answer(
                says="Your sessions.",
                shape=SessionSerializer,
                results=True,
                example={"results": [_SESSION]},
                headers=("Cache-Control",),
            ),
        ),
    ),
)
document(
    SessionView,
    delete=Operation(
        id="endSession",
        tag=TAG,
        summary="End one of your sessions",
        description="Its tokens open nothing from the next request on.",
        answers=(Answer(status=204, says="The session has ended."),),
        problems=("not_found",),
    ),
)
document(
    KeysView,
    get=Operation(
        id="listKeys",
        tag=TAG,
        summary="List your API keys",
        description="The newest first. Their secrets are not stored and are shown nowhere.",
        answers=(
            Answer(
                says="Your keys.",
                shape=ApiKeySerializer,
                results=True,
                example={"results": [_KEY]},
                headers=("Cache-Control",),
            ),
        ),
    ),
    post=Operation(
        id="createKey",
        tag=TAG,
        summary="Make an API key",
        description="`key` of the answer is shown this once. A key opens what its scopes say, as far as you may "
        "yourself: `read` every safe method, `write` your own things, `scrobble`, `import` (a library), `curate` (the "
        "catalogue), `feed`. At most 50 at a time. With an `Idempotency-Key` a repetition is a 409: the secret is "
        "not kept.",
        body={
            JSON: Body(
                shape=ApiKeyInputSerializer,
                examples={"scrobbler": {"name": "Media centre", "scopes": ["read", "scrobble"], "expires_at": None}},
            )
        },
        answers=(
            Answer(
                status=201,
                says="The key, with its secret.",
                shape=NewApiKeySerializer,
                example=_KEY | {"key": "wly_Qh3kZp0a_0123456789abcdefghijklmnopqrstuv"},
                headers=("Cache-Control",),
            ),
        ),
        problems=("too_many_keys",),
        idempotent=True,
    ),
)
document(
    KeyView,
    delete=Operation(
        id="revokeKey",
        tag=TAG,
        summary="Revoke an API key",
        description="The next call with it finds nobody.",
        answers=(Answer(status=204, says="The key is revoked."),),
        problems=("not_found",),
    ),
)
