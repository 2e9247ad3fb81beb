"""What is taken when a movie is written. Never the shape that is given out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.text import slugify
from rest_framework import serializers

from movies.models import AlternativeTitle, Award, Credit, Genre, Movie, ReleaseDate, Tag, Video
from movies.services.relations import collection_named, company_named
from movies.video_addresses import NOT_A_VIDEO, is_key, video_of
from watchly.api.fields import ChoiceField
from watchly.api.input import StrictSerializer, nearest, unknown, whole

MOST_ROWS = 1000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL's text holds neither NUL nor half a character
_COUNTRY = RegexValidator(r"\A[A-Z]{2}\Z", "Use an ISO 3166-1 code of two capital letters, such as FR.", code="country")
_LANGUAGE = RegexValidator(
    r"\A[a-z]{2,3}\Z", "Use an ISO 639 code of two or three small letters, such as fr.", code="language"
)


def country(**kwargs: Any) -> serializers.CharField:
    """An ISO 3166-1 alpha-2 code."""
    return serializers.CharField(validators=[_COUNTRY], **kwargs)


def language(**kwargs: Any) -> serializers.CharField:
    """An ISO 639-1 or 639-3 code."""
    return serializers.CharField(validators=[_LANGUAGE], **kwargs)


def unknown_text(most: int, **kwargs: Any) -> serializers.CharField:
    """A text that may be unknown: null. An empty one is taken as unknown, never stored."""
    return _TextOrNull(max_length=most, required=False, allow_null=True, allow_blank=True, **kwargs)


class _TextOrNull(serializers.CharField):
    def to_internal_value(self, data: Any) -> str | None:  # type: ignore[override]
        return super().to_internal_value(data) or None

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(data) or None


class NamedField(serializers.Field[Any, Any, Any, Any]):
    """A genre or tag: its id, its slug, its name, or an object that holds one of them (as documents give it out)."""

    default_error_messages = {
        "form": "Give an id, a slug, a name, or an object with one of them.",
        "unknown": "There is no {kind} {value!r}. {nearest}",
    }

    def __init__(self, model: type[Any], *, create: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model, self.create = model, create

    def to_internal_value(self, data: Any) -> models.Model:
        if isinstance(data, Mapping):
            data = self._held(data)
        data = whole(data)
        if isinstance(data, bool) or not isinstance(data, int | str) or data == "":
            self.fail("form")
        if isinstance(data, str) and _UNSTORABLE.search(data):
            self.fail("form")
        rows = self.model._default_manager
        if isinstance(data, int):
            found = rows.filter(pk=data).first() if 0 < data < 2**31 else None
        else:
            found = (
                rows.filter(models.Q(slug=data.strip()) | models.Q(name__iexact=data.strip())).order_by("pk").first()
            )
        if found is None and self.create and isinstance(data, str):
            found = self._made(data.strip())
        if found is None:
            known = rows.values_list("slug", flat=True)[:1000]
            self.fail("unknown", kind=self.model._meta.verbose_name, value=data, nearest=nearest(str(data), known))
        return found

    def _held(self, data: Mapping[str, Any]) -> Any:
        """What an object names: its id before its slug before its name."""
        kinds: dict[str, type[Any]] = {"id": int, "slug": str, "name": str}
        errors = {str(key): unknown(str(key), kinds, "field") for key in data if key not in kinds}
        if errors:
            raise serializers.ValidationError(errors)
        held = [(whole(data[key]), kind) for key, kind in kinds.items() if data.get(key) is not None]
        if not all(isinstance(value, kind) for value, kind in held):
            self.fail("form")
        return held[0][0] if held else None

    def _made(self, name: str) -> models.Model | None:
        slug = slugify(name)
        longest = self.model._meta.get_field("name").max_length
        if not slug or len(name) > longest or "\x00" in name:
            return None
        return self.model._default_manager.get_or_create(slug=slug[:longest], defaults={"name": name})[0]

    def to_representation(self, value: Any) -> Any:
        return value.slug


class PersonReferenceSerializer(StrictSerializer):
    """A person by id, or by name (made if nobody has it)."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    name = serializers.CharField(required=False, max_length=300)

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
    character = unknown_text(500)
    department = unknown_text(60)
    job = unknown_text(100)
    position = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=32_767)

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
    title = serializers.CharField(max_length=AlternativeTitle._meta.get_field("title").max_length)
    country = country(required=False, allow_null=True)
    language = language(required=False, allow_null=True)
    kind = unknown_text(60)


class ReleaseDateInputSerializer(StrictSerializer):
    country = country()
    kind = ChoiceField(choices=ReleaseDate.Kind.choices)
    date = serializers.DateField()
    certification = unknown_text(20)
    note = unknown_text(200)


class AwardInputSerializer(StrictSerializer):
    award = serializers.CharField(max_length=100)
    ceremony = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=9999)
    category = serializers.CharField(max_length=200)
    won = serializers.BooleanField()
    people = serializers.ListField(child=serializers.CharField(max_length=300), required=False, max_length=50)

    class Meta:
        model = Award
        ignored = ("id",)


class VideoInputSerializer(StrictSerializer):
    provider = ChoiceField(choices=Video.Provider.choices)
    key = serializers.CharField(
        max_length=300, help_text="The provider's key, or the address of the video's page, of which the key is taken."
    )
    kind = ChoiceField(choices=Video.Kind.choices, required=False)
    name = unknown_text(200)
    official = serializers.BooleanField(required=False)
    language = language(required=False, allow_null=True)

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


def _text(name: str, **kwargs: Any) -> serializers.CharField:
    return unknown_text(getattr(Movie._meta.get_field(name), "max_length", None) or 20_000, **kwargs)


class MovieInputSerializer(StrictSerializer):
    """A movie's facts and relations. A relation that is given is set whole."""

    title = serializers.CharField(max_length=500)
    original_title = _text("original_title")
    year = serializers.IntegerField(required=False, allow_null=True, min_value=1870, max_value=2200)
    release_date = serializers.DateField(required=False, allow_null=True)
    runtime = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=30_000, help_text="Minutes."
    )
    overview = _text("overview")
    tagline = _text("tagline")
    original_language = language(required=False, allow_null=True)
    languages = serializers.ListField(child=language(), required=False, max_length=30)
    countries = serializers.ListField(child=country(), required=False, max_length=30)
    release_status = ChoiceField(choices=Movie.ReleaseStatus.choices, required=False, allow_null=True)
    imdb_id = serializers.RegexField(
        r"\Att[0-9]{7,10}\Z",
        required=False,
        allow_null=True,
        error_messages={"invalid": "Use tt and seven to ten digits, such as tt0113277."},
    )
    tmdb_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1)
    wikidata_id = serializers.RegexField(
        r"\AQ[1-9][0-9]{0,10}\Z",
        required=False,
        allow_null=True,
        error_messages={"invalid": "Use Q and digits, such as Q42198."},
    )
    wikipedia_page = _text("wikipedia_page")
    genres = serializers.ListField(child=NamedField(Genre), required=False, max_length=20)
    tags = serializers.ListField(child=NamedField(Tag, create=True), required=False, max_length=60)
    companies = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=50)
    collection = unknown_text(200)
    directors = serializers.ListField(child=PersonReferenceSerializer(), required=False, max_length=50)
    credits = serializers.ListField(child=CreditInputSerializer(), required=False, max_length=MOST_ROWS)
    alternative_titles = serializers.ListField(
        child=AlternativeTitleInputSerializer(), required=False, max_length=MOST_ROWS
    )
    release_dates = serializers.ListField(child=ReleaseDateInputSerializer(), required=False, max_length=MOST_ROWS)
    awards = serializers.ListField(child=AwardInputSerializer(), required=False, max_length=MOST_ROWS)
    videos = serializers.ListField(child=VideoInputSerializer(), required=False, max_length=100)

    class Meta:
        read_only = (
            "id",
            "slug",
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
        released: date | None = attrs.get("release_date")
        year = attrs.get("year")
        if released and year and abs(released.year - year) > 5:
            raise serializers.ValidationError(
                {"release_date": f"{released} is more than five years from the year {year}: correct one of them."},
                code="contradiction",
            )
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
