"""Two movies turn out to be one, and somebody has reviewed both: what becomes of the reviews, and how it is undone.

A review moves to the survivor. Where its author has one there, the two stand together in that one: both texts, what
pleased either is liked, the narrower visibility holds, and what was held back stays so. The other is put aside, not
deleted, so that an unmerge brings it back under its number with the comments and likes that were its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from movies.services.movies import survivor_of
from social.models import Activity, Comment, Moderation, Review, ReviewLike, ReviewMerge, Verb
from social.services.prose import render
from social.services.review_counts import mend_reviews
from social.services.review_removal import forget_news
from social.services.reviews import LONGEST, REVIEW, publish
from social.services.revisions import bury, next_revision, raise_revisions, unearth
from watchly.common.visibility import Visibility

_RULE = "\n\n---\n\n"
_NARROW = [Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.PRIVATE]
_STRICT = [Moderation.VISIBLE, Moderation.HELD, Moderation.HIDDEN]
_WORDS = ("body", "spoiler", "half_stars", "visibility", "moderation", "moderation_reason")
_MOVE_COMMENTS = """
WITH moving AS (
    SELECT id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY id) AS place FROM social_comment
    WHERE id = ANY(%(ids)s) AND review_id = %(from)s
), raised AS (
    UPDATE social_userrevision r SET revision = r.revision + c.comments
    FROM (SELECT user_id, count(*) AS comments FROM moving GROUP BY user_id) c
    WHERE r.user_id = c.user_id RETURNING r.user_id, r.revision - c.comments AS before
)
UPDATE social_comment c SET review_id = %(to)s, updated_at = now(), revision = coalesce(b.before + m.place, c.revision)
FROM moving m LEFT JOIN raised b USING (user_id) WHERE c.id = m.id RETURNING c.id
"""


@transaction.atomic
def merge_reviews(*, merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Moves every review of a movie to the one that it was merged into."""
    of_merged = Review.objects.there().filter(movie=merged_id)
    _hold(of_merged)
    for review in of_merged.order_by("user"):
        other = Review.objects.there().filter(user=review.user_id, movie=survivor_id).first()
        if other is None:
            _move(review, survivor_id)
            ReviewMerge.objects.create(merge_id=merge_id, review=review)
        else:
            _combine(merge_id, review, other)


@transaction.atomic
def unmerge_reviews(*, merge_id: int, survivor_id: int, merged_id: int) -> None:
    """Gives the movie that had been merged back its reviews."""
    notes = ReviewMerge.objects.filter(merge_id=merge_id)
    reviews = Review.objects.filter(pk__in=notes.values("review"))
    _hold(Review.objects.filter(Q(pk__in=reviews.values("pk")) | Q(pk__in=reviews.values("merged_into"))))
    survivor_id = survivor_of(movie_id=survivor_id)
    for note in notes.order_by("review__user").select_related("review"):
        if note.review.merged_into_id is not None:
            # Put aside by this merge, or by a later one of the survivor: either way it stands alone again.
            aside = ReviewMerge.objects.filter(review=note.review_id, into=note.review.merged_into_id).last()
            if aside is not None:
                _separate(aside)
        review = Review.objects.get(pk=note.review_id)
        if review.movie_id != merged_id:
            _move(review, merged_id)
        note.delete()


def _hold(reviews: Any) -> None:
    """Takes the revisions of whoever wrote these reviews or commented on them."""
    authors = reviews.order_by().values_list("user_id", flat=True)
    comments = Comment.objects.standing().filter(review__in=reviews.values("pk"))
    raise_revisions(user_ids={*authors, *comments.order_by().values_list("user_id", flat=True)})


def _move(review: Review, movie_id: int) -> None:
    review.movie_id, review.revision = movie_id, next_revision(user_id=review.user_id)
    review.save(update_fields=["movie", "revision", "updated_at"])
    told = Activity.objects.filter(actor=review.user_id, verb=Verb.REVIEWED, object_id=review.pk)
    told.update(movie=movie_id)


def _combine(merge_id: int, review: Review, other: Review) -> None:
    before = {name: getattr(other, name) for name in _WORDS}
    both = other.body + _RULE + review.body
    later = max((other, review), key=lambda one: (one.half_stars is not None, one.edited_at or one.created_at))
    stricter = max((other, review), key=lambda one: _STRICT.index(Moderation(one.moderation)))
    _write(
        other,
        {
            "body": both if len(both) <= LONGEST else other.body,
            "spoiler": other.spoiler or review.spoiler,
            "half_stars": later.half_stars,
            "visibility": max(other.visibility, review.visibility, key=lambda one: _NARROW.index(Visibility(one))),
            "moderation": stricter.moderation,
            "moderation_reason": stricter.moderation_reason,
        },
    )
    other.plays.add(*review.plays.all())
    likes = ReviewLike.objects.filter(review=review).exclude(user__in=other.likes.values("user"))
    like_ids = list(likes.values_list("pk", flat=True))
    ReviewLike.objects.filter(pk__in=like_ids).update(review=other)
    ReviewMerge.objects.create(
        merge_id=merge_id,
        review=review,
        into=other,
        before=before,
        combined_version=other.version,
        like_ids=like_ids,
        comment_ids=_move_comments(review.comments.values_list("pk", flat=True), review.pk, other.pk),
    )
    forget_news(review)
    review.merged_into = other
    review.save(update_fields=["merged_into", "updated_at"])
    bury(user_id=review.user_id, kind=REVIEW, object_ids=[review.pk])
    mend_reviews([other.pk])


def _separate(note: ReviewMerge) -> None:
    """Undoes `_combine`: what was said since stays with the survivor's, what was taken away since stays away."""
    review, other = note.review, note.into
    if other is None or note.before is None:
        return
    if other.version == note.combined_version:
        _write(other, note.before)
    other.plays.remove(*review.plays.all())
    _move_comments(note.comment_ids, other.pk, review.pk)
    # Who liked both has a like of each; who took it back since, took back both.
    review.likes.exclude(user__in=other.likes.values("user")).delete()
    ReviewLike.objects.filter(pk__in=note.like_ids, review=other).update(review=review)
    review.merged_into = None
    review.revision = next_revision(user_id=review.user_id)
    review.save(update_fields=["merged_into", "revision", "updated_at"])
    unearth(user_id=review.user_id, kind=REVIEW, object_ids=[review.pk])
    publish(review)
    mend_reviews([review.pk, other.pk])
    note.into = note.before = None
    note.save(update_fields=["into", "before"])


def _write(review: Review, words: dict[str, Any]) -> None:
    seen_by = review.visibility
    for name, value in words.items():
        setattr(review, name, value)
    prose = render(review.body)
    review.html, review.excerpt, review.words = prose.html, prose.excerpt, prose.words
    review.version, review.revision = review.version + 1, next_revision(user_id=review.user_id)
    review.save(update_fields=[*_WORDS, "html", "excerpt", "words", "version", "revision", "updated_at"])
    if review.visibility != seen_by:
        publish(review)


def _move_comments(ids: Iterable[int], from_id: int, to_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_COMMENTS, {"ids": list(ids), "from": from_id, "to": to_id})
        return sorted(pk for (pk,) in cursor.fetchall())
