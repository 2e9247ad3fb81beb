"""A movie's documents."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from movies.models import (
    AlternativeTitle,
    Award,
    Collection,
    Company,
    Credit,
    Genre,
    Image,
    Movie,
    Person,
    ReleaseDate,
    Tag,
    Video,
)
from watchly.api.addresses import media_address
from watchly.api.documents import Document, literal
from watchly.api.fields import MediaUrlField, SqlField

_VIDEO_PAGE = (
    "((CASE {row}.provider "
    + " ".join(f"WHEN {literal(provider)} THEN {literal(page)}" for provider, page in Video.PAGES.items())
    + " END) || {row}.key)"
)


class GenreSerializer(serializers.ModelSerializer[Genre]):
    class Meta:
        model = Genre
        fields = ("id", "name", "slug")
        ordering = ("name",)


class TagSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ("id", "name", "slug")
        ordering = ("name",)


class DirectorSerializer(serializers.ModelSerializer[Person]):
    class Meta:
        model = Person
        fields = ("id", "name")


class CompanySerializer(serializers.ModelSerializer[Company]):
    class Meta:
        model = Company
        fields = ("id", "name", "country")
        ordering = ("name", "pk")


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    class Meta:
        model = Collection
        fields = ("id", "name", "slug")


class AlternativeTitleSerializer(serializers.ModelSerializer[AlternativeTitle]):
    class Meta:
        model = AlternativeTitle
        fields = ("title", "country", "language", "kind")
        ordering = ("title", "pk")


class ReleaseDateSerializer(serializers.ModelSerializer[ReleaseDate]):
    class Meta:
        model = ReleaseDate
        fields = ("country", "kind", "date", "certification", "note")
        ordering = ("country", "date", "pk")


class AwardSerializer(serializers.ModelSerializer[Award]):
    class Meta:
        model = Award
        fields = ("id", "award", "ceremony", "category", "won", "people")
        ordering = ("award", "ceremony", "category", "pk")


class ImageSerializer(serializers.ModelSerializer[Image]):
    url = MediaUrlField(source="path")
    renditions = SqlField(
        "(SELECT coalesce(json_object_agg(r.key, {media} || r.value ORDER BY r.key::int), '{}'::json)"
        " FROM jsonb_each_text({row}.renditions) r)",
        output=serializers.DictField(child=serializers.CharField(), help_text="Width in pixels to address."),
        python=lambda image: {
            width: media_address(image.renditions[width]) for width in sorted(image.renditions, key=int)
        },
    )

    class Meta:
        model = Image
        fields = ("id", "kind", "url", "width", "height", "renditions", "language", "created_at")
        ordering = ("kind", "position", "pk")


class VideoSerializer(serializers.ModelSerializer[Video]):
    url = SqlField(_VIDEO_PAGE, output=serializers.URLField(), python=lambda video: video.url)

    class Meta:
        model = Video
        fields = ("id", "kind", "provider", "key", "url", "name", "official", "language")
        ordering = ("position", "pk")


class CreditPersonSerializer(serializers.ModelSerializer[Person]):
    class Meta:
        model = Person
        fields = ("id", "name")


class CreditSerializer(serializers.ModelSerializer[Credit]):
    """A part in a movie, with who has it. The cast in billing order, then the crew."""

    person = SqlField(
        "(SELECT json_build_object('id', p.id, 'name', p.name) FROM movies_person p WHERE p.id = {row}.person_id)",
        output=CreditPersonSerializer(),
        python=lambda credit: {"id": credit.person.pk, "name": credit.person.name},
    )

    class Meta:
        model = Credit
        fields = ("id", "kind", "person", "character", "department", "job", "position")
        ordering = ("kind", "position", "pk")


def _directors(movie: Movie) -> list[dict[str, Any]]:
    found = movie.credits.filter(kind=Credit.Kind.CREW, job=Credit.DIRECTOR).select_related("person")
    ordered = sorted(found, key=lambda credit: (credit.position is None, credit.position or 0, credit.pk))
    return [{"id": credit.person.pk, "name": credit.person.name} for credit in ordered]


def directors_field() -> SqlField:
    """Who directed a movie, in their order."""
    return SqlField(
        "(SELECT coalesce(json_agg(json_build_object('id', p.id, 'name', p.name) ORDER BY c.position NULLS LAST, c.id),"
        " '[]'::json) FROM movies_credit c JOIN movies_person p ON p.id = c.person_id"
        " WHERE c.movie_id = {row}.id AND c.kind = 'crew' AND c.job = 'Director')",
        output=DirectorSerializer(many=True),
        python=_directors,
    )


class MovieSerializer(serializers.ModelSerializer[Movie]):
    """A movie as everybody sees it. What is not known is null."""

    genres = GenreSerializer(many=True, read_only=True)
    tags = TagSerializer(many=True, read_only=True)
    directors = directors_field()
    poster_url = MediaUrlField(source="poster_path")
    backdrop_url = MediaUrlField(source="backdrop_path")

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
            "overview",
            "overview_source",
            "overview_license",
            "overview_url",
            "tagline",
            "original_language",
            "languages",
            "countries",
            "genres",
            "tags",
            "directors",
            "poster_url",
            "backdrop_url",
            "trailer_url",
            "imdb_id",
            "tmdb_id",
            "wikidata_id",
            "release_status",
            "rating_average",
            "rating_count",
            "popularity",
            "created_at",
            "updated_at",
        )


class SuggestionSerializer(serializers.ModelSerializer[Movie]):
    """What a list of suggestions needs to be told apart."""

    poster_url = MediaUrlField(source="poster_path")

    class Meta:
        model = Movie
        fields = ("id", "slug", "title", "original_title", "year", "poster_url")


MOVIE = Document(
    MovieSerializer,
    expand={
        "credits": CreditSerializer(many=True),
        "images": ImageSerializer(many=True),
        "videos": VideoSerializer(many=True),
        "awards": AwardSerializer(many=True),
        "alternative_titles": AlternativeTitleSerializer(many=True),
        "release_dates": ReleaseDateSerializer(many=True),
        "companies": CompanySerializer(many=True),
        "collection": CollectionSerializer(allow_null=True),
    },
    viewed=("movies.movie", "id"),
)
SUGGESTION = Document(SuggestionSerializer, viewed=("movies.movie", "id"))
CREDIT, IMAGE, VIDEO, AWARD = (
    Document(s) for s in (CreditSerializer, ImageSerializer, VideoSerializer, AwardSerializer)
)
