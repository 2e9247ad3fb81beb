"""Whom a review or comment is told to: jobs, so that the writer waits for nobody."""

from __future__ import annotations

from accounts.models import User
from social.models import Comment, Follow, LibraryEntry, Moderation, Review
from social.services.daily_caps import room_left
from social.services.notifications import put
from social.services.prose import mentioned
from watchly.common.jobs import task
from watchly.common.visibility import Visibility

AT_ONCE = 200  # friends in one transaction


@task(queue="fast")
def tell_of_review(*, review_id: int) -> None:
    """Tells whom a review mentions, as far as they may see it."""
    review = Review.objects.there().filter(pk=review_id).first()
    if review is None:
        return
    for user in _named(review.body, review.user_id):
        if Review.objects.visible_to(user).filter(pk=review_id).exists() and user.pk != review.user_id:
            put(
                kind="mention",
                user_ids=[user.pk],
                event=f"mention:review:{review_id}",
                actor_id=review.user_id,
                about=f"review:{review_id}",
                movie_id=review.movie_id,
            )


@task(queue="default")
def tell_friends(*, review_id: int, after: int = 0) -> None:
    """Tells followers who have the movie on their watchlist, 200 at a time; the next ones in a job of their own."""
    review = Review.objects.there().filter(pk=review_id, moderation=Moderation.VISIBLE).first()
    if review is None or review.visibility == Visibility.PRIVATE:
        return
    planned = LibraryEntry.objects.filter(movie=review.movie_id, status=LibraryEntry.Status.PLANNED)
    follows = Follow.objects.filter(
        followed=review.user_id, state=Follow.State.ACCEPTED, follower__gt=after, follower__in=planned.values("user")
    )
    friends = list(follows.order_by("follower").values_list("follower_id", flat=True)[:AT_ONCE])
    seeing = [
        user.pk
        for user in User.objects.filter(pk__in=friends)
        if Review.objects.visible_to(user).filter(pk=review_id).exists()
    ]
    put(
        kind="friend_review",
        user_ids=seeing,
        event=f"friend_review:{review_id}",
        actor_id=review.user_id,
        about=f"movie:{review.movie_id}",
        movie_id=review.movie_id,
    )
    if len(friends) == AT_ONCE:
        tell_friends.enqueue(review_id=review_id, after=friends[-1])


@task(queue="fast")
def tell_of_comment(*, comment_id: int) -> None:
    """Tells the author of the review, of the comment that is answered, and whom the words mention; each once, and what
    concerns them most."""
    comment = Comment.objects.standing().select_related("review", "parent").filter(pk=comment_id).first()
    if comment is None or comment.user_id is None:
        return
    told = {comment.user_id}
    kinds: list[tuple[str, int | None]] = []
    if comment.parent is not None:
        kinds.append(("reply", comment.parent.user_id))
    kinds.append(("comment", comment.review.user_id))
    kinds += [("mention", user.pk) for user in _named(comment.body, comment.user_id)]
    for kind, user_id in kinds:
        user = User.objects.filter(pk=user_id).first()
        if user is None or user.pk in told or not Comment.objects.visible_to(user).filter(pk=comment_id).exists():
            continue
        told.add(user.pk)
        put(
            kind=kind,
            user_ids=[user.pk],
            event=f"comment:{comment_id}",
            actor_id=comment.user_id,
            about=f"review:{comment.review_id}",
            movie_id=comment.review.movie_id,
        )


def _named(text: str, author_id: int) -> list[User]:
    """The users whom a text mentions, as many as its author may still notify today."""
    names = mentioned(text)
    if not names:
        return []
    found = [user for name in names for user in User.objects.shown().filter(username__iexact=name)]
    return found[: room_left(user_id=author_id, name="mentions")]
