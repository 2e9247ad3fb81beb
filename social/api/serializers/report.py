"""Reports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from social.models import Kind, Reason
from watchly.api.fields import ChoiceField, ProseField
from watchly.api.input import StrictSerializer


class ReportTargetSerializer(StrictSerializer):
    """What is reported."""

    kind = ChoiceField(choices=Kind.choices)
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ReportInputSerializer(StrictSerializer):
    """What somebody finds wrong."""

    target = ReportTargetSerializer()
    reason = ChoiceField(choices=Reason.choices)
    note = ProseField(required=False, allow_null=True, max_length=2_000, help_text="For the moderators.")


class ReportedSerializer(serializers.Serializer[Any]):
    """What was reported."""

    kind = ChoiceField(choices=Kind.choices)
    id = serializers.IntegerField()


class ReportSerializer(serializers.Serializer[Any]):
    """A report as it was taken. What becomes of it is seen in the thing."""

    id = serializers.IntegerField()
    target = ReportedSerializer()
    reason = ChoiceField(choices=Reason.choices)
    note = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
