"""Following, asking to follow, and blocking."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Preferences, User
from accounts.services.profile import visibility_of
from social.models import Block, Follow, NotificationEvent, Verb
from social.services.activities import forget_activity, record_activity
from social.services.daily_caps import check_cap
from social.services.notifications import forget_between, forget_events, notify
from social.services.revisions import bury, next_revision, unearth
from watchly.common.errors import NotFound, RuleViolation
from watchly.common.visibility import Visibility

FOLLOW = "follow"
State = Follow.State


def user_named(*, username: str, viewer_id: int | None = None) -> User:
    """The account of this name, whatever the case, for this viewer.

    Raises NotFound for one that is not in use, and between two of whom one has blocked the other.
    """
    users = User.objects.shown().filter(username__iexact=username.replace("\x00", "?"))
    if viewer_id is not None:
        users = users.exclude(Exists(Block.objects.between(viewer_id, OuterRef("pk"))))
    user = users.first()
    if user is None:
        raise NotFound(f"There is no user {username[:40]!r}.")
    return user


def is_blocked(*, first: int, second: int) -> bool:
    """Whether one of the two has blocked the other."""
    return Block.objects.between(first, second).exists()


@transaction.atomic
def follow_user(*, follower_id: int, username: str) -> Follow:
    """Follows somebody, or asks to where the profile is not public. Following twice changes nothing.

    Raises NotFound, RuleViolation for oneself, RateLimited past the daily cap.
    """
    followed = user_named(username=username, viewer_id=follower_id)
    if followed.pk == follower_id:
        raise RuleViolation("You cannot follow yourself.", code="oneself")
    revision = next_revision(user_id=follower_id)
    known = Follow.objects.filter(follower=follower_id, followed=followed).first()
    if known is not None:
        return known
    check_cap(user_id=follower_id, name="follows")
    open_to_all = visibility_of(user_id=followed.pk, part="profile") == Visibility.PUBLIC
    follow = Follow.objects.create(
        follower_id=follower_id,
        followed=followed,
        state=State.ACCEPTED if open_to_all else State.REQUESTED,
        accepted_at=timezone.now() if open_to_all else None,
        revision=revision,
    )
    unearth(user_id=follower_id, kind=FOLLOW, object_ids=[followed.pk])
    if open_to_all:
        _tell(follow)
    kind = "new_follower" if open_to_all else "follow_request"
    notify(kind=kind, user_id=followed.pk, actor_id=follower_id, event=f"follow:{follow.pk}")
    return follow


@transaction.atomic
def unfollow_user(*, follower_id: int, username: str) -> None:
    """Stops following, or takes the request back. Raises NotFound for a user who is not there."""
    followed = user_named(username=username, viewer_id=follower_id)
    _end(follower_id=follower_id, followed_id=followed.pk)


@transaction.atomic
def remove_follower(*, followed_id: int, username: str) -> None:
    """Makes somebody follow no more, without blocking them. Raises NotFound."""
    follower = user_named(username=username, viewer_id=followed_id)
    _end(follower_id=follower.pk, followed_id=followed_id)


@transaction.atomic
def accept_request(*, user_id: int, request_id: int) -> Follow:
    """Lets somebody follow who has asked to. Accepting twice changes nothing. Raises NotFound."""
    follower_id = _asked_by(user_id, request_id)
    revision = next_revision(user_id=follower_id)
    follow = Follow.objects.select_for_update().filter(pk=request_id, followed=user_id).first()
    if follow is None:
        raise _no_request(request_id)
    if follow.state == State.REQUESTED:
        follow.state, follow.accepted_at, follow.revision = State.ACCEPTED, timezone.now(), revision
        follow.save(update_fields=["state", "accepted_at", "revision", "updated_at"])
        _tell(follow)
        notify(kind="follow_accepted", user_id=follower_id, actor_id=user_id, event=f"accepted:{follow.pk}")
    return follow


@transaction.atomic
def decline_request(*, user_id: int, request_id: int) -> None:
    """Says no to somebody who has asked to follow; they are not told. Raises NotFound."""
    follower_id = _asked_by(user_id, request_id)
    if not _end(follower_id=follower_id, followed_id=user_id, state=State.REQUESTED):
        raise _no_request(request_id)


@transaction.atomic
def block_user(*, blocker_id: int, username: str) -> Block:
    """Blocks somebody: nobody of the two follows the other any more, or hears of the other. Twice changes nothing.

    Raises NotFound, and RuleViolation for oneself. Whoever was blocked by the other may block them, too.
    """
    blocked = User.objects.shown().filter(username__iexact=username.replace("\x00", "")).first()
    if blocked is None:
        raise NotFound(f"There is no user {username[:40]!r}.")
    if blocked.pk == blocker_id:
        raise RuleViolation("You cannot block yourself.", code="oneself")
    for user_id in sorted((blocker_id, blocked.pk)):  # in one order, so that two who block each other do not deadlock
        next_revision(user_id=user_id)
    block, made = Block.objects.get_or_create(blocker_id=blocker_id, blocked=blocked)
    if made:
        _end(follower_id=blocker_id, followed_id=blocked.pk)
        _end(follower_id=blocked.pk, followed_id=blocker_id)
        forget_between(first=blocker_id, second=blocked.pk)
    return block


@transaction.atomic
def unblock_user(*, blocker_id: int, username: str) -> None:
    """Takes a block back; who followed whom before is not restored. Raises NotFound for a user who is not there."""
    blocked = User.objects.filter(username__iexact=username.replace("\x00", "")).first()
    if blocked is None:
        raise NotFound(f"There is no user {username[:40]!r}.")
    Block.objects.filter(blocker=blocker_id, blocked=blocked).delete()


@transaction.atomic
def forget_followed(*, user_id: int) -> None:
    """Ends the follows of a user who leaves: clients of the followers hear that they are gone."""
    for follower_id in (
        Follow.objects.filter(followed=user_id).order_by("follower").values_list("follower_id", flat=True)
    ):
        bury(user_id=follower_id, kind=FOLLOW, object_ids=[user_id])
    Follow.objects.filter(followed=user_id).delete()


def relation(*, viewer_id: int, other_id: int) -> dict[str, Any]:
    """How two people stand to each other, seen by the first: `{"following": "accepted", "followed_by": true}`."""
    rows = Follow.objects.filter(
        Q(follower=viewer_id, followed=other_id) | Q(follower=other_id, followed=viewer_id)
    ).values_list("follower_id", "state")
    states = dict(rows)
    return {"following": states.get(viewer_id), "followed_by": states.get(other_id) == State.ACCEPTED}


def _asked_by(user_id: int, request_id: int) -> int:
    """Who made this request, before anything is locked: revisions come first."""
    found = Follow.objects.filter(pk=request_id, followed=user_id).values_list("follower_id", flat=True).first()
    if found is None:
        raise _no_request(request_id)
    return found


def _no_request(request_id: int) -> NotFound:
    return NotFound(f"Nobody waits for you with the request {request_id}.")


def _tell(follow: Follow) -> None:
    """Tells the follower's followers, as far as both are seen."""
    visibility = Preferences.objects.of(follow.follower_id).default_visibility
    if visibility_of(user_id=follow.followed_id, part="profile") != Visibility.PUBLIC:
        visibility = Visibility.PRIVATE
    record_activity(
        actor_id=follow.follower_id, verb=Verb.FOLLOWED, visibility=visibility, target_id=follow.followed_id
    )


def _end(*, follower_id: int, followed_id: int, state: str | None = None) -> bool:
    found = Follow.objects.filter(follower=follower_id, followed=followed_id)
    if state is not None:
        found = found.filter(state=state)
    if not found.exists():
        return False
    bury(user_id=follower_id, kind=FOLLOW, object_ids=[followed_id])
    # Following and unfollowing in turn leaves one notification at most.
    events = [f"follow:{pk}" for pk in found.values_list("pk", flat=True)]
    forget_events(events=NotificationEvent.objects.filter(user=followed_id, event__in=events))
    deleted, _ = found.delete()
    forget_activity(actor_id=follower_id, verb=Verb.FOLLOWED, target_id=followed_id)
    return bool(deleted)
