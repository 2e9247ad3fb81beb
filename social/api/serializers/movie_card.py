"""A movie where it is told of, not read: in a library, a history, a change."""

from __future__ import annotations

from rest_framework import serializers

from movies.api.serializers.movie import GenreSerializer, directors_field
from movies.models import Movie
from watchly.api.fields import MediaUrlField, SqlField


class MovieCardSerializer(serializers.ModelSerializer[Movie]):
    """The movie in short. One that was withdrawn from the catalogue (`state`) stays with those who recorded it."""

    genres = SqlField(
        "(SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'slug', g.slug) ORDER BY g.name),"
        " '[]'::json) FROM movies_genre g WHERE g.id = ANY({row}.genre_ids))",
        output=GenreSerializer(many=True),
        python=lambda movie: GenreSerializer(movie.genres.order_by("name"), many=True).data,
    )
    directors = directors_field()
    poster_url = MediaUrlField(source="poster_path")

    class Meta:
        model = Movie
        fields = (
            "id",
            "slug",
            "title",
            "original_title",
            "year",
            "release_date",
            "runtime",
            "genres",
            "directors",
            "poster_url",
            "imdb_id",
            "tmdb_id",
            "release_status",
            "rating_average",
            "rating_count",
            "state",
        )
