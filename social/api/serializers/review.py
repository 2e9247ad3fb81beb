"""Reviews: as everybody who may sees them, as their author does, and as they are said."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from movies.api.serializers.card import MovieCardField
from social.api.fields import StarsField, stars_of
from social.api.serializers.user import CardField
from social.models import Review
from social.services.prose import WORDS_A_MINUTE
from social.services.reviews import LONGEST
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField, ProseField, SqlField
from watchly.api.input import StrictSerializer
from watchly.common.visibility import Visibility

MOST_PLAYS = 100


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """A review. One with `spoiler` gives the story away: its `excerpt` is null, and a client shows the text of it to
    nobody who wants it hidden (`hide_spoilers` of the preferences) before they ask. `plays`, the viewings that it is
    about, are told its author alone, who reads it by itself."""

    user = CardField("user")
    movie = MovieCardField()
    excerpt = SqlField(
        "CASE WHEN NOT {row}.spoiler THEN {row}.excerpt END",
        output=serializers.CharField(allow_null=True),
        python=lambda review: None if review.spoiler else review.excerpt,
    )
    stars = stars_of()
    reading_minutes = SqlField(
        f"greatest(1, ceil({{row}}.words / {WORDS_A_MINUTE}.0)::int)",
        output=serializers.IntegerField(min_value=1),
        python=lambda review: max(1, math.ceil(review.words / WORDS_A_MINUTE)),
    )

    plays: SqlField = SqlField(
        "NULL",
        output=serializers.ListField(child=serializers.IntegerField(), allow_null=True),
        python=lambda review: None,
    )

    class Meta:
        model = Review
        fields: tuple[str, ...] = (
            "id", "user", "movie", "body", "html", "excerpt", "spoiler", "stars", "visibility", "words",
            "reading_minutes", "likes_count", "comments_count", "moderation", "moderation_reason", "version",
            "plays", "created_at", "edited_at", "updated_at",
        )  # fmt: skip


class OwnReviewSerializer(ReviewSerializer):
    """A review of one's own, with the viewings that it is about."""

    plays = SqlField(
        "(SELECT coalesce(json_agg(p.play_id ORDER BY p.play_id), '[]'::json) FROM social_review_plays p"
        " WHERE p.review_id = {row}.id)",
        output=serializers.ListField(child=serializers.IntegerField(), allow_null=True),
        python=lambda review: sorted(review.plays.values_list("pk", flat=True)),
    )


class ReviewChangeSerializer(OwnReviewSerializer):
    """The same among one's changes: without the counts, which others change."""

    class Meta(ReviewSerializer.Meta):
        fields = tuple(name for name in ReviewSerializer.Meta.fields if name not in ("likes_count", "comments_count"))


REVIEW, OWN_REVIEW = (
    Document(each, viewed=("social.review", "id")) for each in (ReviewSerializer, OwnReviewSerializer)
)
REVIEW_CHANGE = Document(ReviewChangeSerializer)


class ReviewMeSerializer(serializers.Serializer[Any]):
    """What a review is to the caller."""

    liked = serializers.BooleanField()


REVIEW_ME = (
    "json_build_object('liked', EXISTS (SELECT FROM social_reviewlike l"
    " WHERE l.review_id = {id} AND l.user_id = {viewer}))"
)


class ReviewChangeInputSerializer(StrictSerializer):
    """What is to change of a review."""

    body = ProseField(required=False, max_length=LONGEST, help_text="Markdown, without raw HTML.")
    stars = StarsField(
        required=False, allow_null=True, help_text="They become the current rating; null takes them off the review."
    )
    spoiler = serializers.BooleanField(required=False)
    visibility = ChoiceField(choices=Visibility.choices, required=False)
    plays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MOST_PLAYS,
        help_text="Viewings of your own that it is about. Set whole.",
    )

    def values(self) -> dict[str, Any]:
        """What was sent, as the services take it."""
        names = {"stars": "half_stars", "plays": "play_ids"}
        return {names.get(name, name): value for name, value in self.validated_data.items()}


class ReviewInputSerializer(ReviewChangeInputSerializer):
    """A review. Without a visibility it has the one of your preferences."""

    body = ProseField(max_length=LONGEST, help_text="Markdown, without raw HTML.")
