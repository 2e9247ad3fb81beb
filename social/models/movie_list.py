"""Lists of movies: kept by hand, alone or together, or filled by a saved filter."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper

from social.models.authored import AuthoredQuerySet, Moderation
from social.models.follow import Block
from watchly.common.visibility import Visibility

LONGEST_NOTE = 2_000  # characters of what is said of one movie in a list


class MovieListQuerySet(AuthoredQuerySet):
    """Lists, which are open to those who keep them together too."""

    section = "lists"

    def visible_to(self, viewer: Any) -> Self:
        seen = super().visible_to(viewer)
        if viewer is None or not viewer.is_authenticated:
            return seen
        together = Exists(ListCollaborator.objects.filter(list=OuterRef("pk"), user=viewer.pk))
        kept = Q(
            together,
            ~Exists(Block.objects.between(viewer.pk, OuterRef("user"))),
            moderation=Moderation.VISIBLE,
            user__is_active=True,
            user__erase_after__isnull=True,
        )
        return self.filter(kept | Q(pk__in=seen.values("pk")))


class MovieList(models.Model):
    """One list. `rules` make it a smart one, which holds no rows: it is what the filter finds when it is read.

    `items_count` is kept by the services; `manage.py recount` mends it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lists")
    title = models.CharField(max_length=100)
    description = models.CharField(max_length=5_000, null=True, blank=True, help_text="Markdown.")
    description_html = models.TextField(null=True, blank=True, help_text="The description, safe to show.")
    ranked = models.BooleanField(default=False, help_text="Whether the places mean something.")
    # {"source": "catalogue" | "library", "query": {"genre": ["crime"]}, "ordering": "rating"}
    rules = models.JSONField(null=True, blank=True)
    cover_movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    moderation = models.CharField(max_length=7, choices=Moderation, default=Moderation.VISIBLE)
    moderation_reason = models.CharField(max_length=500, null=True, blank=True, help_text="What the owner is told.")
    items_count = models.PositiveIntegerField(default=0)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True, help_text="When its words last changed.")
    updated_at = models.DateTimeField(auto_now=True)
    filled_at = models.DateTimeField(null=True, blank=True, help_text="When its items last changed.")

    objects = MovieListQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "list"
        indexes = [
            # One person's, newest first; what changed since a revision. The key of the cover serves merges.
            models.Index(F("user"), F("id").desc(), name="social_movielist_by"),
            models.Index(fields=["user", "revision"], name="social_movielist_since"),
            # Search: titles that begin so, whatever the case.
            models.Index(OpClass(Upper("title"), name="text_pattern_ops"), name="social_movielist_title"),
        ]

    def __str__(self) -> str:
        return self.title


class ListItem(models.Model):
    """A movie in a list.

    Items stand in order of `rank`: a number between those of its neighbours, so that a move changes one row, however
    long the list. Their position is counted on read.
    """

    list = models.ForeignKey(MovieList, on_delete=models.CASCADE, related_name="items")
    # The list's owner: whose things the item belongs to, whoever added it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, related_name="+")
    rank = models.DecimalField(max_digits=50, decimal_places=30)
    note = models.CharField(max_length=LONGEST_NOTE, null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["rank"]
        constraints = [
            # Also the list in its order, and the count of what stands before an item.
            models.UniqueConstraint(fields=["list", "rank"], name="social_listitem_rank"),
            models.UniqueConstraint(fields=["list", "movie"], name="social_listitem_once"),
        ]
        indexes = [
            # What changed since a revision. The key of the movie serves merges.
            models.Index(fields=["user", "revision"], name="social_listitem_since"),
        ]

    def __str__(self) -> str:
        return f"movie {self.movie_id} in list {self.list_id}"


class ListCollaborator(models.Model):
    """Somebody who keeps a list together with its owner: sees it, whatever its visibility, and fills it."""

    list = models.ForeignKey(MovieList, on_delete=models.CASCADE, related_name="collaborators")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["list", "user"], name="social_listcollaborator_once")]

    def __str__(self) -> str:
        return f"{self.user_id} keeps list {self.list_id}"


class ListMerge(models.Model):
    """What a merge of two movies did to one list, so that it can be undone."""

    merge_id = models.BigIntegerField()
    list = models.ForeignKey(MovieList, on_delete=models.CASCADE, related_name="+")
    item_id = models.BigIntegerField(null=True, blank=True, help_text="The item that became one of the survivor.")
    # Where the survivor was in the list too: the item that went, whole, and whether its note went to the survivor's.
    dropped = models.JSONField(null=True, blank=True)
    note_given = models.BooleanField(default=False)
    cover = models.BooleanField(default=False, help_text="Whether the merged movie was the cover.")

    class Meta:
        constraints = [
            # Also what an unmerge reads.
            models.UniqueConstraint(fields=["merge_id", "list"], name="social_listmerge_once"),
        ]

    def __str__(self) -> str:
        return f"merge {self.merge_id} in list {self.list_id}"
