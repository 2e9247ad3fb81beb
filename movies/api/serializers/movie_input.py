"""What is taken when a movie is written. Never the shape that is given out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from movies.api.serializers.vocabulary import GenreField, TagField
from movies.definition.limits import (
    IMDB_ID,
    IMDB_ID_WORDS,
    WIKIDATA_ID,
    WIKIDATA_ID_WORDS,
    contradiction,
    longest,
    most,
    number,
    oversized_nomination,
    validators,
)
from movies.models import Award, Credit, Movie, ReleaseDate, Video
from movies.services.relations import collection_named, company_named
from movies.video_addresses import NOT_A_VIDEO, is_key, video_of
from watchly.api.fields import ChoiceField, CountryField, LanguageField, LineField, ProseField
from watchly.api.input import StrictSerializer, whole


def integer(name: str, **kwargs: Any) -> serializers.IntegerField:
    """A whole number within its limits (`movies.definition.limits`)."""
    limits = number(name)
    return serializers.IntegerField(min_value=limits.least, max_value=limits.most, **kwargs)


def day(name: str, **kwargs: Any) -> serializers.DateField:
    """A day within its limits."""
    return serializers.DateField(validators=validators(name), **kwargs)


def imdb_id() -> serializers.RegexField:
    """The IMDb id of a movie, or null."""
    return serializers.RegexField(
        rf"\A{IMDB_ID}\Z", required=False, allow_null=True, error_messages={"invalid": IMDB_ID_WORDS}
    )


def unknown_text(most: int, **kwargs: Any) -> serializers.CharField:
    """A line that may be unknown: null. An empty one is taken as unknown, never stored."""
    return _LineOrNull(max_length=most, required=False, allow_null=True, allow_blank=True, **kwargs)


def unknown_prose(most: int, **kwargs: Any) -> serializers.CharField:
    """The same for a text of several lines."""
    return _ProseOrNull(max_length=most, required=False, allow_null=True, allow_blank=True, **kwargs)


class _LineOrNull(LineField):
    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(data) or None


class _ProseOrNull(ProseField):
    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(data) or None


class PersonReferenceSerializer(StrictSerializer):
    """A person by id, or by name (made if nobody has it)."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    name = LineField(required=False, max_length=longest("person.name"))

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool):
            raise serializers.ValidationError(
                {"non_field_errors": ["Give a person's id, name, or an object with one."]}
            )
        data = whole(data)
        if isinstance(data, int):
            data = {"id": data}
        elif isinstance(data, str):
            data = {"name": data}
        return super().to_internal_value(data)

    def validate(self, attrs: Any) -> Any:
        if attrs.get("id") is None and not attrs.get("name"):
            raise serializers.ValidationError("Give the person's id or name.", code="required")
        return attrs


class CreditInputSerializer(StrictSerializer):
    person = PersonReferenceSerializer()
    kind = ChoiceField(choices=Credit.Kind.choices)
    character = unknown_text(longest("credit.character"))
    department = unknown_text(longest("credit.department"))
    job = unknown_text(longest("credit.job"))
    position = integer("credit.position", required=False, allow_null=True)

    class Meta:
        ignored = ("id",)

    def validate(self, attrs: Any) -> Any:
        if attrs["kind"] == Credit.Kind.CREW and not attrs.get("job"):
            raise serializers.ValidationError({"job": "A crew credit has a job, such as Director."}, code="required")
        if attrs["kind"] == Credit.Kind.CAST and (attrs.get("job") or attrs.get("department")):
            raise serializers.ValidationError(
                {"job": "A cast credit has a character, no job or department."}, code="contradiction"
            )
        if attrs["kind"] == Credit.Kind.CREW and attrs.get("character"):
            raise serializers.ValidationError(
                {"character": "A crew credit has a job, no character."}, code="contradiction"
            )
        return attrs


class AlternativeTitleInputSerializer(StrictSerializer):
    title = LineField(max_length=longest("alternative_title.title"))
    country = CountryField(required=False, allow_null=True)
    language = LanguageField(required=False, allow_null=True)
    kind = unknown_text(longest("alternative_title.kind"))


class ReleaseDateInputSerializer(StrictSerializer):
    country = CountryField()
    kind = ChoiceField(choices=ReleaseDate.Kind.choices)
    date = day("release_date.date")
    certification = unknown_text(longest("release_date.certification"))
    note = unknown_text(longest("release_date.note"))


class AwardInputSerializer(StrictSerializer):
    award = LineField(max_length=longest("award.award"))
    ceremony = integer("award.ceremony", required=False, allow_null=True)
    category = LineField(max_length=longest("award.category"))
    won = serializers.BooleanField()
    people = serializers.ListField(
        child=LineField(max_length=longest("award.person")), required=False, max_length=most("award.people")
    )

    class Meta:
        model = Award
        ignored = ("id",)

    def validate(self, attrs: Any) -> Any:
        if told := oversized_nomination(attrs["award"], attrs["category"], attrs.get("people", ())):
            raise serializers.ValidationError({"people": told}, code="max_length")
        return attrs


class VideoInputSerializer(StrictSerializer):
    provider = ChoiceField(choices=Video.Provider.choices)
    key = LineField(
        max_length=300, help_text="The provider's key, or the address of the video's page, of which the key is taken."
    )
    kind = ChoiceField(choices=Video.Kind.choices, required=False)
    name = unknown_text(longest("video.name"))
    official = serializers.BooleanField(required=False)
    language = LanguageField(required=False, allow_null=True)

    class Meta:
        ignored = ("id", "url")

    def validate(self, attrs: Any) -> Any:
        if is_key(attrs["key"]):
            return attrs
        found = video_of(attrs["key"])
        if found is None:
            raise serializers.ValidationError({"key": NOT_A_VIDEO}, code="invalid")
        provider, attrs["key"] = found
        if provider != attrs["provider"]:
            detail = f"The address is one of {provider.label}: send the provider {provider.value}."
            raise serializers.ValidationError({"provider": detail}, code="contradiction")
        return attrs


def _rows(name: str, child: serializers.Serializer[Any]) -> serializers.ListField:
    return serializers.ListField(child=child, required=False, max_length=most(f"movie.{name}"))


class MovieInputSerializer(StrictSerializer):
    """A movie's facts and relations. A relation that is given is set whole."""

    title = LineField(max_length=longest("movie.title"))
    original_title = unknown_text(longest("movie.original_title"))
    year = integer("movie.year", required=False, allow_null=True)
    release_date = day("movie.release_date", required=False, allow_null=True)
    runtime = integer("movie.runtime", required=False, allow_null=True, help_text="Minutes.")
    overview = unknown_prose(longest("movie.overview"))
    tagline = unknown_text(longest("movie.tagline"))
    original_language = LanguageField(required=False, allow_null=True)
    languages = serializers.ListField(child=LanguageField(), required=False, max_length=most("movie.languages"))
    countries = serializers.ListField(child=CountryField(), required=False, max_length=most("movie.countries"))
    release_status = ChoiceField(choices=Movie.ReleaseStatus.choices, required=False, allow_null=True)
    imdb_id = imdb_id()
    tmdb_id = integer("movie.tmdb_id", required=False, allow_null=True)
    wikidata_id = serializers.RegexField(
        rf"\A{WIKIDATA_ID}\Z", required=False, allow_null=True, error_messages={"invalid": WIKIDATA_ID_WORDS}
    )
    wikipedia_page = unknown_text(longest("movie.wikipedia_page"))
    genres = serializers.ListField(child=GenreField(), required=False, max_length=most("movie.genres"))
    tags = serializers.ListField(child=TagField(), required=False, max_length=most("movie.tags"))
    companies = serializers.ListField(
        child=LineField(max_length=longest("company.name")),
        required=False,
        max_length=most("movie.companies"),
    )
    collection = unknown_text(longest("collection.name"))
    directors = _rows("directors", PersonReferenceSerializer())
    credits = _rows("credits", CreditInputSerializer())
    alternative_titles = _rows("alternative_titles", AlternativeTitleInputSerializer())
    release_dates = _rows("release_dates", ReleaseDateInputSerializer())
    awards = _rows("awards", AwardInputSerializer())
    videos = _rows("videos", VideoInputSerializer())

    class Meta:
        read_only = (
            "id",
            "slug",
            "overview_source",
            "overview_license",
            "overview_url",
            "poster_url",
            "backdrop_url",
            "trailer_url",
            "rating_average",
            "rating_count",
            "popularity",
            "created_at",
            "updated_at",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if told := contradiction(attrs.get("year"), attrs.get("release_date")):
            raise serializers.ValidationError({"release_date": told}, code="contradiction")
        if "credits" in attrs and "directors" in attrs:
            raise serializers.ValidationError(
                {"directors": "Give the directors among the credits, or alone: not both."}, code="contradiction"
            )
        return attrs

    def values(self) -> dict[str, Any]:
        """The validated values as `create_movie` and `update_movie` take them."""
        values = dict(self.validated_data)
        if "companies" in values:
            values["companies"] = [company_named(name) for name in values["companies"]]
        if values.get("collection"):
            values["collection"] = collection_named(values["collection"])
        for name in ("languages", "countries"):
            if name in values:
                values[name] = list(dict.fromkeys(values[name]))
        return values
