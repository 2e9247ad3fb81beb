"""Suggestions: what is taken, and what their author sees of them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from movies.api.serializers.movie_input import imdb_id, integer, unknown_prose, unknown_text
from movies.definition.limits import longest, most
from movies.models import Movie, Suggestion
from watchly.api.documents import Document
from watchly.api.fields import LineField
from watchly.api.input import StrictSerializer

_FACTS = ("title", "original_title", "year", "imdb_id", "tmdb_id", "runtime", "overview")


class SuggestionInputSerializer(StrictSerializer):
    """A film that is missing. Only the title is required; an external id makes it easy to decide."""

    title = LineField(max_length=longest("movie.title"))
    year = integer("movie.year", required=False, allow_null=True)
    original_title = unknown_text(longest("movie.original_title"))
    directors = serializers.ListField(
        child=LineField(max_length=longest("person.name")),
        required=False,
        max_length=most("suggestion.directors"),
        help_text="Names.",
    )
    imdb_id = imdb_id()
    tmdb_id = integer("movie.tmdb_id", required=False, allow_null=True)
    runtime = integer("movie.runtime", required=False, allow_null=True, help_text="Minutes.")
    overview = unknown_prose(longest("movie.overview"))
    note = unknown_prose(longest("suggestion.note"), help_text="For the curator: where to read about it.")
    not_duplicate = serializers.BooleanField(
        required=False, default=False, help_text="It is another film than the one of the same title and year."
    )

    def values(self) -> dict[str, Any]:
        """The validated values as `suggest_movie` takes them."""
        given = self.validated_data
        return {
            "values": {name: given[name] for name in _FACTS if name in given},
            "directors": given.get("directors", []),
            "note": given.get("note"),
            "not_duplicate": given["not_duplicate"],
        }


class SuggestedMovieSerializer(serializers.ModelSerializer[Movie]):
    """The movie that a suggestion became: a draft, until somebody has decided."""

    class Meta:
        model = Movie
        fields = ("id", "slug", "title", "year", "state")


class OwnSuggestionSerializer(serializers.ModelSerializer[Suggestion]):
    """A suggestion, as the person sees it who made it."""

    movie = SuggestedMovieSerializer(read_only=True)

    class Meta:
        model = Suggestion
        fields = ("id", "movie", "directors", "note", "state", "reason", "created_at", "decided_at")


OWN_SUGGESTION = Document(OwnSuggestionSerializer)
