"""What movies are described with: genres, tags, collections, companies."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display

from movies.admin.parts import PartForm
from movies.admin.vocabulary_merge import MERGE_VOCABULARY, merge_view
from movies.definition.genres import Vocabulary
from movies.models import Collection, Company, Genre, Movie, Tag
from watchly.common.admin.lists import BackOfficeAdmin, only_if_unused

_LINK = '<a class="text-primary-600 dark:text-primary-400" href="{}?{}={}">{}</a>'


class VocabularyAdmin(BackOfficeAdmin):
    """A named thing that movies have. While one has it, it is not deleted."""

    # Where the links stand: the table, and its column of the thing.
    links: ClassVar[tuple[type[Model], str]]
    search_fields = ("name",)
    ordering: tuple[str, ...] = ("name",)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        table, column = self.links
        rows = list(objs)
        counted = table._default_manager.filter(**{f"{column}__in": rows}).order_by().values_list(column)
        return only_if_unused(self, request, rows, dict(counted.annotate(Count("pk"))))


class MergeableAdmin(VocabularyAdmin):
    """A thing that can be merged into another of its kind."""

    actions_detail = ("merge",)

    def has_merge_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MERGE_VOCABULARY)

    @action(description="Merge …", url_path="merge", permissions=["merge"], icon="merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return merge_view(self, request, self.get_object(request, object_id))


class SluggedAdmin(VocabularyAdmin):
    fields: tuple[str, ...] = ("name", "slug")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, tuple[str, ...]]:
        """A slug follows the name while the thing is made, and is then its address, which stays."""
        return {"slug": ("name",)} if obj is None else {}


class GenreForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    def clean_name(self) -> str:
        """Refuse another word for a genre that is there."""
        name: str = self.cleaned_data["name"]
        others = Genre.objects.exclude(pk=self.instance.pk).values_list("name", flat=True)
        if (same := Vocabulary.of(others).find(name)) in others:
            raise forms.ValidationError(f"This is the genre {same}, which is there already.")
        return name


@admin.register(Genre)
class GenreAdmin(MergeableAdmin, SluggedAdmin):
    form = GenreForm
    links = (Movie.genres.through, "genre")
    list_display = ("name", "slug", "in_movies")

    @display(description="Movies")
    def in_movies(self, genre: Genre) -> str:
        return format_html(_LINK, reverse("admin:movies_movie_changelist"), "genre", genre.pk, "List")


@admin.register(Tag)
class TagAdmin(MergeableAdmin, SluggedAdmin):
    links = (Movie.tags.through, "tag")
    list_display = ("name", "slug", "in_movies")

    @display(description="Movies")
    def in_movies(self, tag: Tag) -> str:
        return format_html(_LINK, reverse("admin:movies_movie_changelist"), "tags__id__exact", tag.pk, "List")


@admin.register(Collection)
class CollectionAdmin(SluggedAdmin):
    links = (Movie, "collection")
    list_display = ("name", "slug", "tmdb_id")
    fields = ("name", "slug", "tmdb_id")


@admin.register(Company)
class CompanyAdmin(MergeableAdmin):
    form = PartForm
    links = (Movie.companies.through, "company")
    list_display = ("name", "country", "tmdb_id")
    fields = ("name", "country", "tmdb_id")
    ordering = ("name", "pk")
