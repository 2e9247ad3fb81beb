"""A person's documents."""

from __future__ import annotations

from rest_framework import serializers

from movies.models import Credit, Person
from watchly.api.documents import Document
from watchly.api.fields import SqlField


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Somebody who made or acted in films. What is not known is null."""

    class Meta:
        model = Person
        fields = (
            "id",
            "name",
            "biography",
            "born",
            "died",
            "imdb_id",
            "tmdb_id",
            "credit_count",
            "created_at",
            "updated_at",
        )


class CreditedMovieSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    poster_url = serializers.CharField(allow_null=True)


class PersonCreditSerializer(serializers.ModelSerializer[Credit]):
    """One part of a person, with the movie it is in. The newest movie first."""

    movie = SqlField(
        "(SELECT json_build_object('id', m.id, 'slug', m.slug, 'title', m.title, 'year', m.year,"
        " 'poster_url', {media} || m.poster_path) FROM movies_movie m WHERE m.id = {row}.movie_id)",
        output=CreditedMovieSerializer(),
        python=lambda credit: {
            "id": credit.movie.pk,
            "slug": credit.movie.slug,
            "title": credit.movie.title,
            "year": credit.movie.year,
            "poster_url": credit.movie.poster_url,
        },
    )

    class Meta:
        model = Credit
        fields = ("id", "kind", "movie", "character", "department", "job", "position")


PERSON = Document(PersonSerializer)
PERSON_CREDIT = Document(PersonCreditSerializer, viewed=("movies.movie", "movie_id"))
