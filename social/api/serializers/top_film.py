"""The films on top of a profile."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from social.api.serializers.movie_card import MovieCardSerializer
from social.models import TopFilm
from watchly.api.documents import Document
from watchly.api.statements import fetch


class TopFilmSerializer(serializers.ModelSerializer[TopFilm]):
    """One of the films on top of a profile, in its place."""

    movie = MovieCardSerializer(read_only=True)

    class Meta:
        model = TopFilm
        fields = ("position", "movie")


TOP_FILM = Document(TopFilmSerializer)
_OF = f"SELECT {TOP_FILM.expression()} FROM social_topfilm d WHERE d.user_id = %(user)s ORDER BY d.position"


@extend_schema_field(MovieCardSerializer(many=True))
class TopFilmsField(serializers.Field[Any, Any, Any, Any]):
    """The films, as `top_films_of` gives them."""

    def to_representation(self, value: Any) -> Any:
        return value


def top_films_of(user_id: int) -> list[dict[str, Any]]:
    """The films on top of a user's profile, the first one first, in one statement."""
    return [json.loads(document)["movie"] for (document,) in fetch(_OF, {"user": user_id})]
