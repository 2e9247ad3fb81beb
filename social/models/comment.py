"""What people say about a review."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from social.models.authored import AuthoredQuerySet, Moderation
from social.models.review import Review
from watchly.common.visibility import Visibility


class CommentQuerySet(AuthoredQuerySet):
    """Comments are seen by whoever sees the review and their author."""

    def standing(self) -> Self:
        """What has not been deleted; what was and has answers is a place without words."""
        return self.filter(deleted_at__isnull=True)

    def said_to(self, viewer: Any) -> Self:
        """Those whose author this viewer may hear; whether they see the review is another question."""
        everybody = self.alias(visibility=Value(Visibility.PUBLIC, output_field=models.CharField()))
        heard = super(CommentQuerySet, everybody).visible_to(viewer).values("pk")
        return self.filter(Q(pk__in=heard) | Q(deleted_at__isnull=False))

    def open_to_all(self) -> Self:
        """Comments on reviews that are open to everybody, by authors whose profile is."""
        said = self.alias(visibility=Value(Visibility.PUBLIC, output_field=models.CharField()))
        return super(CommentQuerySet, said).open_to_all().filter(review__in=Review.objects.open_to_all().values("pk"))

    def visible_to(self, viewer: Any) -> Self:
        """Of reviews that they see, what is said by whom they may hear; an answer only below what it answers."""
        heard = self.model._default_manager.all().said_to(viewer)
        return self.said_to(viewer).filter(
            Q(parent__isnull=True) | Q(parent__in=heard.values("pk")),
            review__in=Review.objects.visible_to(viewer).values("pk"),
        )


class Comment(models.Model):
    """A comment on a review, or an answer to one: one level deep. Who it is by is forgotten when it is deleted."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers")
    # What a review's comments are listed by: each with its answers below it.
    thread = models.GeneratedField(
        expression=Coalesce("parent_id", "id"), output_field=models.BigIntegerField(), db_persist=True
    )
    body = models.TextField(max_length=5_000, help_text="Markdown.")
    html = models.TextField(help_text="The body, safe to show.")
    moderation = models.CharField(max_length=7, choices=Moderation, default=Moderation.VISIBLE)
    moderation_reason = models.CharField(max_length=500, null=True, blank=True, help_text="What the author is told.")
    revision = models.PositiveBigIntegerField(help_text="Of the author's things.")
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=False, user__isnull=True, body="", html="")
                | Q(deleted_at__isnull=True, user__isnull=False),
                name="social_comment_deleted_is_empty",
            ),
        ]
        indexes = [
            # A review's comments, each with its answers.
            models.Index(F("review"), F("thread"), F("id"), name="social_comment_thread"),
            # What changed since a revision; erasures.
            models.Index(fields=["user", "revision"], name="social_comment_since"),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on review {self.review_id}"
