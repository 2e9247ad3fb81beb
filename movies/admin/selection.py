"""Doing one thing to many movies: which they are, carried from the list over a page that asks how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from movies.models import Movie
from movies.providers.tmdb import NOTICE
from movies.services import publishing, vocabulary
from movies.services.provider import request_refresh
from watchly.common.admin.pickers import KnownAutocompleteSelectMultiple
from watchly.common.errors import WatchlyError
from watchly.common.form_texts import LineFormField

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin

    from watchly.common.admin.lists import BackOfficeAdmin

MOST = 5_000  # movies that one action takes: a transaction of seconds
_SHOWN = 10  # of them by name
_SALT = "movies.admin.selection"


def pack(movie_ids: Sequence[int]) -> str:
    """The ids as one signed word for a hidden field: what is done is done to the movies that were shown and counted."""
    return signing.dumps(list(movie_ids), salt=_SALT, compress=True)


def unpack(word: str) -> list[int] | None:
    """The ids of a word that `pack` made within the last hour; None for any other."""
    try:
        return list(signing.loads(word, salt=_SALT, max_age=3600))
    except signing.BadSignature:
        return None


def _of(changed: int, movie_ids: Sequence[int], done: str) -> str:
    if len(movie_ids) == 1:
        return f"The movie is {done}." if changed else f"Nothing changed: the movie was not one to be {done}."
    return f"{changed:,} of {len(movie_ids):,} movies {done}."


class PublishForm(forms.Form):
    """Nothing is asked."""

    def apply(self, movie_ids: list[int]) -> str:
        return _of(publishing.publish_movies(movie_ids=movie_ids), movie_ids, "published")


def _reason(help_text: str) -> forms.CharField:
    return LineFormField(max_length=300, widget=UnfoldAdminTextInputWidget(), help_text=help_text)


class RestoreForm(forms.Form):
    reason = _reason("Kept in the history and shown to staff: why it belongs in the catalogue after all.")

    def apply(self, movie_ids: list[int]) -> str:
        changed = publishing.restore_movies(movie_ids=movie_ids, reason=self.cleaned_data["reason"])
        return _of(changed, movie_ids, "restored")


class WithdrawForm(forms.Form):
    reason = _reason("Kept with the movie and shown to staff: a duplicate of which, not a film, asked for by whom …")

    def apply(self, movie_ids: list[int]) -> str:
        changed = publishing.withdraw_movies(movie_ids=movie_ids, reason=self.cleaned_data["reason"])
        return _of(changed, movie_ids, "withdrawn")


class RefreshForm(forms.Form):
    """Nothing is asked."""

    def apply(self, movie_ids: list[int]) -> str:
        return f"{request_refresh(movie_ids=movie_ids):,} of {len(movie_ids):,} movies will be read anew from TMDB."


def _picker(relation: str, label: str) -> forms.ModelMultipleChoiceField:
    field: Any = Movie._meta.get_field(relation)
    return forms.ModelMultipleChoiceField(
        queryset=field.related_model._default_manager.all(),
        required=False,
        label=label,
        widget=KnownAutocompleteSelectMultiple(field, admin.site),
    )


class VocabularyForm(forms.Form):
    """Which genres and tags to give to the movies, which to take from them."""

    add_genres = _picker("genres", "Add genres")
    remove_genres = _picker("genres", "Remove genres")
    add_tags = _picker("tags", "Add tags")
    remove_tags = _picker("tags", "Remove tags")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.get(name) for name in self.fields):
            raise forms.ValidationError("Choose at least one genre or tag to add or to remove.")
        for noun in ("genres", "tags"):
            both = set(cleaned.get(f"add_{noun}") or ()) & set(cleaned.get(f"remove_{noun}") or ())
            if both:
                names = ", ".join(sorted(str(thing) for thing in both))
                self.add_error(f"remove_{noun}", f"Cannot be both added and removed: {names}.")
        return cleaned

    def apply(self, movie_ids: list[int]) -> str:
        said = []
        for name, service, argument, done in (
            ("add_genres", vocabulary.add_genres, "genre_ids", "given genres"),
            ("remove_genres", vocabulary.remove_genres, "genre_ids", "rid of genres"),
            ("add_tags", vocabulary.add_tags, "tag_ids", "given tags"),
            ("remove_tags", vocabulary.remove_tags, "tag_ids", "rid of tags"),
        ):
            things = [thing.pk for thing in self.cleaned_data[name]]
            if things:
                said.append(_of(service(movie_ids=movie_ids, **{argument: things}), movie_ids, done))
        return " ".join(said)


@dataclass(frozen=True)
class Deed:
    """One thing that can be done to movies: who may, what is asked first, and what is said before."""

    name: str
    permission: str
    form: type[Any]
    title: str
    button: str
    explanation: str
    danger: bool = False


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            name="publish",
            permission="movies.publish_movie",
            form=PublishForm,
            title="Publish movies",
            button="Publish",
            explanation="Drafts among them become visible to everybody, in lists, in search and through the API.",
        ),
        Deed(
            name="withdraw",
            permission="movies.withdraw_movie",
            form=WithdrawForm,
            title="Withdraw movies",
            button="Withdraw",
            explanation=(
                "They leave the catalogue and the API answers 410 for them. Nothing is lost: people keep them in their "
                "libraries, and they can be restored."
            ),
            danger=True,
        ),
        Deed(
            name="restore",
            permission="movies.withdraw_movie",
            form=RestoreForm,
            title="Restore movies",
            button="Restore",
            explanation="Withdrawn ones among them return to the catalogue, published.",
        ),
        Deed(
            name="refresh",
            permission="movies.change_movie",
            form=RefreshForm,
            title="Refresh from TMDB",
            button="Refresh",
            explanation=f"Those with an id of TMDB or IMDb are read anew. What staff have edited is locked. {NOTICE}",
        ),
        Deed(
            name="vocabulary",
            permission="movies.change_movie",
            form=VocabularyForm,
            title="Edit genres and tags",
            button="Apply",
            explanation="What a movie already has, or does not have, stays as it is.",
        ),
    )
}


def ask(model_admin: ModelAdmin, request: HttpRequest, deed: Deed, movie_ids: Sequence[int], form: Any) -> HttpResponse:
    """The page between the list and the deed: how many movies, what will happen, what must be known first."""
    sample = Movie.objects.filter(pk__in=movie_ids[:_SHOWN]).order_by("pk")
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "media": model_admin.media + form.media,
        "title": deed.title,
        "deed": deed,
        "form": form,
        "heading": f"{len(movie_ids):,} movie{'' if len(movie_ids) == 1 else 's'}",
        "sample": list(sample),
        "rest": f"{len(movie_ids) - _SHOWN:,}" if len(movie_ids) > _SHOWN else "",
        "movies": pack(movie_ids),
        "action_url": reverse("admin:movies_movie_deed", args=[deed.name]),
        "back_url": reverse("admin:movies_movie_changelist"),
    }
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, "admin/movies/movie/selection.html", context)


def deed_view(model_admin: BackOfficeAdmin, request: HttpRequest, name: str) -> HttpResponse:
    """Does what the page asked about. An address that nobody came to from a list leads back to it."""
    deed = DEEDS.get(name)
    if deed is None or not request.user.has_perm(deed.permission):
        raise PermissionDenied
    back = reverse("admin:movies_movie_changelist")
    movie_ids = unpack(request.POST.get("movies", "")) if request.method == "POST" else None
    if not movie_ids:
        messages.warning(request, "Choose the movies first.")
        return HttpResponseRedirect(back)
    form = deed.form(request.POST)
    if not form.is_valid():
        return ask(model_admin, request, deed, movie_ids, form)
    try:
        with transaction.atomic():
            said = form.apply(movie_ids)
            model_admin.audit_deed(deed.name, movie_ids)
    except WatchlyError as error:
        form.add_error(None, error.detail)
        return ask(model_admin, request, deed, movie_ids, form)
    messages.success(request, said)
    if len(movie_ids) == 1:
        return HttpResponseRedirect(reverse("admin:movies_movie_change", args=[movie_ids[0]]))
    return HttpResponseRedirect(back)


def list_action(deed: Deed, label: str) -> Callable[[Any, HttpRequest, Any], HttpResponse | None]:
    """The action of the list that leads to the page of this deed."""

    def action(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        movie_ids = list(queryset.values_list("pk", flat=True)[: MOST + 1])
        if len(movie_ids) > MOST:
            messages.error(request, f"More than {MOST:,} movies match: narrow the list and do it in parts.")
            return None
        return ask(model_admin, request, deed, movie_ids, deed.form())

    action.__name__ = f"{deed.name}_movies"
    action.short_description = label  # type: ignore[attr-defined]
    action.allowed_permissions = (deed.name,)  # type: ignore[attr-defined]
    return action
