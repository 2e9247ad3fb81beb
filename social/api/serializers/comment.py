"""Comments on reviews."""

from __future__ import annotations

from rest_framework import serializers

from social.api.serializers.user import CardField
from social.models import Comment
from watchly.api.documents import Document
from watchly.api.fields import ProseField, SqlField
from watchly.api.input import StrictSerializer


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment; `parent_id` names the one that it answers. A deleted one that has answers has no words and no
    author."""

    parent_id = serializers.IntegerField(allow_null=True)
    review_id = serializers.IntegerField()
    user = CardField("user", allow_null=True)
    deleted = SqlField(
        "({row}.deleted_at IS NOT NULL)",
        output=serializers.BooleanField(),
        python=lambda comment: comment.deleted_at is not None,
    )

    class Meta:
        model = Comment
        fields = (
            "id", "review_id", "parent_id", "user", "body", "html", "deleted", "moderation", "moderation_reason",
            "created_at", "edited_at",
        )  # fmt: skip


COMMENT = Document(CommentSerializer)


class CommentChangeInputSerializer(StrictSerializer):
    """The words of a comment."""

    body = ProseField(max_length=5_000, help_text="Markdown. @ada mentions ada, and tells her.")


class CommentInputSerializer(CommentChangeInputSerializer):
    """A comment, or an answer to one."""

    parent_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="The comment that it replies to."
    )
