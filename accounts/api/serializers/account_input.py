"""One's own account: what may be changed, and what must be said to erase it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import URLValidator
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models.profile import MOST_LINKS
from watchly.api.fields import ChoiceField, TextField
from watchly.api.input import StrictSerializer
from watchly.api.profile_sections import sections
from watchly.common.visibility import Visibility

# What somebody might hope to give themselves.
PRIVILEGES = ("roles", "is_staff", "is_superuser", "is_active", "groups", "user_permissions")
# Signs that turn the direction of the text behind them: with them a name can pass for another.
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_http = URLValidator(schemes=["http", "https"])


def plain(text: str) -> None:
    """Raises ValidationError for signs that are no text."""
    if any(sign in _TURNING or (unicodedata.category(sign) == "Cc" and sign not in "\n\r\t") for sign in text):
        raise ValidationError("Leave out control characters: letters, digits, signs and emoji are taken.", "characters")


def one_line(text: str) -> None:
    """Raises ValidationError for more than a line."""
    if len(text.splitlines()) > 1 or any(sign in text for sign in "\n\r\t"):
        raise ValidationError("Write it in one line.", "one_line")


def web_address(url: str) -> None:
    """Raises ValidationError for what is not http or https, or hides a name before an @."""
    try:
        _http(url)
        parts = urlsplit(url)
    except (ValueError, DjangoValidationError) as error:
        raise ValidationError("Write a whole web address, such as https://example.org/me.", "url") from error
    if parts.username is not None or parts.password is not None:
        raise ValidationError("Leave out the part before the @: it hides where the address leads.", "url")


class LinkInputSerializer(StrictSerializer):
    """An address that a person gives as theirs."""

    title = TextField(max_length=60, validators=[plain, one_line])
    url = serializers.CharField(max_length=300, validators=[web_address], help_text="http or https.")


class AccountVisibilityInputSerializer(StrictSerializer):
    """Who may see each part of an account; what is not named stays."""

    profile = ChoiceField(choices=Visibility.choices, required=False)
    history = ChoiceField(choices=Visibility.choices, required=False)
    library = ChoiceField(choices=Visibility.choices, required=False)
    lists = ChoiceField(choices=Visibility.choices, required=False)
    statistics = ChoiceField(choices=Visibility.choices, required=False)


class AccountInputSerializer(StrictSerializer):
    """What a person says of themselves; an empty text is the same as null. Lists are set whole."""

    display_name = TextField(
        max_length=80, required=False, allow_null=True, allow_blank=True, validators=[plain, one_line]
    )
    bio = TextField(
        max_length=1000, required=False, allow_null=True, allow_blank=True, validators=[plain], help_text="Plain text."
    )
    location = TextField(
        max_length=100, required=False, allow_null=True, allow_blank=True, validators=[plain, one_line]
    )
    links = serializers.ListField(child=LinkInputSerializer(), required=False, max_length=MOST_LINKS)
    visibility = AccountVisibilityInputSerializer(required=False)

    class Meta:
        read_only = (
            "id",
            "username",
            "email",
            "email_verified",
            "avatar_url",
            "avatar_renditions",
            "created_at",
            "last_sign_in_at",
            "erase_after",
        )

    def get_fields(self) -> dict[str, Any]:
        """And what other apps take."""
        taken = {name: section.input() for name, section in sections().items()}
        for field in taken.values():
            field.required = False
        return {**super().get_fields(), **taken}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (wanted := [name for name in PRIVILEGES if name in data]):
            said = ErrorDetail("Only an administrator gives this, in the back office: leave it out.", code="read_only")
            raise ValidationError({name: [said] for name in wanted})
        return super().to_internal_value(data)


class ErasureInputSerializer(StrictSerializer):
    """Who asks for an erasure says their password again."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class ErasureSerializer(serializers.Serializer[Any]):
    """When the account will be erased, unless it is restored before."""

    erase_after = serializers.DateTimeField(read_only=True)
