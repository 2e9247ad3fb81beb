"""What an erased account leaves of reviews and lists: empty places above others' answers, and counts that are right."""

from __future__ import annotations

from django.db import transaction

from social.models import Comment, Kind, MovieList, Review, ReviewLike
from social.services.comments import remove_comment
from social.services.moderation_cases import close_cases
from social.services.review_counts import lock_reviews, mend_reviews
from social.services.review_removal import remove_reviews
from social.services.revisions import raise_revisions


@transaction.atomic
def erase_what_was_said(*, user_id: int) -> None:
    """Removes a user's reviews, comments and likes, before the rows of the account go."""
    # What a merge has put aside goes with the review that holds its words.
    reviews = Review.objects.filter(user=user_id, merged_into__isnull=True)
    remove_reviews(user_id=user_id, review_ids=reviews.values_list("pk", flat=True))
    raise_revisions(user_ids=[user_id])
    comments = Comment.objects.filter(user=user_id)
    likes = ReviewLike.objects.filter(user=user_id)
    liked = list(likes.values_list("review_id", flat=True))
    lock_reviews([*comments.values_list("review_id", flat=True), *liked])
    for comment in comments.order_by("-pk"):  # answers before what they answer
        remove_comment(comment)
    likes.delete()
    mend_reviews(liked)
    close_cases(kind=Kind.LIST, object_ids=MovieList.objects.filter(user=user_id).values_list("pk", flat=True))
    close_cases(kind=Kind.USER, object_ids=[user_id])
