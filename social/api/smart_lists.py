"""Smart lists: a saved filter, checked when it is saved and run when it is read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail, ValidationError

from movies.api.filters import MOVIE_ORDERINGS, MovieFilter, as_found
from movies.models import Movie
from social.api.filters import LIBRARY_ORDERINGS, SHOWN_COLUMNS, SHOWN_ORDERINGS, LibraryFilter
from social.models import LibraryEntry, MovieList
from watchly.api.input import unknown

CATALOGUE, LIBRARY = "catalogue", "library"
SOURCES = (CATALOGUE, LIBRARY)
_REPEATABLE = ("genre", "tag")
_MOST_VALUES = 20
_ORDERINGS = {CATALOGUE: MOVIE_ORDERINGS, LIBRARY: LIBRARY_ORDERINGS}
_DEFAULT = {CATALOGUE: "popularity", LIBRARY: "added"}


def checked_rules(*, source: str, query: dict[str, Any], ordering: str | None) -> dict[str, Any]:
    """The rules as they are saved. Raises ValidationError with the pointer of what is wrong."""
    known = (LibraryFilter if source == LIBRARY else MovieFilter).base_filters
    errors: dict[str, Any] = {name: unknown(name, known, "filter") for name in query if name not in known}
    kept: dict[str, list[str]] = {}
    for name, value in query.items():
        values = value if isinstance(value, list) else [value]
        if name in errors:
            continue
        if not 0 < len(values) <= (_MOST_VALUES if name in _REPEATABLE else 1):
            errors[name] = [ErrorDetail("Give one value; genre and tag take a list of up to 20.", code="repeated")]
        elif not all(isinstance(each, (str, int, float, bool)) for each in values):
            errors[name] = [ErrorDetail("Write a text, a number, or true or false.", code="invalid")]
        else:
            kept[name] = [_written(each) for each in values]
    if errors:
        raise ValidationError({"query": errors})
    filterset = _filterset(source, kept)
    if not filterset.is_valid():
        raise ValidationError(
            {
                "query": {
                    name: [ErrorDetail("; ".join(error.messages), code=error.code or "invalid") for error in found]
                    for name, found in filterset.errors.as_data().items()
                }
            }
        )
    try:
        filterset.narrowed()
    except ValidationError as error:  # a word that is not in the catalogue
        raise ValidationError({"query": error.detail}) from error
    names = [*_ORDERINGS[source], *(f"-{name}" for name in _ORDERINGS[source])]
    if ordering is not None and ordering not in names:
        raise ValidationError({"ordering": unknown(ordering, names, "ordering")})
    return {"source": source, "query": kept, "ordering": ordering}


def smart_rows(movie_list: MovieList, viewer: Any) -> tuple[QuerySet[Any], tuple[Any, ...]]:
    """What a smart list holds for this viewer: rows of movies or of library entries, and their ordering.

    Of a library it holds what its owner shows to the viewer, filtered and ordered by what the entries show to others.
    """
    rules: dict[str, Any] = movie_list.rules or {}
    source = rules["source"]
    shown = source == LIBRARY and (viewer is None or viewer.pk != movie_list.user_id)
    filterset = _filterset(source, rules["query"], columns=SHOWN_COLUMNS if shown else None)
    try:
        movies = filterset.narrowed()
    except ValidationError:  # a genre or tag that it names was merged or deleted since
        movies = Movie.objects.none()
    rows: QuerySet[Any] = movies
    if source == LIBRARY:
        entries = LibraryEntry.objects.visible_to(viewer).filter(filterset.said, user=movie_list.user_id)
        rows = entries.filter(movie__in=movies.values("pk"))
    name = rules["ordering"]
    if name is None and filterset.found is not None:
        return rows, as_found(filterset.found, key="movie_id" if source == LIBRARY else "id")
    name = name or _DEFAULT[source]
    orderings = SHOWN_ORDERINGS if shown else _ORDERINGS[source]
    pair = orderings.get(name.removeprefix("-"), LIBRARY_ORDERINGS["added"])
    return rows, pair[1] if name.startswith("-") else pair[0]


def _filterset(source: str, query: dict[str, list[str]], *, columns: dict[str, str] | None = None) -> Any:
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    movies = Movie.objects.published()
    if source != LIBRARY:
        return MovieFilter(data, queryset=movies)
    filterset = LibraryFilter(data, queryset=movies)
    filterset.columns = columns or {}  # type: ignore[misc]  # of this one
    return filterset


def _written(value: Any) -> str:
    """As a parameter writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
