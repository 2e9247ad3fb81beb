"""A movie where it is told of, not read: in a library, a history, a change."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from movies.api.serializers.movie import DirectorSerializer, GenreSerializer
from movies.models import Credit, Movie
from watchly.api.fields import MediaUrlField, SqlField


def _directors(movie: Movie) -> list[dict[str, Any]]:
    found = movie.credits.filter(kind=Credit.Kind.CREW, job=Credit.DIRECTOR).select_related("person")
    ordered = sorted(found, key=lambda credit: (credit.position is None, credit.position or 0, credit.pk))
    return [{"id": credit.person.pk, "name": credit.person.name} for credit in ordered]


class MovieCardSerializer(serializers.ModelSerializer[Movie]):
    """The movie in short. One that was withdrawn from the catalogue (`state`) stays with those who recorded it."""

    genres = SqlField(
        "(SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'slug', g.slug) ORDER BY g.name),"
        " '[]'::json) FROM movies_genre g WHERE g.id = ANY({row}.genre_ids))",
        output=GenreSerializer(many=True),
        python=lambda movie: GenreSerializer(movie.genres.order_by("name"), many=True).data,
    )
    directors = SqlField(
        "(SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name) ORDER BY c.position NULLS LAST, c.id),"
        " '[]'::json) FROM movies_credit c JOIN movies_person p ON p.id = c.person_id"
        " WHERE c.movie_id = {row}.id AND c.kind = 'crew' AND c.job = 'Director')",
        output=DirectorSerializer(many=True),
        python=_directors,
    )
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
