"""API keys: what is taken, and what is shown."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import ApiKey
from watchly.api.fields import ChoiceField, LineField, TimeField
from watchly.api.input import StrictSerializer
from watchly.common.scopes import Scope


class ApiKeyInputSerializer(StrictSerializer):
    """A key to be made."""

    name = LineField(max_length=100, help_text="What it is for, so that you know it again.")
    scopes = serializers.ListField(child=ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope))
    expires_at = TimeField(
        required=False, allow_null=True, default=None, help_text="When it ends by itself; null: when you revoke it."
    )


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key, without its secret."""

    class Meta:
        model = ApiKey
        fields = (
            "id",
            "name",
            "prefix",
            "scopes",
            "rate_per_minute",
            "created_at",
            "expires_at",
            "last_used_at",
        )


class NewApiKeySerializer(ApiKeySerializer):
    """A key with its secret, which is shown this once."""

    key = serializers.SerializerMethodField(help_text="The whole key. It is shown once: keep it.")

    class Meta:
        model = ApiKey
        fields = (*ApiKeySerializer.Meta.fields, "key")

    def get_key(self, key: ApiKey) -> str:
        text: Any = self.context["key"]
        return str(text)
