"""One's own account, its avatar and its preferences."""

from __future__ import annotations

from typing import Any

from accounts.api.serializers.account import AccountSerializer
from accounts.api.serializers.account_input import AccountInputSerializer, ErasureInputSerializer, ErasureSerializer
from accounts.api.serializers.preferences import PreferencesInputSerializer, PreferencesSerializer
from accounts.api.views.account import AccountView, AvatarView, EraseView, RestoreView
from accounts.api.views.preferences import PreferencesView
from watchly.api.operations import JSON, MULTIPART, Answer, Body, Operation, document
from watchly.api.profile_sections import sections
from watchly.common.notification_kinds import known

TAG = "account"
_AVATAR = "https://films.example/media/avatars/4f/4f2d1c0b9a897867564534231201f0ed-w"
_ACCOUNT: dict[str, Any] = {
    "id": 7,
    "username": "ada",
    "email": "ada@example.org",
    "email_verified": True,
    "roles": [],
    "display_name": "Ada Example",
    "bio": "Mostly silent films.",
    "location": "Lisbon",
    "links": [{"title": "My page", "url": "https://example.org/ada"}],
    "avatar_url": f"{_AVATAR}512.webp",
    "avatar_renditions": {str(width): f"{_AVATAR}{width}.webp" for width in (64, 128, 256, 512)},
    "visibility": {
        "profile": "public",
        "history": "followers",
        "library": "public",
        "lists": "public",
        "statistics": "private",
    },
    "created_at": "2026-11-23T05:04:00.000000Z",
    "last_sign_in_at": "2026-11-26T02:01:56.000000Z",
    "erase_after": None,
    **{name: section.example for name, section in sections().items()},
}
_CHANGE = {"display_name": "Ada Example", "visibility": {"history": "followers"}}
_PREFERENCES: dict[str, Any] = {
    "language": "pt",
    "time_zone": "Europe/Lisbon",
    "rating_display": "stars",
    "default_visibility": "public",
    "hide_spoilers": True,
    "release_countries": ["PT", "GB"],
    "notifications": {name: kind.defaults for name, kind in known().items()},
}
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "A JPEG, PNG or WebP picture. The middle of it is stored, square and re-encoded.",
        },
    },
}
_REFUSED_PICTURES = (
    "image_animated",
    "image_polyglot",
    "image_too_small",
    "image_truncated",
    "image_type",
    "not_an_image",
    "file_too_large",
    "image_too_large",
    "storage_unavailable",
)


def _whole(says: str) -> Answer:
    return Answer(says=says, shape=AccountSerializer, example=_ACCOUNT, headers=("ETag", "Cache-Control"))


_ERASURE: dict[str, Any] = {
    "body": {JSON: Body(shape=ErasureInputSerializer, examples={"password": {"password": "sunset-over-the-harbour"}})},
    "answers": (
        Answer(
            status=202,
            says="The account will be erased then.",
            shape=ErasureSerializer,
            example={"erase_after": "2026-12-10T02:01:56.000000Z"},
        ),
    ),
    "problems": ("last_administrator", "locked_out"),
}

document(
    AccountView,
    get=Operation(
        id="getAccount",
        tag=TAG,
        summary="Read your own account",
        description="With what nobody else sees of it. What others see is the public page of the user.",
        answers=(Answer(says="Your account.", shape=AccountSerializer, example=_ACCOUNT),),
        cached=True,
    ),
    patch=Operation(
        id="changeAccount",
        tag=TAG,
        summary="Change your profile",
        description="What is not named stays. An empty text is the same as null; `links` are set whole; each part of "
        "`visibility` can be set alone. The username is changed by an administrator.",
        body={JSON: Body(shape=AccountInputSerializer, examples={"name": _CHANGE})},
        answers=(_whole("Your account as it is now."),),
    ),
    delete=Operation(
        id="eraseAccountByDelete",
        tag=TAG,
        summary="Erase your account (with a body)",
        description="The same as `POST me/erase`, for clients that can send a body with DELETE.",
        **_ERASURE,
    ),
)
document(
    EraseView,
    post=Operation(
        id="eraseAccount",
        tag=TAG,
        summary="Erase your account",
        description="Takes your password. Ends every session, hides the account from others, and erases it with all "
        "that is yours in 14 days. Until then API keys open nothing, and you can sign in and keep the account with "
        "`POST me/restore`. You may want an export first (`POST me/export`).",
        **_ERASURE,
    ),
)
document(
    RestoreView,
    post=Operation(
        id="restoreAccount",
        tag=TAG,
        summary="Keep your account after all",
        description="Takes the wish to be erased back; without one nothing changes.",
        answers=(_whole("Your account, which stays."),),
    ),
)
document(
    AvatarView,
    put=Operation(
        id="setAvatar",
        tag=TAG,
        summary="Set your avatar",
        description="Replaces the one before.",
        body={MULTIPART: Body(shape=_FORM, examples={"face": {"file": "(binary)"}})},
        answers=(_whole("Your account with its new avatar."),),
        problems=_REFUSED_PICTURES,
    ),
    delete=Operation(
        id="removeAvatar",
        tag=TAG,
        summary="Remove your avatar",
        answers=(Answer(status=204, says="There is none any more."),),
    ),
)
document(
    PreferencesView,
    get=Operation(
        id="getPreferences",
        tag=TAG,
        summary="Read your preferences",
        answers=(Answer(says="Your preferences.", shape=PreferencesSerializer, example=_PREFERENCES),),
        cached=True,
    ),
    patch=Operation(
        id="changePreferences",
        tag=TAG,
        summary="Change your preferences",
        description="What is not named stays, also among the kinds of notifications.",
        body={
            JSON: Body(
                shape=PreferencesInputSerializer,
                examples={"zone": {"time_zone": "Europe/Lisbon", "release_countries": ["PT", "GB"]}},
            )
        },
        answers=(
            Answer(
                says="Your preferences as they are now.",
                shape=PreferencesSerializer,
                example=_PREFERENCES,
                headers=("ETag", "Cache-Control"),
            ),
        ),
    ),
)
