"""Writing a profile and preferences, and what others may ask about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from accounts.models import Preferences, Profile, User
from accounts.models.profile import PARTS
from watchly.common.errors import NotFound
from watchly.common.files.pictures import prepare
from watchly.common.files.stored import discard, storing
from watchly.common.visibility import Visibility

AVATARS = "avatars"
AVATAR_WIDTHS = (64, 128, 256, 512)  # pixels; avatars are square
TEXTS = ("display_name", "bio", "location")


@transaction.atomic
def change_profile(
    *,
    user_id: int,
    values: Mapping[str, Any],
    visibility: Mapping[str, str] | None = None,
    then: Callable[[], None] | None = None,
) -> Profile:
    """Changes what a user says of themselves; what is not named stays.

    `values` are texts (empty ones become null) and `links`, `visibility` is by part of the account. `then` is run in
    the same transaction: what belongs to the change and is another app's. Raises NotFound.
    """
    profile = _locked(Profile, user_id)
    touched = []
    for name in (*TEXTS, "links"):
        if name in values:
            setattr(profile, name, values[name] or ([] if name == "links" else None))
            touched.append(name)
    for part, who in (visibility or {}).items():
        setattr(profile, f"{part}_visibility", who)
        touched.append(f"{part}_visibility")
    if touched:
        profile.save(update_fields=[*touched, "updated_at"])
    if then is not None:
        then()
    return profile


def set_avatar(*, user_id: int, upload: File[bytes]) -> Profile:
    """Verifies a picture, cuts it square and makes it the avatar; the one before goes once this one is there.

    Raises what `watchly.common.files.pictures.prepare` does, StorageUnavailable and NotFound. In each case nothing has
    changed.
    """
    upload.seek(0)
    picture = prepare(upload, max_bytes=settings.UPLOAD_MAX_BYTES, widths=AVATAR_WIDTHS, square=True)
    with storing(picture, folder=AVATARS) as stored:
        profile = _locked(Profile, user_id)
        before = profile.avatar_paths
        profile.avatar_path, profile.avatar_renditions = stored.path, stored.renditions
        profile.save(update_fields=["avatar_path", "avatar_renditions", "updated_at"])
        transaction.on_commit(lambda: discard(before))
    return profile


@transaction.atomic
def remove_avatar(*, user_id: int) -> None:
    """Takes the avatar away, if there is one; its files go when the transaction is through."""
    profile = Profile.objects.select_for_update().filter(user_id=user_id).first()
    if profile is None or profile.avatar_path is None:
        return
    before = profile.avatar_paths
    profile.avatar_path, profile.avatar_renditions = None, {}
    profile.save(update_fields=["avatar_path", "avatar_renditions", "updated_at"])
    transaction.on_commit(lambda: discard(before))


@transaction.atomic
def change_preferences(*, user_id: int, values: Mapping[str, Any]) -> Preferences:
    """Changes how Watchly behaves for a user; what is not named stays, also among the kinds of notifications.

    Raises NotFound.
    """
    preferences = _locked(Preferences, user_id)
    touched = {name: value for name, value in values.items() if name != "notifications"}
    for name, value in touched.items():
        setattr(preferences, name, value)
    chosen = dict(preferences.notifications)
    for kind, ways in values.get("notifications", {}).items():
        chosen[kind] = {**chosen.get(kind, {}), **ways}
    if chosen != preferences.notifications:
        preferences.notifications = touched["notifications"] = chosen
    if touched:
        preferences.save(update_fields=[*touched, "updated_at"])
    return preferences


def visibility_of(*, user_id: int, part: str) -> Visibility:
    """Who may see a part of an account: profile, history, library, lists or statistics. Raises KeyError for another."""
    if part not in PARTS:
        raise KeyError(part)
    return Visibility(Profile.objects.of(user_id).visibility[part])


def _locked(model: Any, user_id: int) -> Any:
    """The user's row of this model, made if there is none, and locked."""
    if not User.objects.filter(pk=user_id, erased_at__isnull=True).exists():
        raise NotFound("There is no such user.")
    model.objects.bulk_create([model(user_id=user_id)], ignore_conflicts=True)
    return model.objects.select_for_update().get(user_id=user_id)
