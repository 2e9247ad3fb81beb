"""A movie where it is only named: in the credits of a person, in a feed, in a notification."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from movies.models import Movie
from watchly.api.addresses import media_address
from watchly.api.fields import SqlField

# Over the foreign key `movie` of the row `{row}`; null where there is none.
MOVIE_CARD: Final = (
    "(SELECT json_build_object('id', m.id, 'slug', m.slug, 'title', m.title, 'year', m.year,"
    " 'poster_url', {media} || m.poster_path) FROM movies_movie m WHERE m.id = {row}.movie_id)"
)


# The same of the movie that a merged one lives on in, and null for one that is not in the catalogue (any more).
LIVING_MOVIE_CARD: Final = (
    "(SELECT json_build_object('id', m.id, 'slug', m.slug, 'title', m.title, 'year', m.year,"
    " 'poster_url', {media} || m.poster_path) FROM ("
    "WITH RECURSIVE chain AS (SELECT c.* FROM movies_movie c WHERE c.id = {row}.movie_id"
    " UNION ALL SELECT c.* FROM chain JOIN movies_movie c ON c.id = chain.merged_into_id)"
    " SELECT * FROM chain WHERE state = 'published') m)"
)


class CreditedMovieSerializer(serializers.Serializer[dict[str, object]]):
    """What it takes to name a movie and lead to it."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    poster_url = serializers.CharField(allow_null=True)


def movie_card(movie: Movie) -> dict[str, Any]:
    """The same in Python."""
    return {
        "id": movie.pk,
        "slug": movie.slug,
        "title": movie.title,
        "year": movie.year,
        "poster_url": media_address(movie.poster_path),
    }


class MovieCardField(SqlField):
    """The card of the movie of a row."""

    def __init__(self, *, allow_null: bool = False) -> None:
        super().__init__(
            MOVIE_CARD,
            output=CreditedMovieSerializer(allow_null=allow_null),
            python=lambda row: movie_card(row.movie) if row.movie is not None else None,
        )
