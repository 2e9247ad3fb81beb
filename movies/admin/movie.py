"""Movies: the list, the page of one movie with all that hangs on it, and what can be done to many."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from movies.admin.cast_paste import paste_view
from movies.admin.duplicate import MERGE
from movies.admin.filters import MOVIE_FILTERS
from movies.admin.image import ImageInline
from movies.admin.movie_form import MovieForm
from movies.admin.movie_list import MovieChangeList, search_movies
from movies.admin.parts import AlternativeTitleInline, AwardInline, CreditInline, ReleaseDateInline, VideoInline
from movies.admin.pictures import NO_POSTER, poster_thumbnail
from movies.admin.record import RecordPages
from movies.admin.selection import DEEDS, ask, deed_view, list_action
from movies.models import Movie
from movies.providers import tmdb
from movies.services.figures import refresh_credit_counts
from movies.services.movies import FACTS, create_movie, editing
from movies.services.publishing import purge_movie
from watchly.common.admin.pickers import KnownPickers
from watchly.common.errors import WatchlyError

PURGE = "movies.purge_movie"
_STATE_COLOURS = {"draft": "warning", "published": "success", "withdrawn": "danger"}
_RELATIONS = ("genres", "tags", "companies", "collection")
_READ_WITH = ("genres", "tags", "companies", "provider_records")
# What can be done to a movie in each state, by the name of the deed.
_STEPS = {
    "draft": ("publish", "paste_cast", "merge", "withdraw"),
    "published": ("paste_cast", "merge", "withdraw"),
    "withdrawn": ("restore", "merge"),
}


@admin.register(Movie)
class MovieAdmin(KnownPickers, RecordPages):
    changelist = MovieChangeList
    form = MovieForm
    change_form_before_template = "admin/movies/movie/seen_version.html"
    change_form_outer_before_template = "admin/movies/movie/banner.html"
    list_display = ("title_cell", "year", "directors", "genres_cell", "state_badge", "popularity_cell", "updated_at")
    list_filter = MOVIE_FILTERS
    sortable_by = ("title_cell", "year", "popularity_cell")
    search_fields = ("title",)  # opens the search box; `search_movies` searches
    search_help_text = "Title, tt…, Q… or #number"
    ordering = ("-popularity", "pk")
    list_per_page = 30  # most of the time that a list takes goes into its rows' templates
    autocomplete_fields = ("genres", "tags", "companies", "collection")
    actions = (
        list_action(DEEDS["vocabulary"], "Edit genres and tags …"),
        list_action(DEEDS["refresh"], "Refresh from TMDB …"),
        list_action(DEEDS["publish"], "Publish …"),
        list_action(DEEDS["withdraw"], "Withdraw …"),
        list_action(DEEDS["restore"], "Restore …"),
    )
    actions_detail = ("publish", "restore", "paste_cast", "merge", "withdraw")
    inlines = (
        CreditInline, ImageInline, VideoInline, AlternativeTitleInline, ReleaseDateInline, AwardInline
    )  # fmt: skip
    readonly_fields = (
        "overview_origin", "state_badge", "state_reason", "lives_on_as", "source", "locked", "provider_cell", "version",
        "slug", "figures_cell", "created_at", "updated_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("title", "original_title", ("year", "release_date"), ("runtime", "release_status"))}),
        ("Text", {"fields": ("overview", "overview_origin", "tagline")}),
        ("Classification", {"fields": ("genres", "tags", "collection", "companies")}),
        ("Languages and countries", {"fields": ("original_language", "languages", "countries")}),
        ("Elsewhere", {"fields": (("imdb_id", "tmdb_id"), ("wikidata_id", "wikipedia_page"))}),
        (
            "Record",
            {
                "fields": (
                    ("state_badge", "state_reason", "lives_on_as"),
                    "source",
                    "locked",
                    "provider_cell",
                    ("version", "slug"),
                    "figures_cell",
                    ("created_at", "updated_at"),
                )
            },
        ),
    )
    add_fieldsets = fieldsets[:-1]

    # --- What the list and the page read ---------------------------------------------------------------------------
    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Movie | None:
        """The movie with what its form shows, read once a request."""
        kept: dict[str, Movie | None] = request.__dict__.setdefault("_movies_of_page", {})
        if object_id not in kept:
            rows = (
                self.get_queryset(request)
                .select_related("collection", "figures", "merged_into")
                .prefetch_related(*_READ_WITH)
            )
            try:
                kept[object_id] = rows.get(pk=int(unquote(object_id)))
            except (Movie.DoesNotExist, ValueError, OverflowError):
                kept[object_id] = None
        return kept[object_id]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Movie], search_term: str
    ) -> tuple[models.QuerySet[Movie], bool]:
        if search_term.strip():
            return search_movies(queryset, search_term), False
        # What a picker offers before anything is typed: of all states, by the one index that has them all.
        return (queryset.order_by("-pk") if request.path.endswith("/autocomplete/") else queryset), False

    def get_inlines(self, request: HttpRequest, obj: Movie | None) -> Any:
        """A new movie is saved first: most of what hangs on a movie is found while it is being written."""
        return self.inlines if obj is not None else ()

    @display(description="Movie", ordering="title_key")
    def title_cell(self, movie: Movie) -> SafeString:
        thumbnail = poster_thumbnail(movie.poster_path)
        original = movie.original_title if movie.original_title != movie.title else None
        return format_html(
            '<span class="movie-cell">{}<span><strong>{}</strong>{}</span></span>',
            format_html('<img src="{}" alt="" loading="lazy">', thumbnail) if thumbnail else NO_POSTER,
            movie.title,
            format_html("<small>{}</small>", original) if original else "",
        )

    @display(description="Directors", empty_value="–")
    def directors(self, movie: Any) -> str | None:
        names = movie.director_names
        return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "") or None

    @display(description="Genres", empty_value="–")
    def genres_cell(self, movie: Any) -> str | None:
        return ", ".join(movie.genre_names) or None

    @display(description="State", label=_STATE_COLOURS)
    def state_badge(self, movie: Movie) -> str:
        return movie.state

    @display(description="Popularity", ordering="popularity")
    def popularity_cell(self, movie: Movie) -> str:
        return f"{movie.popularity:,.1f}"

    @display(description="Merged into", empty_value="–")
    def lives_on_as(self, movie: Movie) -> SafeString | None:
        into = movie.merged_into
        if into is None:
            return None
        return format_html('<a href="{}">{}</a>', reverse("admin:movies_movie_change", args=[into.pk]), into)

    @display(description="Origin of the overview", empty_value="Written here, or of a source that asks for no mention")
    def overview_origin(self, movie: Movie) -> SafeString | str | None:
        if movie.overview_url is None or movie.overview_attribution is None:
            return movie.overview_attribution
        note = "Editing the overview removes this."
        return format_html(
            '<a href="{}" rel="noopener">{}</a>. {}', movie.overview_url, movie.overview_attribution, note
        )

    @display(description="Figures")
    def figures_cell(self, movie: Movie) -> str:
        figures = getattr(movie, "figures", None)
        rating = f"{movie.rating_average} stars from {movie.rating_count:,}" if movie.rating_count else "Not rated"
        plays, favorites = (figures.plays, figures.favorites) if figures else (0, 0)
        return f"{rating} · {plays:,} plays · {favorites:,} favourites · popularity {movie.popularity:,.2f}"

    @display(description="TMDB", empty_value="Not read from there")
    def provider_cell(self, movie: Movie) -> str | None:
        record = next(iter(movie.provider_records.all()), None)
        if record is None:
            return None
        stale = f", unknown there since {record.stale_since:%Y-%m-%d}" if record.stale_since else ""
        read = f"read {record.fetched_at:%Y-%m-%d}" if record.fetched_at else "told by a file"
        return f"Film {record.external_id}, {read}{stale}. {tmdb.NOTICE}"

    # --- Who may what ----------------------------------------------------------------------------------------------
    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(DEEDS["publish"].permission)

    def has_withdraw_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(DEEDS["withdraw"].permission)

    has_restore_permission = has_withdraw_permission

    def has_refresh_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return tmdb.enabled() and request.user.has_perm(DEEDS["refresh"].permission)

    def has_merge_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MERGE)

    def has_vocabulary_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(DEEDS["vocabulary"].permission)

    def has_delete_permission(self, request: HttpRequest, obj: Movie | None = None) -> bool:
        """To delete is to remove the row for good, which only a withdrawn movie can be and only an admin may."""
        return request.user.has_perm(PURGE) and (obj is None or obj.state == Movie.State.WITHDRAWN)

    def has_change_permission(self, request: HttpRequest, obj: Movie | None = None) -> bool:
        """What was merged is kept as it is for the way back."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state != Movie.State.MERGED)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: each for name, each in super().get_actions(request).items() if name != "delete_selected"}

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        movie = self.get_object(request, str(object_id))
        steps = _STEPS.get(movie.state, ()) if movie else ()
        allowed = super().get_actions_detail(request, object_id)
        return [each for each in allowed if each.action_name.removeprefix("movies_movie_") in steps]

    # --- Steps: publish, withdraw, restore, edit genres and tags ------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        deed = self.admin_site.admin_view(self.deed)
        return [path("do/<slug:name>/", deed, name="movies_movie_deed"), *super().get_urls()]

    def deed(self, request: HttpRequest, name: str) -> HttpResponse:
        return deed_view(self, request, name)

    # Named by the methods above, not as "movies.publish_movie": of such a name Unfold's system check asks the database,
    # and on an empty one not even `migrate` would run.
    @action(description="Publish", url_path="publish", permissions=["publish"], icon="visibility")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_about(request, "publish", object_id)

    @action(description="Withdraw", url_path="withdraw", permissions=["withdraw"], icon="visibility_off")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_about(request, "withdraw", object_id)

    @action(description="Merge …", url_path="merge", permissions=["merge"], icon="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        movie = self.get_object(request, object_id)
        if movie is None:
            raise Http404("There is no such movie.")
        return HttpResponseRedirect(reverse("admin:movies_merge_choose", args=[movie.pk]))

    @action(description="Paste cast …", url_path="cast", permissions=["vocabulary"], icon="group_add")
    def paste_cast(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return paste_view(self, request, self.get_object(request, object_id))

    @action(description="Restore", url_path="restore", permissions=["withdraw"], icon="undo")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask_about(request, "restore", object_id)

    def _ask_about(self, request: HttpRequest, name: str, object_id: str) -> HttpResponse:
        movie = self.get_object(request, object_id)
        if movie is None:
            raise Http404("There is no such movie.")
        return ask(self, request, DEEDS[name], [movie.pk], DEEDS[name].form())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To delete is to withdraw, with a reason; what is withdrawn already an admin may remove for good."""
        movie = self.get_object(request, object_id)
        if movie is None:
            raise Http404("There is no such movie.")
        page = reverse("admin:movies_movie_change", args=[movie.pk])
        if movie.state != Movie.State.WITHDRAWN:
            if not self.has_withdraw_permission(request):
                raise PermissionDenied
            return HttpResponseRedirect(reverse("admin:movies_movie_withdraw", args=[movie.pk]))
        if not self.has_delete_permission(request, movie):
            raise PermissionDenied
        if request.method == "POST":
            try:
                with transaction.atomic():
                    self.log_deletions(request, [movie])
                    purge_movie(movie_id=movie.pk)
            except WatchlyError as error:
                messages.error(request, error.detail)
                return HttpResponseRedirect(page)
            messages.success(request, f"{movie} was removed for good.")
            return HttpResponseRedirect(reverse("admin:movies_movie_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "Remove for good",
            "subtitle": str(movie),
            "movie": movie,
            "back_url": page,
        }
        return TemplateResponse(request, "admin/movies/movie/purge.html", context)

    # --- Saving ----------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Movie, form: Any, change: bool) -> None:
        if not change:
            relations = {name: form.cleaned_data[name] for name in _RELATIONS}
            facts = {name: form.cleaned_data[name] for name in FACTS}
            created = create_movie(values={**facts, **relations}, state=Movie.State.DRAFT)
            obj.__dict__.update(created.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Writes a movie that was changed: its facts and all that hangs on it, as one edit."""
        if not change:
            super().save_related(request, form, formsets, change)
            return
        touched = {name for name in form.changed_data if name in {*FACTS, *_RELATIONS}}
        if form.cleaned_data["year"] != form.initial["year"]:
            touched.add("year")  # which follows a release date
        parts = {formset.prefix: formset for formset in formsets if formset.has_changed()}
        # Each picture is an edit of its own: their services write files.
        with editing(movie_id=form.instance.pk, fields=touched | parts.keys() - {"images"}):
            # Only what was touched: figures and copies on the row are written by others all the while.
            if columns := touched & {*FACTS, "collection"}:
                form.instance.save(update_fields=columns)
            super().save_related(request, form, formsets, change)
            if "credits" in parts:
                refresh_credit_counts(person_ids=_people_of(parts["credits"]))

    def response_add(self, request: HttpRequest, obj: Movie, post_url_continue: str | None = None) -> HttpResponse:
        """A new movie is a draft: its page comes next, where pictures and credits are added and it is published."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"{obj} was added as a draft. Add what belongs to it, then publish it.")
        return HttpResponseRedirect(reverse("admin:movies_movie_change", args=[obj.pk]))


def _people_of(formset: Any) -> list[int]:
    """Everybody whose credits a formset may have changed: who was named before, who is named now."""
    people = set()
    for form in formset.forms:
        if form.has_changed():
            people.add(form.initial.get("person"))
            person = form.cleaned_data.get("person") if hasattr(form, "cleaned_data") else None
            people.add(person.pk if person else None)
    return sorted(people - {None})
