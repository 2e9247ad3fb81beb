"""The filters of the movies' list. Each reads a column that the index of every ordering carries, none joins."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeNumericFilter,
)
from unfold.contrib.filters.forms import DropdownForm

from movies.models import Credit, Genre, Movie
from movies.models.facets import country_facet, genre_facet, language_facet, tag_facet
from watchly.common.admin.lists import COUNTED
from watchly.common.admin.pickers import QuickSelect
from watchly.common.countries import country_name, is_country
from watchly.common.languages import is_language, language_name

ANY_STATE = "any"

# What a published movie may lack, by the name it has in addresses.
LACKING: dict[str, tuple[str, Any]] = {
    "year": ("No year", Q(year__isnull=True)),
    "runtime": ("No runtime", Q(runtime__isnull=True)),
    "poster": ("No poster", Q(poster_path__isnull=True)),
    "director": (
        "No director",
        ~Exists(Credit.objects.filter(movie=OuterRef("pk"), kind=Credit.Kind.CREW, job=Credit.DIRECTOR)),
    ),
}


@cache
def country_names() -> dict[str, str]:
    """English names by ISO 3166-1 alpha-2 code, in the order of the names."""
    return _in_order_of_names(_pairs(ascii_uppercase), is_country, country_name)


@cache
def language_names() -> dict[str, str]:
    """English names by ISO 639-1 code, in the order of the names."""
    return _in_order_of_names(_pairs(ascii_lowercase), is_language, language_name)


def _pairs(letters: str) -> list[str]:
    return [first + second for first in letters for second in letters]


def _in_order_of_names(codes: list[str], known: Callable[[str], bool], name: Callable[[str], str]) -> dict[str, str]:
    return dict(sorted(((code, name(code)) for code in codes if known(code)), key=lambda pair: pair[1]))


def state_of(request: HttpRequest) -> str:
    """The state whose movies a list shows: the one asked for; else published ones, in a search those of any state."""
    asked = request.GET.get("state")
    if asked in {*Movie.State.values, ANY_STATE}:
        return str(asked)
    return ANY_STATE if request.GET.get(SEARCH_VAR, "").strip() else Movie.State.PUBLISHED


def _number(value: str | None) -> int | None:
    """An id from an address; None for what cannot be one."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 9 else None


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((state.value, str(state.label)) for state in Movie.State), (ANY_STATE, "Any")]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.shown = state_of(request)

    def value(self) -> str:
        return super().value() or self.shown

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        state = state_of(request)
        return queryset if state == ANY_STATE else queryset.filter(state=state)


class GenreFilter(DropdownFilter):
    title = "genre"
    parameter_name = "genre"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Genre.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        genre = _number(self.value())
        return queryset.filter(facets__contains=[genre_facet(genre)]) if genre else queryset


class TagFilter(AutocompleteSelectFilter):
    """Picks from thousands of tags, and reads the movie's facets instead of joining."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        tag = _number(self.value())
        return queryset.filter(facets__contains=[tag_facet(tag)]) if tag else queryset


class QuickForm(DropdownForm):
    """A dropdown of hundreds of options."""

    widget = QuickSelect()


class CountryFilter(DropdownFilter):
    form_class = QuickForm
    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(country_names().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        code = self.value()
        return queryset.filter(facets__contains=[country_facet(code)]) if code in country_names() else queryset


class LanguageFilter(DropdownFilter):
    form_class = QuickForm
    title = "original language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(language_names().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        code = self.value()
        return queryset.filter(facets__contains=[language_facet(code)]) if code in language_names() else queryset


class LackingFilter(DropdownFilter):
    title = "what is missing"
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in LACKING.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> QuerySet[Movie]:
        lacking = LACKING.get(self.value() or "")
        if lacking is None:
            return queryset
        if self.value() != "director":
            return queryset.filter(lacking[1])
        # What is absent in another table is found by merging two indexes of movies' ids, once for the count and the
        # page. Where most lack it, any order soon comes upon some.
        few = list(Movie.objects.filter(lacking[1]).order_by().values_list("pk", flat=True)[: COUNTED + 1])
        return queryset.filter(pk__in=few) if len(few) <= COUNTED else queryset.filter(lacking[1])


MOVIE_FILTERS = (
    StateFilter,
    LackingFilter,
    GenreFilter,
    ("tags", TagFilter),
    ("year", RangeNumericFilter),
    CountryFilter,
    LanguageFilter,
    ("source", ChoicesDropdownFilter),
)
