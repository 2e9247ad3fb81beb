"""What becomes of reviews and lists when movies are merged, unmerged, withdrawn or restored, and when somebody leaves.

A withdrawn movie's reviews are seen by their authors alone, which `visible_to` decides on read, and it leaves others'
sight in lists the same way. One that is purged has no reviews and stands in no list: the foreign keys protect it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.signals import user_erased
from movies.signals import movie_merged, movie_unmerged, movies_restored, movies_withdrawn
from social.models import Activity, Moderation, Review, Verb
from social.services.activities import recount_groups
from social.services.list_merges import merge_lists, unmerge_lists
from social.services.review_erasure import erase_what_was_said
from social.services.review_merges import merge_reviews, unmerge_reviews
from social.services.revisions import next_revision
from social.signals import LibraryChanges, library_changed


def _merged(*, merge_id: int, survivor_id: int, merged_id: int, **kwargs: Any) -> None:
    merge_reviews(merge_id=merge_id, survivor_id=survivor_id, merged_id=merged_id)
    merge_lists(merge_id=merge_id, survivor_id=survivor_id, merged_id=merged_id)


def _unmerged(*, merge_id: int, survivor_id: int, merged_id: int, **kwargs: Any) -> None:
    unmerge_reviews(merge_id=merge_id, survivor_id=survivor_id, merged_id=merged_id)
    unmerge_lists(merge_id=merge_id, survivor_id=survivor_id, merged_id=merged_id)


def _withdrawn(*, movie_ids: list[int], **kwargs: Any) -> None:
    _show(Activity.objects.filter(verb=Verb.REVIEWED, movie__in=movie_ids), shown=False)


def _restored(*, movie_ids: list[int], **kwargs: Any) -> None:
    """What was told of their reviews is shown again, but for those that are held back."""
    told = Activity.objects.filter(verb=Verb.REVIEWED, movie__in=movie_ids)
    shown = Review.objects.filter(movie__in=movie_ids, moderation=Moderation.VISIBLE)
    _show(told.filter(object_id__in=shown.values("pk")), shown=True)


def _show(told: QuerySet[Activity], *, shown: bool) -> None:
    groups = list(told.order_by().values_list("group_id", flat=True).distinct())
    if groups:
        told.update(shown=shown)
        recount_groups(groups)


def _library_changed(*, changes: LibraryChanges, **kwargs: Any) -> None:
    """A viewing that is gone is gone from the review that was about it."""
    movies = {change.movie_id for change in changes.plays if change.play is None}
    if not movies:
        return
    for review in Review.objects.there().filter(user=changes.user_id, movie__in=movies):
        revision = next_revision(user_id=changes.user_id)
        Review.objects.filter(pk=review.pk).update(revision=revision, updated_at=timezone.now())


def _erased(*, user_id: int, **kwargs: Any) -> None:
    erase_what_was_said(user_id=user_id)


def connect() -> None:
    """Listens. Once, in the app's `ready()`, behind those who show what is told of a movie again."""
    movie_merged.connect(_merged, dispatch_uid="social.reviews")
    movie_unmerged.connect(_unmerged, dispatch_uid="social.reviews")
    movies_withdrawn.connect(_withdrawn, dispatch_uid="social.reviews")
    movies_restored.connect(_restored, dispatch_uid="social.reviews")
    library_changed.connect(_library_changed, dispatch_uid="social.reviews")
    user_erased.connect(_erased, dispatch_uid="social.reviews")
