"""Signing in: what is taken, and what is given."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.services.registration import USERNAME, USERNAME_RULE
from watchly.api.input import StrictSerializer

LONGEST_PASSWORD = 1024


def email_required() -> ValidationError:
    """The refusal of a short code without its address."""
    return ValidationError({"email": [ErrorDetail("Send the address that the code went to.", code="required")]})


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


class SecondFactorInputSerializer(StrictSerializer):
    """A code of the second factor."""

    code = serializers.CharField(max_length=40, help_text="Six digits of the app, or a recovery code.")


class AccessTokenSerializer(serializers.Serializer[Any]):
    """An access token."""

    access = serializers.CharField()
    token_type = serializers.CharField(help_text="Bearer.")
    expires_in = serializers.IntegerField(help_text="Seconds until it expires.")


class LogoutInputSerializer(StrictSerializer):
    """Which session ends, where it is not that of the access token."""

    refresh = serializers.CharField(max_length=4096, required=False)


class PasswordChangeInputSerializer(StrictSerializer):
    """The current password and the new one."""

    current_password = password_field()
    new_password = password_field()
    revoke_api_keys = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whether your API keys are revoked too. Required if you have any.",
    )


class PasswordResetInputSerializer(StrictSerializer):
    """Whose password."""

    email = serializers.EmailField(max_length=254)


class CodeInputSerializer(StrictSerializer):
    """The code of an e-mail: its long form as `token`, or the short one as `code` with the address it went to."""

    token = serializers.CharField(max_length=200, required=False, help_text="The long form.")
    code = serializers.CharField(
        max_length=40, required=False, help_text="The short form: 8 letters and digits, case and hyphen do not matter."
    )
    email = serializers.EmailField(max_length=254, required=False, help_text="The address that the short form went to.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one form of the code, and an address only with the short one."""
        if ("token" in attrs) == ("code" in attrs):
            raise ValidationError({"token": [ErrorDetail("Send either token or code.", code="required")]})
        if "token" in attrs and "email" in attrs:
            raise ValidationError({"email": [ErrorDetail("Send email with code only.", code="invalid")]})
        return attrs


class PasswordResetConfirmInputSerializer(CodeInputSerializer):
    """The code of the e-mail and the new password."""

    new_password = password_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "code" in attrs and "email" not in attrs:
            raise email_required()
        return attrs


class EmailVerifyInputSerializer(CodeInputSerializer):
    """The code of the e-mail. The address may be left out where the caller is signed in."""


class EmailUndoInputSerializer(StrictSerializer):
    """The code of the e-mail to the former address."""

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
