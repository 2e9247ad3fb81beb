"""Many movies at once: what is taken, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from movies.api.serializers.movie_input import integer
from movies.definition.limits import IMDB_ID, IMDB_ID_WORDS, WIKIDATA_ID, WIKIDATA_ID_WORDS
from social.api.fields import StarsField
from social.api.serializers.play import MOMENT, moment_sent
from social.models import LibraryEntry, Play
from social.services.library_batch import IDS, MOST_ITEMS, LibraryItem
from social.services.zones import FORMS
from watchly.api.fields import ChoiceField
from watchly.api.input import StrictSerializer

_SAYS = ("status", "stars", "favorite", "watched_at", "precision")


class MovieReferenceSerializer(StrictSerializer):
    """A movie by one of its ids."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    imdb_id = serializers.RegexField(rf"\A{IMDB_ID}\Z", required=False, error_messages={"invalid": IMDB_ID_WORDS})
    tmdb_id = integer("movie.tmdb_id", required=False)
    wikidata_id = serializers.RegexField(
        rf"\A{WIKIDATA_ID}\Z", required=False, error_messages={"invalid": WIKIDATA_ID_WORDS}
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise ValidationError([ErrorDetail(f"Give exactly one of {', '.join(IDS)}.", code="required")])
        return attrs


class BatchItemSerializer(StrictSerializer):
    """What to say of one movie: at least one of status, stars, favorite, watched_at and precision."""

    movie = MovieReferenceSerializer()
    status = ChoiceField(choices=LibraryEntry.Status.choices, required=False)
    stars = StarsField(required=False, help_text="With `watched_at`, of that viewing.")
    favorite = serializers.BooleanField(required=False)
    watched_at = serializers.RegexField(
        MOMENT,
        required=False,
        allow_null=True,
        help_text=f"A viewing: {FORMS}; null if its date is not known. One of the same moment is not added again.",
        error_messages={"invalid": f"This is not a time: use {FORMS}."},
    )
    precision = ChoiceField(
        choices=Play.Precision.choices,
        required=False,
        help_text="As exact as `watched_at`, or coarser. Without it only `unknown`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(name in attrs for name in _SAYS):
            raise ValidationError([ErrorDetail(f"Say something of it: {', '.join(_SAYS)}.", code="required")])
        return attrs


class BatchSerializer(StrictSerializer):
    """At most 500 items, all or nothing."""

    items = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST_ITEMS)


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """Every item as it was sent, where it belongs."""

    added = serializers.ListField(child=serializers.DictField(), help_text="They were not in the library.")
    updated = serializers.ListField(child=serializers.DictField(), help_text="They were, and something is new.")
    existing = serializers.ListField(child=serializers.DictField(), help_text="All of it was so already.")
    not_found = serializers.ListField(
        child=serializers.DictField(), help_text="No such movie in the catalogue. The others are done all the same."
    )


def batch_item(row: Mapping[str, Any], zone: tzinfo, serializer: BatchItemSerializer) -> LibraryItem:
    """The item that was sent. One serializer serves them all: making one takes longer than what it does. Raises
    ValidationError."""
    given = serializer.run_validation(row)
    ((name, value),) = given["movie"].items()
    return LibraryItem(
        id_name=name,
        id_value=value,
        status=given.get("status"),
        half_stars=given.get("stars"),
        favorite=given.get("favorite"),
        when=moment_sent(given, zone),
    )
