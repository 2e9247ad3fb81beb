"""How one's library is narrowed and ordered: as the catalogue is, and by what one has said."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_filters import rest_framework as filters

from movies.api.filters import MOVIE_ORDERINGS, MovieFilter, TextFilter
from movies.models import Movie
from social.models import LibraryEntry
from watchly.api.filters import BooleanFilter
from watchly.api.viewer import ViewerFilter

_Ordering = tuple[tuple[Any, ...], tuple[Any, ...]]
STATUSES = LibraryEntry.Status.choices


def _through_movie(ordering: tuple[Any, ...]) -> tuple[Any, ...]:
    """An ordering of movies as one of entries."""
    return tuple(
        type(term)(F(f"movie__{term.expression.name}"), **{
            name: getattr(term, name) for name in ("descending", "nulls_first", "nulls_last")
        })
        for term in ordering
    )  # fmt: skip


def _by(key: str) -> _Ordering:
    """The latest first, what has no such time last both ways, ties by the entry that was made last."""
    return (F(key).desc(nulls_last=True), F("id").desc()), (F(key).asc(nulls_last=True), F("id").desc())


LIBRARY_ORDERINGS: dict[str, _Ordering] = {
    "added": ((F("id").desc(),), (F("id").asc(),)),
    "rated": _by("rated_at"),
    "watched": _by("last_watched_at"),
    "favorited": _by("favorited_at"),
    "stars": _by("half_stars"),
    **{name: (_through_movie(pair[0]), _through_movie(pair[1])) for name, pair in MOVIE_ORDERINGS.items()},
}

# What the entries of another user are filtered and ordered by: what they show. Not by the last viewing, which may be
# private or belong to a closed history.
SHOWN_COLUMNS = {"status": "shown_status", "half_stars": "shown_half_stars"}
SHOWN_ORDERINGS: dict[str, _Ordering] = {
    **{name: pair for name, pair in LIBRARY_ORDERINGS.items() if name != "watched"},
    "rated": _by("shown_rated_at"),
    "stars": _by("shown_half_stars"),
}


class _Stars(forms.DecimalField):
    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and (value * 2) % 1:
            raise forms.ValidationError("Stars go from 0.5 to 5 in steps of 0.5.", code="halves")


class OwnStarsFilter(filters.NumberFilter):
    """Stars that one gave."""

    field_class = _Stars

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0.5, max_value=5, **kwargs)


class LibraryFilter(MovieFilter):
    """Every filter of the catalogue, and those of what one has said. They combine: all must hold.

    The former narrow movies; the latter are put together in `said`, over entries.
    """

    status = filters.ChoiceFilter(method="by_field", choices=STATUSES, help_text="Where one stands with it.")
    favorite = BooleanFilter(method="by_field", help_text="Only favourites, or only others.")
    rated = BooleanFilter(method="by_rated", help_text="Only what has stars, or only what has none.")
    stars_min = OwnStarsFilter(method="by_stars_min", help_text="One's own stars, 0.5 to 5, at least.")
    stars_max = OwnStarsFilter(method="by_stars_max", help_text="One's own stars, 0.5 to 5, at most.")
    my_tag = TextFilter(method="by_my_tag", most=50, help_text="A tag of one's own.")

    # The columns that are filtered, by the name of the owner's fact.
    columns: ClassVar[dict[str, str]] = {}
    said: Q = Q()

    def by_field(self, queryset: QuerySet[Movie], name: str, value: Any) -> QuerySet[Movie]:
        return self._also(queryset, Q(**{self.columns.get(name, name): value}))

    def by_rated(self, queryset: QuerySet[Movie], name: str, value: bool) -> QuerySet[Movie]:
        return self._also(queryset, Q(**{f"{self._stars}__isnull": not value}))

    def by_stars_min(self, queryset: QuerySet[Movie], name: str, value: Any) -> QuerySet[Movie]:
        return self._also(queryset, Q(**{f"{self._stars}__gte": int(value * 2)}))

    def by_stars_max(self, queryset: QuerySet[Movie], name: str, value: Any) -> QuerySet[Movie]:
        return self._also(queryset, Q(**{f"{self._stars}__lte": int(value * 2)}))

    def by_my_tag(self, queryset: QuerySet[Movie], name: str, value: str) -> QuerySet[Movie]:
        return self._also(queryset, Q(tags__contains=[value]))

    @property
    def _stars(self) -> str:
        return self.columns.get("half_stars", "half_stars")

    def _also(self, queryset: QuerySet[Movie], condition: Q) -> QuerySet[Movie]:
        self.said &= condition
        return queryset


def _with_status(rows: QuerySet[Any], value: Any, viewer: int) -> QuerySet[Any]:
    return rows.filter(Exists(LibraryEntry.objects.filter(user=viewer, movie=OuterRef("pk"), status=value)))


def _seen(rows: QuerySet[Any], value: Any, viewer: int) -> QuerySet[Any]:
    seen = Exists(
        LibraryEntry.objects.filter(
            Q(status=LibraryEntry.Status.WATCHED) | Q(plays__gt=0), user=viewer, movie=OuterRef("pk")
        )
    )
    return rows.filter(seen if value else ~seen)


# What a caller who is signed in may narrow the catalogue by.
VIEWER_FILTERS = (
    ViewerFilter(
        "movies.Movie",
        "status",
        lambda: filters.ChoiceFilter(choices=STATUSES, help_text="Where you stand with it; for who is signed in."),
        _with_status,
    ),
    ViewerFilter(
        "movies.Movie",
        "seen",
        lambda: BooleanFilter(help_text="Only what you have seen, or only what not; for who is signed in."),
        _seen,
    ),
)
