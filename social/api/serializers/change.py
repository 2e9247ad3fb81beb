"""What has changed of one's things."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class OwnChangeSerializer(serializers.Serializer[Any]):
    """One thing of yours as it is now, or that it is gone."""

    kind = serializers.CharField(help_text="What kind of thing: entry, play ...")
    id = serializers.IntegerField(help_text="Its id among its kind; of a library entry that of the movie.")
    revision = serializers.IntegerField()
    deleted = serializers.BooleanField(help_text="It is gone; of one that you do not have, think nothing.")
    data = serializers.DictField(  # type: ignore[assignment]  # the member's name hides the serializer's property
        allow_null=True, help_text="The whole thing; null when it is gone."
    )


class KindActivitySerializer(serializers.Serializer[Any]):
    """When something of one kind last changed."""

    changed_at = serializers.DateTimeField(allow_null=True)
    removed_at = serializers.DateTimeField(allow_null=True, help_text="Within the last 90 days.")


class LastActivitiesSerializer(serializers.Serializer[Any]):
    """Your last revision, and the last change of each kind."""

    revision = serializers.IntegerField(help_text="Rises with each change of yours; 0 before the first.")
    kinds = serializers.DictField(child=KindActivitySerializer(), help_text="By kind: entry, play ...")
