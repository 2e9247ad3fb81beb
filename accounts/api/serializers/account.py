"""One's own account: what is shown of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Profile, User
from accounts.models.profile import PARTS
from accounts.roles import roles_of
from watchly.api.fields import ChoiceField, MediaUrlField
from watchly.api.profile_sections import sections
from watchly.api.renderers import JSONRenderer
from watchly.common.visibility import Visibility


class LinkSerializer(serializers.Serializer[Any]):
    """An address that a person gives as theirs."""

    title = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)


class AccountVisibilitySerializer(serializers.Serializer[Any]):
    """Who may see each part of an account."""

    profile = ChoiceField(choices=Visibility.choices, read_only=True)
    history = ChoiceField(choices=Visibility.choices, read_only=True)
    library = ChoiceField(choices=Visibility.choices, read_only=True)
    lists = ChoiceField(choices=Visibility.choices, read_only=True)
    statistics = ChoiceField(choices=Visibility.choices, read_only=True)


class AccountSerializer(serializers.Serializer[Any]):
    """An account as its owner sees it; what others see of it is `users/{username}`."""

    id = serializers.IntegerField(read_only=True)
    username = serializers.CharField(read_only=True, help_text="Public. An administrator can change it.")
    email = serializers.CharField(read_only=True, allow_null=True, help_text="Nobody else sees it.")
    email_verified = serializers.BooleanField(read_only=True)
    roles = serializers.ListField(child=serializers.CharField(), read_only=True)
    display_name = serializers.CharField(read_only=True, allow_null=True)
    bio = serializers.CharField(read_only=True, allow_null=True)
    location = serializers.CharField(read_only=True, allow_null=True)
    links = LinkSerializer(many=True, read_only=True)
    avatar_url = MediaUrlField()
    avatar_renditions = serializers.DictField(
        child=serializers.CharField(), read_only=True, help_text="Square; addresses by width in pixels."
    )
    visibility = AccountVisibilitySerializer(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    last_sign_in_at = serializers.DateTimeField(read_only=True, allow_null=True)
    erase_after = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When the account will be erased, if its owner has asked for that."
    )

    def get_fields(self) -> dict[str, Any]:
        """And what other apps add."""
        return {**super().get_fields(), **{name: section.output() for name, section in sections().items()}}


def shown(user: User) -> dict[str, Any]:
    """The account as it is stored, in the shape of AccountSerializer."""
    media = MediaUrlField().to_representation
    profile = Profile.objects.of(user.pk)
    values = {
        "id": user.pk,
        "username": user.username,
        "email": user.email or None,
        "email_verified": user.email_verified_at is not None,
        "roles": roles_of(user.pk),
        "display_name": profile.display_name,
        "bio": profile.bio,
        "location": profile.location,
        "links": profile.links,
        "avatar_url": profile.avatar_path,
        "avatar_renditions": {width: media(path) for width, path in profile.avatar_renditions.items()},
        "visibility": {part: profile.visibility[part] for part in PARTS},
        "created_at": user.date_joined,
        "last_sign_in_at": user.last_login,
        "erase_after": user.erase_after,
        **{name: section.read(user.pk) for name, section in sections().items()},
    }
    return dict(AccountSerializer(values).data)


def rendered(values: Any) -> bytes:
    """As the API writes JSON."""
    body: bytes = JSONRenderer().render(values)
    return body
