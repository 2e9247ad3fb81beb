"""What a person writes about a movie, and whom it pleased."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from movies.models import Movie
from social.models.authored import AuthoredQuerySet, Moderation
from watchly.common.visibility import Visibility


class ReviewQuerySet(AuthoredQuerySet):
    """Reviews, without those that a merge of two movies has put aside."""

    def there(self) -> Self:
        """All but those whose words stand in another review since their movie was merged."""
        return self.filter(merged_into__isnull=True)

    def visible_to(self, viewer: Any) -> Self:
        """What the rule for all that people write lets a viewer see; of a movie that is not published, their own."""
        own = Q(user=viewer.pk) if viewer is not None and viewer.is_authenticated else Q()
        return super().visible_to(viewer).there().filter(Q(movie__state=Movie.State.PUBLISHED) | own)


class Review(models.Model):
    """One person's review of one movie, which may be about several viewings.

    `html`, `excerpt` and `words` are made from `body` when it is written; the counts are kept by the services, and
    `manage.py recount` mends them.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="+")
    plays = models.ManyToManyField("social.Play", related_name="reviews", blank=True)
    body = models.TextField(max_length=20_000, help_text="Markdown.")
    html = models.TextField(help_text="The body, safe to show.")
    excerpt = models.CharField(max_length=300, help_text="Its beginning as plain text.")
    words = models.PositiveIntegerField()
    spoiler = models.BooleanField(default=False)
    half_stars = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Given with the review, 1 to 10.")
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    moderation = models.CharField(max_length=7, choices=Moderation, default=Moderation.VISIBLE)
    moderation_reason = models.CharField(max_length=500, null=True, blank=True, help_text="What the author is told.")
    likes_count = models.PositiveIntegerField(default=0)
    comments_count = models.PositiveIntegerField(default=0, help_text="Those that are neither deleted nor held back.")
    # Of a movie that was merged, where its author had reviewed the other one too: where the words stand now.
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True, help_text="When its words last changed.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="social_review_of_movie"),
            models.CheckConstraint(
                condition=Q(half_stars__isnull=True) | Q(half_stars__gte=1, half_stars__lte=10),
                name="social_review_half_stars",
            ),
        ]
        indexes = [
            # A movie's reviews: newest first, most liked first.
            models.Index(F("movie"), F("id").desc(), name="social_review_newest"),
            models.Index(F("movie"), F("likes_count").desc(), F("id").desc(), name="social_review_likes"),
            # One person's, newest first; what changed since a revision.
            models.Index(F("user"), F("id").desc(), name="social_review_by"),
            models.Index(fields=["user", "revision"], name="social_review_since"),
        ]

    def __str__(self) -> str:
        return f"review {self.pk} of movie {self.movie_id} by {self.user_id}"


class ReviewLike(models.Model):
    """Somebody likes a review."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # Also what a recount reads.
            models.UniqueConstraint(fields=["review", "user"], name="social_reviewlike_once"),
        ]
        # The index of the key to the user serves erasures.

    def __str__(self) -> str:
        return f"{self.user_id} likes review {self.review_id}"


class ReviewMerge(models.Model):
    """One person's review of a movie that was merged into another, so that it can be undone.

    The merge is named by its number alone: the catalogue keeps its merges for ever, and knows nothing of this table.
    """

    merge_id = models.BigIntegerField()
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="+", help_text="Of the merged movie.")
    # Where there was one of the survivor: that one, its words as they were, and its version with both words in it.
    into = models.ForeignKey(Review, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    before = models.JSONField(null=True, blank=True)
    combined_version = models.PositiveIntegerField(null=True, blank=True)
    comment_ids = models.JSONField(default=list, blank=True, help_text="Those that moved to the survivor's.")
    like_ids = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            # Also what an unmerge reads.
            models.UniqueConstraint(fields=["merge_id", "review"], name="social_reviewmerge_once"),
        ]

    def __str__(self) -> str:
        return f"merge {self.merge_id} of review {self.review_id}"
