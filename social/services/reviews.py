"""Reviews: written and changed. What is written is rendered here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Preferences, User
from social.models import LibraryEntry, Moderation, Play, Review, Verb
from social.services.activities import record_activity, show_activities
from social.services.daily_caps import check_cap
from social.services.entries import rate_movie, show_review_stars
from social.services.entry_layers import is_wider
from social.services.movies import check_known, check_recordable, share_movies
from social.services.prose import render
from social.services.review_news import tell_friends, tell_of_review
from social.services.review_removal import forget_news, forget_unseen, remove_reviews
from social.services.revisions import next_revision
from watchly.common.errors import Conflict, FieldError, Forbidden, NotFound, RuleViolation
from watchly.common.versions import Expected, check_version
from watchly.common.visibility import Visibility

REVIEW = "review"  # its kind among tombstones and changes
LONGEST = 20_000  # characters of a body


@transaction.atomic
def write_review(
    *,
    user_id: int,
    movie_id: int,
    body: str,
    spoiler: bool = False,
    half_stars: int | None = None,
    visibility: str | None = None,
    play_ids: Iterable[int] = (),
) -> int:
    """Writes the one review that a user has of a movie; returns its id.

    Stars become the current rating. `play_ids` are viewings of the user's that it is about. Without a visibility it has
    the user's usual one. Raises NotFound, Gone or Moved for the movie, RuleViolation for a play, Conflict for a second
    review, which names the first, RateLimited past the daily cap.
    """
    state = share_movies(movie_ids=[movie_id]).get(movie_id)
    check_recordable(movie_id=movie_id, state=state, user_id=user_id)
    visibility = visibility or Preferences.objects.of(user_id).default_visibility
    first = next_revision(user_id=user_id)
    there = Review.objects.filter(user=user_id, movie=movie_id).values_list("pk", flat=True).first()
    if there is not None:
        raise Conflict(f"You have reviewed this movie: change /api/reviews/{there} instead.", code="reviewed_already")
    check_cap(user_id=user_id, name="reviews")
    plays = _own_plays(user_id, movie_id, play_ids)
    if half_stars is not None:
        _rate(user_id, movie_id, half_stars, visibility)
    prose = render(body)
    review = Review.objects.create(
        user_id=user_id,
        movie_id=movie_id,
        body=body,
        html=prose.html,
        excerpt=prose.excerpt,
        words=prose.words,
        spoiler=spoiler,
        half_stars=half_stars,
        visibility=visibility,
        revision=first,
    )
    review.plays.set(plays)
    publish(review)
    tell_of_review.enqueue(review_id=review.pk)
    return review.pk


@transaction.atomic
def change_review(
    *, user_id: int, review_id: int, values: Mapping[str, Any], expected_version: Expected = None
) -> None:
    """Changes what is given of body, spoiler, half_stars, visibility and play_ids of a review of one's own.

    New stars set the current rating; None takes those of the review away and leaves the rating. Raises NotFound,
    Forbidden for another's, StaleVersion, RuleViolation for a play.
    """
    movie_id = own_review(user_id=user_id, review_id=review_id).movie_id
    state = share_movies(movie_ids=[movie_id]).get(movie_id)
    revision = next_revision(user_id=user_id)
    review = own_review(user_id=user_id, review_id=review_id)
    check_version(stored=review.version, expected=expected_version, name="review")
    check_known(movie_id=review.movie_id, state=state)
    before, half_stars_before = review.visibility, review.half_stars
    changed = {
        name
        for name in ("body", "spoiler", "half_stars", "visibility")
        if name in values and values[name] != getattr(review, name)
    }
    plays = None
    if "play_ids" in values:
        plays = _own_plays(user_id, movie_id, values["play_ids"])
        if set(plays) == set(review.plays.values_list("pk", flat=True)):
            plays = None
    if not changed and plays is None:
        return
    for name in changed:
        setattr(review, name, values[name])
    if "visibility" in changed and half_stars_before is not None:
        show_review_stars(
            user_id=user_id,
            movie_id=movie_id,
            half_stars=half_stars_before,
            visibility_before=before,
            visibility=review.visibility,
        )
    if "half_stars" in changed and review.half_stars is not None:
        _rate(user_id, movie_id, review.half_stars, review.visibility)
    if "body" in changed:
        prose = render(review.body)
        review.html, review.excerpt, review.words = prose.html, prose.excerpt, prose.words
    if changed & {"body", "spoiler"}:
        review.edited_at = timezone.now()
    if plays is not None:
        review.plays.set(plays)
    review.version, review.revision = review.version + 1, revision
    # The counts are others'.
    review.save(update_fields=[*changed, "html", "excerpt", "words", "edited_at", "version", "revision", "updated_at"])
    if review.visibility != before:
        if is_wider(before, review.visibility):
            forget_unseen(review)
        publish(review)
    if "body" in changed or review.visibility != before:
        tell_of_review.enqueue(review_id=review.pk)


@transaction.atomic
def delete_review(*, user_id: int, review_id: int, expected_version: Expected = None) -> None:
    """Deletes a review of one's own with all that was said about it; the rating stays.

    Raises NotFound, Forbidden for another's, StaleVersion.
    """
    own_review(user_id=user_id, review_id=review_id)

    def check(reviews: list[Review]) -> None:
        if not reviews:
            raise NotFound(f"There is no review {review_id} of yours.")
        check_version(stored=reviews[0].version, expected=expected_version, name="review")

    remove_reviews(user_id=user_id, review_ids=[review_id], check=check)


def own_review(*, user_id: int, review_id: int) -> Review:
    """A review that this user may change. Raises Forbidden for one that they only see, NotFound for any other."""
    review = Review.objects.there().filter(pk=review_id).first()
    if review is not None and review.user_id == user_id:
        return review
    seen_review(user_id=user_id, review_id=review_id)
    raise Forbidden("This review is another's.")


def seen_review(*, user_id: int, review_id: int) -> Review:
    """A review that this user sees. Raises NotFound."""
    review = Review.objects.visible_to(User.objects.get(pk=user_id)).filter(pk=review_id).first()
    if review is None:
        raise NotFound(f"There is no review {review_id}.")
    return review


def publish(review: Review) -> None:
    """Tells followers of a review as far as they may see it, or takes back what was told. The revision is held."""
    if review.visibility == Visibility.PRIVATE:
        forget_news(review)
        return
    record_activity(
        actor_id=review.user_id,
        verb=Verb.REVIEWED,
        movie_id=review.movie_id,
        object_id=review.pk,
        half_stars=review.half_stars,
        visibility=review.visibility,
    )
    if review.moderation != Moderation.VISIBLE:
        show_activities(verb=Verb.REVIEWED, object_id=review.pk, shown=False)
    tell_friends.enqueue(review_id=review.pk)


def _rate(user_id: int, movie_id: int, half_stars: int, visibility: str) -> None:
    """A first rating gets the visibility of the review. An entry that exists keeps its own: stars of a review that is
    narrower than it are seen by its owner alone."""
    known = LibraryEntry.objects.filter(user=user_id, movie=movie_id).exists()
    rate_movie(
        user_id=user_id,
        movie_id=movie_id,
        half_stars=half_stars,
        visibility=None if known else visibility,
        given_with=visibility,
    )


def _own_plays(user_id: int, movie_id: int, play_ids: Iterable[int]) -> list[int]:
    wanted = list(dict.fromkeys(play_ids))
    found = set(Play.objects.filter(user=user_id, movie=movie_id, pk__in=wanted).values_list("pk", flat=True))
    errors = [
        FieldError(f"/plays/{at}", "not_found", f"You have no viewing {pk} of this movie.")
        for at, pk in enumerate(wanted)
        if pk not in found
    ]
    if errors:
        raise RuleViolation("A review is about your own viewings of its movie.", errors=errors)
    return wanted
