"""How movies and people are narrowed and ordered."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import BigIntegerField, F, Func, IntegerField, QuerySet, Value
from django.utils.functional import cached_property
from django_filters import rest_framework as filters

from movies.definition.limits import number
from movies.models import Movie, Person
from movies.models.facets import country_facet, genre_facet, language_facet, status_facet, tag_facet
from movies.search.query import find_movies, find_people
from movies.services.provider_search import search_through
from movies.services.vocabulary import is_standard_genre, unknown_genre, unknown_tag, vocabulary_ids
from watchly.api.filters import StrictFilterSet, unknown_value
from watchly.common.countries import country_code, unknown_country
from watchly.common.form_texts import LineFormField
from watchly.common.languages import language_code, unknown_language

_LONGEST_QUERY = 200
_YEARS = {"least": number("movie.year").least, "most": number("movie.year").most}
_MINUTES = {"least": 0, "most": number("movie.runtime").most}


def _both(ascending: bool, *keys: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """An ordering and its reverse: what is unknown comes last both ways, ties end on id."""

    def one(up: bool) -> tuple[Any, ...]:
        return (
            *(F(key).asc(nulls_last=True) if up else F(key).desc(nulls_last=True) for key in keys),
            F("id").asc(),
        )

    return one(ascending), one(not ascending)


# Each has its index in `Movie.Meta.indexes`. Popularity and title are never null, so one index serves both directions.
MOVIE_ORDERINGS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "newest": _both(False, "release_order"),
    "oldest": _both(True, "release_order"),
    # By the Bayesian mean; movies without a rating follow both ways, the most popular first.
    "rating": (
        (F("rating_rank").desc(nulls_last=True), F("popularity").desc(), F("id").asc()),
        (F("rating_rank").asc(nulls_last=True), F("popularity").desc(), F("id").asc()),
    ),
    "popularity": ((F("popularity").desc(), F("id").asc()), (F("popularity").asc(), F("id").desc())),
    "title": ((F("title_key").asc(), F("id").asc()), (F("title_key").desc(), F("id").desc())),
    "runtime": _both(True, "runtime"),
    "year": _both(True, "year"),
}

PERSON_ORDERINGS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "credits": ((F("credit_count").desc(), F("id").asc()), (F("credit_count").asc(), F("id").desc())),
    "name": ((F("name_key").asc(), F("id").asc()), (F("name_key").desc(), F("id").desc())),
}


def as_found(ids: list[int], *, key: str = "id") -> tuple[Any, ...]:
    """The ordering of a search: the best first, as they were found. `key` is the column that holds the movie's id."""
    found = Value(ids, output_field=ArrayField(BigIntegerField()))
    return (Func(found, F(key), function="array_position", output_field=IntegerField()),)


class _Integer(forms.IntegerField):
    """Within the column's range, so that no number makes the database refuse."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(validators=[MinValueValidator(least), MaxValueValidator(most)], **kwargs)


class NumberFilter(filters.NumberFilter):
    """A whole number from `least` to `most`."""

    field_class = _Integer

    def __init__(self, *args: Any, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(*args, least=least, most=most, **kwargs)

    def get_max_validator(self) -> None:
        """The range above is tighter than the one this would add."""


class StarsFilter(filters.NumberFilter):
    """Stars, 0.5 to 5."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0.5, max_value=5, **kwargs)


class SlugsFilter(filters.CharFilter):
    """Every word that the parameter gives, repeated or separated by commas, must match."""


class TextFilter(filters.CharFilter):
    """A short text, cleaned as stored ones are."""

    field_class = LineFormField

    def __init__(self, *args: Any, most: int = _LONGEST_QUERY, **kwargs: Any) -> None:
        super().__init__(*args, max_length=most, **kwargs)


class MovieFilter(StrictFilterSet):
    """The filters of a list of movies. They combine: all must hold."""

    search = TextFilter(method="by_search", help_text="Title, original or alternative title, people; a year counts.")
    genre = SlugsFilter(
        method="by_genre",
        help_text="A genre by its slug, its name or another word for it (`sci-fi`). Several, repeated or separated by"
        " commas, must all match.",
    )
    tag = SlugsFilter(
        method="by_tag",
        help_text="A tag by its slug or name. Several, repeated or separated by commas, must all match.",
    )
    year = NumberFilter(field_name="year", **_YEARS, help_text="Of the first public showing.")
    year_min = NumberFilter(field_name="year", lookup_expr="gte", **_YEARS, help_text="From this year.")
    year_max = NumberFilter(field_name="year", lookup_expr="lte", **_YEARS, help_text="Up to this year.")
    runtime_min = NumberFilter(field_name="runtime", lookup_expr="gte", **_MINUTES, help_text="Minutes.")
    runtime_max = NumberFilter(field_name="runtime", lookup_expr="lte", **_MINUTES, help_text="Minutes.")
    rating_min = StarsFilter(field_name="rating_average", lookup_expr="gte", help_text="Stars, 0.5 to 5.")
    language = TextFilter(method="by_language", most=60, help_text="Of the original: ISO 639 code or English name.")
    country = TextFilter(method="by_country", most=60, help_text="ISO 3166-1 code or English name.")
    person = NumberFilter(
        method="by_person", least=1, most=2**63 - 1, help_text="The id of somebody with a credit in it."
    )
    release_status = filters.ChoiceFilter(
        method="by_release_status", choices=Movie.ReleaseStatus.choices, help_text="How far it is."
    )

    class Meta:
        model = Movie
        fields: list[str] = []

    found: list[int] | None = None  # what `search` found, best first
    # A list of some movies only (somebody's library) is searched as it is: its filterset says False.
    asks_elsewhere: ClassVar[bool] = True

    def by_search(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        # Only where nothing is found is anybody else asked.
        self.found = find_movies(value) or (search_through(query=value) if self.asks_elsewhere else [])
        return queryset.filter(pk__in=self.found)

    def by_genre(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        found = self._vocabulary[0]
        for word, pk in found.items():
            if pk is None and not is_standard_genre(word):
                raise unknown_value(name, unknown_genre(word))
        # A standard genre that no movie has yet is known, and matches nothing.
        return self._holding(queryset, [pk and genre_facet(pk) for pk in found.values()])

    def by_tag(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        found = self._vocabulary[1]
        for word, pk in found.items():
            if pk is None:
                raise unknown_value(name, unknown_tag(word))
        return self._holding(queryset, [pk and tag_facet(pk) for pk in found.values()])

    def by_language(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        if (code := language_code(value)) is None:
            raise unknown_value(name, unknown_language(value))
        return queryset.filter(facets__contains=[language_facet(code)])

    def by_country(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        if (code := country_code(value)) is None:
            raise unknown_value(name, unknown_country(value))
        return queryset.filter(facets__contains=[country_facet(code)])

    def by_release_status(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        return queryset.filter(facets__contains=[status_facet(value)])

    def by_person(self, queryset: Any, name: str, value: int) -> QuerySet[Movie]:
        return queryset.with_person(value)

    def _holding(self, queryset: QuerySet[Movie], facets: list[int | None]) -> QuerySet[Movie]:
        # As constants, so that the planner knows how rare they are.
        return queryset.none() if None in facets else queryset.filter(facets__contains=facets)

    @cached_property
    def _vocabulary(self) -> tuple[dict[str, int | None], dict[str, int | None]]:
        """The ids of the genres and tags that are asked for, in one statement."""
        return vocabulary_ids(genres=self._words("genre"), tags=self._words("tag"))

    def _words(self, name: str) -> list[str]:
        """What the parameter gives, repeated or separated by commas, each once."""
        words = (word.strip()[:_LONGEST_QUERY] for value in self.data.getlist(name) for word in value.split(","))
        return list(dict.fromkeys(word.replace("\x00", "") for word in words if word))


class PersonFilter(StrictFilterSet):
    """The filters of a list of people."""

    search = TextFilter(method="by_search", help_text="A name, or its beginning.")

    class Meta:
        model = Person
        fields: list[str] = []

    found: list[int] | None = None

    def by_search(self, queryset: QuerySet[Person], name: str, value: str) -> QuerySet[Person]:
        self.found = find_people(value)
        return queryset.filter(pk__in=self.found)
