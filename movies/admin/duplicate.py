"""Films that likely stand twice: the list, the two beside each other, and merging or dismissing them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from movies.admin.comparison import comparison, pair_of_movies, posters
from movies.admin.pictures import NO_POSTER, poster_thumbnail
from movies.models import Credit, DuplicatePair, Movie
from movies.services.duplicates import dismiss_pairs, reopen_pairs
from movies.services.merging import merge_movies
from watchly.common.admin.lists import BackOfficeAdmin, BoundedChangeList
from watchly.common.errors import WatchlyError

MERGE = "movies.merge_movie"
_State = DuplicatePair.State
_HERE = (Movie.State.PUBLISHED, Movie.State.DRAFT)
_COLOURS = {"open": "warning", "dismissed": None, "merged": "success"}


class PairState(DropdownFilter):
    title = "state"
    parameter_name = "state"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state.value, str(state.label)) for state in _State]

    def value(self) -> str:
        asked = super().value()
        return asked if asked in _State.values else _State.OPEN

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        pairs = queryset.filter(state=self.value())
        # A movie that was withdrawn since leaves the list of what is to be decided at once.
        return pairs.filter(first__state__in=_HERE, second__state__in=_HERE) if self.value() == _State.OPEN else pairs


class ReasonFilter(DropdownFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(reason.value, str(reason.label)) for reason in DuplicatePair.Reason]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        asked = self.value()
        return queryset.filter(reasons__contains=[asked]) if asked in DuplicatePair.Reason.values else queryset


class PairChangeList(BoundedChangeList):
    """Rows carry `people`: how many credits each of the two has."""

    def load(self, rows: models.QuerySet[Any]) -> list[Any]:
        pairs = list(rows.select_related("first", "second"))
        ids = {pk for pair in pairs for pk in (pair.first_id, pair.second_id)}
        counted = Credit.objects.filter(movie__in=ids).order_by().values("movie").annotate(n=models.Count("pk"))
        people = dict(counted.values_list("movie", "n"))
        for pair in pairs:
            pair.people = {pk: people.get(pk, 0) for pk in (pair.first_id, pair.second_id)}
        return pairs


@admin.register(DuplicatePair)
class DuplicatePairAdmin(BackOfficeAdmin):
    changelist = PairChangeList
    list_display = ("likeness", "first_cell", "second_cell", "reasons_cell", "state_badge", "found_at")
    list_display_links = ("likeness",)
    list_filter = (PairState, ReasonFilter)
    sortable_by = ()
    ordering = ("-score", "pk")
    list_per_page = 30
    actions = ("dismiss", "reopen")

    @display(description="Score")
    def likeness(self, pair: DuplicatePair) -> str:
        return str(pair.score)

    @display(description="Movie")
    def first_cell(self, pair: Any) -> SafeString:
        return _cell(pair.first, pair.people[pair.first_id])

    @display(description="Other movie")
    def second_cell(self, pair: Any) -> SafeString:
        return _cell(pair.second, pair.people[pair.second_id])

    @display(description="Why")
    def reasons_cell(self, pair: DuplicatePair) -> str:
        return said_reasons(pair)

    @display(description="State", label=_COLOURS)
    def state_badge(self, pair: DuplicatePair) -> str:
        return pair.state

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # pairs are found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a pair that were deleted would be found again: it is dismissed

    # --- Deeds -----------------------------------------------------------------------------------------------------
    @admin.action(description="Dismiss: two films each", permissions=["change"])
    def dismiss(self, request: HttpRequest, pairs: models.QuerySet[DuplicatePair]) -> None:
        self._decide(request, pairs, dismiss_pairs, "Dismissed.", "pairs dismissed: they will not be found again.")

    @admin.action(description="Put back into the list", permissions=["change"])
    def reopen(self, request: HttpRequest, pairs: models.QuerySet[DuplicatePair]) -> None:
        self._decide(request, pairs, reopen_pairs, "Put back.", "pairs put back.")

    def _decide(self, request: HttpRequest, pairs: Any, service: Any, log: str, said: str) -> None:
        chosen = list(pairs)
        with transaction.atomic():
            count = service(pair_ids=[pair.pk for pair in chosen])
            for pair in chosen:
                self.log_change(request, pair, log)
        messages.success(request, f"{count:,} {said}")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pair_id>/dismiss/", view(self.dismiss_one), name="movies_duplicatepair_dismiss"),
            path("compare/<int:first>/<int:second>/", view(self.compare), name="movies_duplicatepair_compare"),
            path("merge/", view(self.merge), name="movies_duplicatepair_merge"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def dismiss_one(self, request: HttpRequest, pair_id: int) -> HttpResponse:
        pair = DuplicatePair.objects.filter(pk=pair_id).first()
        if not self.has_change_permission(request, pair):
            raise PermissionDenied
        if pair is None:
            raise Http404("There is no such pair.")
        self._decide(request, [pair], dismiss_pairs, "Dismissed.", "pair dismissed: it will not be found again.")
        return HttpResponseRedirect(reverse("admin:movies_duplicatepair_changelist"))

    @method_decorator(require_POST)
    def merge(self, request: HttpRequest) -> HttpResponse:
        """Merges as the comparison asked, if both are still as they were shown there."""
        if not request.user.has_perm(MERGE):
            raise PermissionDenied
        names = ("survivor", "merged", "survivor_version", "merged_version")
        numbers = {name: _number(request.POST.get(name)) for name in names}
        survivor, merged = numbers["survivor"], numbers["merged"]
        if survivor is None or merged is None:
            raise Http404("There is no such movie.")
        try:
            merge = merge_movies(
                survivor_id=survivor,
                merged_id=merged,
                expected_version=numbers["merged_version"],
                expected_survivor_version=numbers["survivor_version"],
            )
        except WatchlyError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse("admin:movies_duplicatepair_compare", args=[survivor, merged]))
        said = 'Merged into <a class="underline" href="{}">{}</a>. <a class="underline" href="{}">What moved, undo</a>'
        messages.success(
            request,
            format_html(
                said,
                reverse("admin:movies_movie_change", args=[survivor]),
                merge.survivor,
                reverse("admin:movies_merge_change", args=[merge.pk]),
            ),
        )
        return HttpResponseRedirect(reverse("admin:movies_duplicatepair_changelist"))

    # --- The two beside each other ---------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        pair = DuplicatePair.objects.filter(pk=_number(object_id) or 0).first()
        if pair is None:
            raise Http404("There is no such pair.")
        return self._compare(request, [pair.first_id, pair.second_id], pair)

    def compare(self, request: HttpRequest, first: int, second: int) -> HttpResponse:
        """Any two movies, whether somebody has found them alike or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        low, high = sorted((first, second))
        return self._compare(request, [first, second], DuplicatePair.objects.filter(first=low, second=high).first())

    def _compare(self, request: HttpRequest, ids: list[int], pair: DuplicatePair | None) -> HttpResponse:
        movies = pair_of_movies(ids)
        if len(movies) != 2:
            raise Http404("There is no such movie.")
        # Whoever has more to say stays unless somebody thinks otherwise: what is public, then what is better known.
        survivor = max(movies, key=lambda movie: (movie.state == Movie.State.PUBLISHED, movie.popularity, -movie.pk))
        here = [movie for movie in movies if movie.state in _HERE]
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "Are they one film?",
            "subtitle": " · ".join(str(movie) for movie in movies),
            "pair": pair,
            "reasons": said_reasons(pair) if pair else None,
            "movies": [
                {"movie": movie, "poster": poster, "stays": movie is survivor, "other": movies[1 - place]}
                for place, (movie, poster) in enumerate(zip(movies, posters(movies), strict=True))
            ],
            "lines": comparison(movies),
            "may_merge": request.user.has_perm(MERGE) and len(here) == 2,
            "may_dismiss": pair and pair.state == _State.OPEN and self.has_change_permission(request, pair),
            "back_url": reverse("admin:movies_duplicatepair_changelist"),
        }
        return TemplateResponse(request, "admin/movies/duplicatepair/compare.html", context)


def said_reasons(pair: DuplicatePair) -> str:
    """In words, such as "share their people, same title, years at most one apart"."""
    return ", ".join(str(DuplicatePair.Reason(reason).label) for reason in pair.reasons)


def _cell(movie: Movie, people: int) -> SafeString:
    thumbnail = poster_thumbnail(movie.poster_path)
    return format_html(
        '<span class="movie-cell">{}<span><strong>{}</strong><small>{}</small></span></span>',
        format_html('<img src="{}" alt="" loading="lazy">', thumbnail) if thumbnail else NO_POSTER,
        movie.title,
        f"{movie.year or 'no year'} · {people:,} credits · {movie.get_source_display()}",
    )


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 19 else None
