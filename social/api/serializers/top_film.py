"""The films on top of a profile."""

from __future__ import annotations

from rest_framework import serializers

from social.api.serializers.movie_card import MovieCardSerializer
from social.models import TopFilm
from watchly.api.documents import Document


class TopFilmSerializer(serializers.ModelSerializer[TopFilm]):
    """One of the films on top of a profile, in its place."""

    movie = MovieCardSerializer(read_only=True)

    class Meta:
        model = TopFilm
        fields = ("position", "movie")


TOP_FILM = Document(TopFilmSerializer)
