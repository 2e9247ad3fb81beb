"""Share links: made, listed, and what one opens."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from social.api.serializers.user import UserCardSerializer
from social.models import ShareLink
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField, TimeField
from watchly.api.input import StrictSerializer


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    """A link, without what opens it."""

    class Meta:
        model = ShareLink
        fields = ("id", "kind", "object_id", "expires_at", "most_uses", "uses", "revoked_at", "created_at")


class MadeShareLinkSerializer(ShareLinkSerializer):
    """A link that was just made: its address is shown this once."""

    url = serializers.URLField()

    class Meta(ShareLinkSerializer.Meta):
        fields: tuple[str, ...] = (*ShareLinkSerializer.Meta.fields, "url")  # type: ignore[assignment]  # one more


class ShareLinkInputSerializer(StrictSerializer):
    """What to share, until when and how often."""

    kind = ChoiceField(choices=ShareLink.Kind.choices)
    object_id = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="Of the play, review or list; of an entry, the id of its movie."
    )
    expires_at = TimeField(help_text="Within a year.")
    most_uses = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)


class OpenedSerializer(serializers.Serializer[Any]):
    """What a link opens."""

    kind = ChoiceField(choices=ShareLink.Kind.choices)
    user = UserCardSerializer()
    thing = serializers.DictField(
        allow_null=True,
        help_text="The document of the thing, as others see one. Null on a GET of a link with `most_uses`: send a POST,"
        " which counts as a use.",
    )
    expires_at = serializers.DateTimeField()


SHARE_LINK = Document(ShareLinkSerializer)
