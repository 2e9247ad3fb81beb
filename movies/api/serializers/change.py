"""Histories and locks: what curators read, and the reason that they give."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movies.models import Change
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField, LineField, SqlField
from watchly.api.input import StrictSerializer


class ActorSerializer(serializers.Serializer[Any]):
    """Somebody who writes the catalogue."""

    id = serializers.IntegerField()
    username = serializers.CharField()


@extend_schema_field({
    "type": "object",
    "description": "What changed, by field: `old` and `new`. Of a list, what is gone and what came; where only "
    "the order changed, the whole list. `locked_fields` says what was locked or unlocked with it.",
    "additionalProperties": {"type": "object", "required": ["old", "new"], "properties": {"old": {}, "new": {}}},
})  # fmt: skip
class FieldsField(serializers.JSONField):
    """The changed fields."""


class ChangeSerializer(serializers.ModelSerializer[Change]):
    """One line of a history. `actor` is null where nobody in particular acted, and for who has left."""

    actor = SqlField(
        "(SELECT json_build_object('id', u.id, 'username', u.username)"
        f" FROM {get_user_model()._meta.db_table} u WHERE u.id = {{row}}.actor_id)",
        output=ActorSerializer(allow_null=True),
        python=lambda change: change.actor and {"id": change.actor.pk, "username": change.actor.get_username()},
    )
    run = serializers.IntegerField(source="run_id", allow_null=True, help_text="The import that did it.")
    fields = FieldsField(read_only=True)  # type: ignore[assignment]  # declared fields are taken off the class

    class Meta:
        model = Change
        fields = ("id", "action", "via", "actor", "run", "fields", "reason", "version", "created_at")


class LockSerializer(serializers.Serializer[Any]):
    """A field that refreshes leave alone. Who locked it and when is null where no history tells."""

    field = serializers.CharField()
    locked_at = serializers.DateTimeField(allow_null=True)
    via = ChoiceField(choices=Change.Via.choices, allow_null=True)
    locked_by = ActorSerializer(allow_null=True)


class ReasonSerializer(StrictSerializer):
    """Why."""

    reason = LineField(max_length=300, help_text="Kept in the history.")


CHANGE = Document(ChangeSerializer)
