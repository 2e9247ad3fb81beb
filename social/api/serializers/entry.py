"""What a person keeps of a movie: as they see it, and as they say it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from social.api.fields import StarsField, stars_of
from social.api.serializers.movie_card import MovieCardSerializer
from social.models import LibraryEntry
from social.services.entries import MOST_TAGS
from watchly.api.documents import Document, build_object, compile_field
from watchly.api.fields import ChoiceField, LineField, ProseField
from watchly.api.input import StrictSerializer
from watchly.common.visibility import Visibility

Status = LibraryEntry.Status
_SAID = (
    "status",
    "status_changed_at",
    "stars",
    "rated_at",
    "favorite",
    "favorited_at",
    "tags",
    "note",
    "visibility",
    "plays_count",
    "last_watched_at",
    "revision",
    "created_at",
    "updated_at",
)


class EntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """A movie in one's own library."""

    movie = MovieCardSerializer(read_only=True)
    stars = stars_of()
    plays_count = serializers.IntegerField(source="plays", min_value=0)

    class Meta:
        model = LibraryEntry
        fields = ("movie", *_SAID)


class MeSerializer(serializers.ModelSerializer[LibraryEntry]):
    """All that one keeps of one movie. Of a movie that one has nothing of: nulls, no tags, no plays."""

    movie_id = serializers.IntegerField()
    stars = stars_of()
    plays_count = serializers.IntegerField(source="plays", min_value=0)
    revision = serializers.IntegerField(allow_null=True)
    visibility = ChoiceField(choices=Visibility.choices, allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = LibraryEntry
        fields = ("movie_id", *_SAID)


ENTRY = Document(EntrySerializer)


def _me() -> str:
    """The same over a row that may not be there: `{id}` is the movie's id, `{viewer}` the reader's."""
    keys = {name: compile_field(field, LibraryEntry, "e", nested=True) for name, field in MeSerializer().fields.items()}
    keys["movie_id"] = "{id}"
    for name, blank in (("favorite", "false"), ("tags", "'{}'"), ("plays_count", "0")):
        keys[name] = f"coalesce({keys[name]}, {blank})"
    return (
        f"(SELECT {build_object(keys)} FROM (SELECT 1) one"
        " LEFT JOIN social_libraryentry e ON e.movie_id = {id} AND e.user_id = {viewer})"
    )


ME = _me()


class RatingInputSerializer(StrictSerializer):
    """The current rating."""

    stars = StarsField()
    mark_watched = serializers.BooleanField(default=True, help_text="It makes the movie watched, without a play.")
    visibility = ChoiceField(
        choices=Visibility.choices, required=False, help_text="Of the whole entry. Without it: as it was."
    )


class StatusInputSerializer(StrictSerializer):
    """Where one stands with a movie."""

    status = ChoiceField(choices=Status.choices)


class EntryInputSerializer(StrictSerializer):
    """What one adds to a movie for oneself."""

    tags = serializers.ListField(
        child=LineField(max_length=50), required=False, max_length=MOST_TAGS, help_text="Set whole."
    )
    note = ProseField(required=False, allow_null=True, max_length=5000, help_text="For oneself alone.")
    visibility = ChoiceField(
        choices=Visibility.choices,
        required=False,
        help_text="Who sees status, stars and favourite. Plays have their own; new ones take this.",
    )

    def validate_tags(self, tags: list[str]) -> list[str]:
        """Each once, whatever its case."""
        return list({tag.casefold(): tag for tag in reversed(tags)}.values())[::-1]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError([ErrorDetail("Give tags, note or visibility.", code="required")])
        return attrs
