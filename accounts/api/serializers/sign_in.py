"""Signing in: what is taken, and what is given."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.services.registration import USERNAME, USERNAME_RULE
from watchly.api.input import StrictSerializer

LONGEST_PASSWORD = 1024


def password_field(**options: Any) -> serializers.CharField:
    """A password as it was typed, spaces and all."""
    return serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False, **options)


class RegistrationInputSerializer(StrictSerializer):
    """A new account."""

    username = serializers.RegexField(
        rf"\A{USERNAME}\Z",
        max_length=50,
        help_text="3 to 50 letters, digits, dots, dashes, underscores.",
        error_messages={"invalid": USERNAME_RULE},
    )
    email = serializers.EmailField(max_length=254)
    password = password_field(help_text="At least 8 characters, not a common one, not like the name.")


class LoginInputSerializer(StrictSerializer):
    """Who, and the password."""

    username = serializers.CharField(max_length=254, help_text="The username, or the verified e-mail address.")
    password = password_field()


class RefreshInputSerializer(StrictSerializer):
    """The refresh token, which is used up by it."""

    refresh = serializers.CharField(max_length=4096)


class LogoutInputSerializer(StrictSerializer):
    """Which session ends, where it is not that of the access token."""

    refresh = serializers.CharField(max_length=4096, required=False)


class PasswordChangeInputSerializer(StrictSerializer):
    """The present password and the next."""

    current_password = password_field()
    new_password = password_field()


class PasswordResetInputSerializer(StrictSerializer):
    """Whose password."""

    email = serializers.EmailField(max_length=254)


class PasswordResetConfirmInputSerializer(StrictSerializer):
    """The code of the mail and the next password."""

    token = serializers.CharField(max_length=200)
    new_password = password_field()


class EmailVerifyInputSerializer(StrictSerializer):
    """The code of the mail."""

    token = serializers.CharField(max_length=200)


class EmailChangeInputSerializer(StrictSerializer):
    """The next address, and the password."""

    email = serializers.EmailField(max_length=254)
    password = password_field()


class SignedInUserSerializer(serializers.Serializer[Any]):
    """Who signed in."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField(), help_text="curator, moderator, admin; none for most.")
    email_verified = serializers.BooleanField()


class TokenPairSerializer(serializers.Serializer[Any]):
    """Tokens. The access token goes into `Authorization`; the refresh token gets the next pair, once."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.CharField(help_text="Bearer.")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token holds.")


class LoginSerializer(TokenPairSerializer):
    """Tokens, and whose they are."""

    user = SignedInUserSerializer()
