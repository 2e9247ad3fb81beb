"""What others see of a library and a history: no notes, no own words, and nothing that tells of private viewings."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from social.api.fields import stars_of
from social.api.serializers.movie_card import MovieCardSerializer
from social.api.serializers.user import CardField
from social.models import LibraryEntry, Play
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField


class ShownStatusField(ChoiceField):
    """The status that an entry shows to others."""

    def __init__(self) -> None:
        super().__init__(choices=LibraryEntry.Status.choices, source="shown_status", read_only=True, allow_null=True)


class ShownEntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """A movie in somebody's library."""

    movie = MovieCardSerializer(read_only=True)
    status = ShownStatusField()
    stars = stars_of("shown_half_stars")
    rated_at = serializers.DateTimeField(source="shown_rated_at", read_only=True, allow_null=True)

    class Meta:
        model = LibraryEntry
        fields = ("movie", "status", "stars", "rated_at", "favorite", "favorited_at")


class ShownPlaySerializer(serializers.ModelSerializer[Play]):
    """A viewing of somebody's."""

    movie = MovieCardSerializer(read_only=True)
    stars = stars_of()

    class Meta:
        model = Play
        fields = ("id", "movie", "watched_at", "watched_on", "precision", "stars")


class FriendEntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """What somebody whom the reader follows says of a movie."""

    user = CardField("user")
    status = ShownStatusField()
    stars = stars_of("shown_half_stars")
    rated_at = serializers.DateTimeField(source="shown_rated_at", read_only=True, allow_null=True)

    class Meta:
        model = LibraryEntry
        fields = ("user", "status", "stars", "rated_at", "favorite")


class StatisticsSerializer(serializers.Serializer[Any]):
    """What somebody's library adds up to, counted over what the reader may see of it."""

    movies = serializers.IntegerField(min_value=0)
    by_status = serializers.DictField(child=serializers.IntegerField(min_value=0))
    favorites = serializers.IntegerField(min_value=0)
    rated = serializers.IntegerField(min_value=0)
    average = serializers.FloatField(allow_null=True, min_value=0.5, max_value=5)
    by_stars = serializers.DictField(child=serializers.IntegerField(min_value=0), help_text="Stars to films.")
    plays = serializers.IntegerField(min_value=0)
    minutes = serializers.IntegerField(min_value=0, help_text="Of all plays whose film's runtime is known.")
    by_year = serializers.DictField(child=serializers.IntegerField(min_value=0), help_text="Year to plays.")


SHOWN_ENTRY, SHOWN_PLAY = (
    Document(each, viewed=("movies.movie", "movie_id")) for each in (ShownEntrySerializer, ShownPlaySerializer)
)
FRIEND_ENTRY = Document(FriendEntrySerializer)
