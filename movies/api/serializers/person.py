"""A person's documents."""

from __future__ import annotations

from rest_framework import serializers

from movies.api.serializers.card import MovieCardField
from movies.models import Credit, Person
from watchly.api.documents import Document


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


class PersonCreditSerializer(serializers.ModelSerializer[Credit]):
    """One part of a person, with the movie it is in. The newest movie first."""

    movie = MovieCardField()

    class Meta:
        model = Credit
        fields = ("id", "kind", "movie", "character", "department", "job", "position")


PERSON = Document(PersonSerializer)
PERSON_CREDIT = Document(PersonCreditSerializer, viewed=("movies.movie", "movie_id"))
