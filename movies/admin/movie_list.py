"""The list of movies: one page of ids from an index, then what the columns show, in a fixed number of reads."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.contrib.admin.views.main import ORDER_VAR
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Combinable, Func
from django.http import HttpRequest

from movies.admin.filters import ANY_STATE, state_of
from movies.models import CatalogueCount, Credit, Genre, Movie
from movies.search.normalise import title_key
from movies.search.query import find_movies
from watchly.common.admin.lists import BoundedChangeList

# Each as its index has it (Movie.Meta.indexes): what may be null comes last both ways, the others are read backwards.
_SORTS: dict[str, tuple[Combinable, ...]] = {
    "popularity": (F("popularity").asc(), F("id").desc()),
    "-popularity": (F("popularity").desc(), F("id").asc()),
    "title_key": (F("title_key").asc(), F("id").asc()),
    "-title_key": (F("title_key").desc(), F("id").desc()),
    "year": (F("year").asc(nulls_last=True), F("id").asc()),
    "-year": (F("year").desc(nulls_last=True), F("id").asc()),
}
_FOUND = 1_000  # movies that a search can bring up
_IMDB, _WIKIDATA, _NUMBER = re.compile(r"tt[0-9]{7,10}"), re.compile(r"Q[0-9]{1,11}"), re.compile(r"#([0-9]{1,18})")


def search_movies(queryset: QuerySet[Movie], query: str) -> QuerySet[Movie]:
    """Movies of this title, best match first: `tt…`, `Q…` and `#number` find the one with that id.

    The search index holds published movies. Drafts and withdrawn ones are found by any part of their title or original
    title, and come after the published ones.
    """
    query = query.strip()
    if _IMDB.fullmatch(query):
        return queryset.filter(imdb_id=query)
    if _WIKIDATA.fullmatch(query):
        return queryset.filter(wikidata_id=query)
    if number := _NUMBER.fullmatch(query):
        return queryset.filter(pk=int(number[1]))
    ids = find_movies(query, limit=_FOUND)
    hidden = Q(state__in=(Movie.State.DRAFT, Movie.State.WITHDRAWN)) & (
        Q(title_key__contains=title_key(query)) | Q(original_title__icontains=query)
    )
    return queryset.filter(Q(pk__in=ids) | hidden).order_by(*_in_order(ids), "-pk")


def _in_order(ids: list[int]) -> list[Combinable]:
    if not ids:
        return []
    array = Value(ids, output_field=ArrayField(BigIntegerField()))
    position = Func(array, F("id"), function="array_position", output_field=IntegerField())
    return [position.asc(nulls_last=True)]


class MovieChangeList(BoundedChangeList):
    """Rows carry `genre_names` and `director_names`, read once for the page."""

    def get_filters(self, request: HttpRequest) -> Any:
        specs, has_filters, remaining, _, has_active = super().get_filters(request)
        # The filter by tag is named after a relation and reads an array: there is nothing to make distinct.
        return specs, has_filters, remaining, False, has_active

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Movie]) -> list[Any]:
        if ORDER_VAR not in self.params and state_of(request) != Movie.State.PUBLISHED:
            # The index of the other states is by state and last change; without a state the primary key serves.
            return ["-pk"] if state_of(request) == ANY_STATE else ["-updated_at", "-pk"]
        asked = super().get_ordering(request, queryset)
        return list(_SORTS.get(asked[0], asked)) if isinstance(asked[0], str) else asked

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str] | None = None) -> QuerySet[Movie]:
        queryset = super().get_queryset(request, exclude_parameters)
        if self.query and ORDER_VAR in self.params:
            # A column that somebody sorts by wins over how well a title matches.
            queryset = queryset.order_by(*self.get_ordering(request, queryset))
        return queryset

    def known_count(self, request: HttpRequest) -> int | None:
        if self.query or self.has_active_filters or state_of(request) != Movie.State.PUBLISHED:
            return None
        kept = CatalogueCount.objects.filter(pk=CatalogueCount.PUBLISHED_MOVIES).first()
        return kept.value if kept else None

    def load(self, rows: QuerySet[Movie]) -> list[Movie]:
        ids = list(rows.values_list("pk", flat=True))
        listed = (
            Movie.objects.filter(pk__in=ids)
            .only(
                "title", "original_title", "year", "state", "poster_path", "genre_ids", "popularity", "updated_at",
            )
            .in_bulk()
        )  # fmt: skip
        movies = [listed[pk] for pk in ids if pk in listed]
        genres = dict(Genre.objects.values_list("pk", "name"))
        directors = defaultdict(list)
        for movie_id, name in (
            Credit.objects.filter(movie__in=ids, kind=Credit.Kind.CREW, job=Credit.DIRECTOR)
            .order_by("movie_id", "position", "pk")
            .values_list("movie_id", "person__name")
        ):
            directors[movie_id].append(name)
        for movie in movies:
            movie.genre_names = [genres[pk] for pk in movie.genre_ids if pk in genres]  # type: ignore[attr-defined]
            movie.director_names = directors[movie.pk]  # type: ignore[attr-defined]
        return movies
