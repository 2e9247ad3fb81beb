"""What people are told, as jobs: none is lost, since the job is a row of the transaction that it tells of, and none is
told twice, since each has a name of its own (`event`) that the inbox takes once.

Lines are grouped until they are read: all of one kind about one thing. The unread ones are counted as they come and go.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts.models import Preferences, User
from social.models import Block, Inbox, Notification, NotificationEvent
from watchly.common.jobs import task
from watchly.common.notification_kinds import choices, known

_COUNT = """
INSERT INTO social_inbox AS i (user_id, unread)
SELECT u.id, (SELECT count(*) FROM social_notification n WHERE n.user_id = u.id AND n.read_at IS NULL AND n.in_app)
FROM unnest(%s::bigint[]) AS u(id)
ON CONFLICT (user_id) DO UPDATE SET unread = excluded.unread
"""
_LOCK = """
INSERT INTO social_inbox AS i (user_id, unread) VALUES (%s, 0) ON CONFLICT (user_id) DO UPDATE SET unread = i.unread
"""


def notify(
    *,
    kind: str,
    user_id: int,
    event: str,
    actor_id: int | None = None,
    about: str = "",
    movie_id: int | None = None,
) -> None:
    """Tells somebody, in a job of the caller's transaction; nobody is told of what they do themselves.

    `event` names what happened among all that this person is told (`like:5:77`), `about` the thing whose lines stand
    together until they are read (`review:5`). Raises KeyError for a kind that nobody has registered.
    """
    if kind not in known():
        raise KeyError(kind)
    if user_id != actor_id:
        tell.enqueue(kind=kind, user_id=user_id, event=event, actor_id=actor_id, about=about, movie_id=movie_id)


@task(queue="fast")
def tell(*, kind: str, user_id: int, event: str, actor_id: int | None, about: str, movie_id: int | None) -> None:
    """Writes one line into an inbox, or joins it to the unread one about the same thing."""
    put(kind=kind, user_ids=[user_id], event=event, actor_id=actor_id, about=about, movie_id=movie_id)


@transaction.atomic
def put(
    *,
    kind: str,
    user_ids: list[int],
    event: str,
    actor_id: int | None,
    about: str = "",
    movie_id: int | None = None,
) -> int:
    """Puts one event into these inboxes; returns how many did not have it yet.

    Left out are accounts that are not in use, those who want to hear of this kind in no way, and who has blocked the
    actor or is blocked by them.
    """
    told = 0
    for user in User.objects.shown().filter(pk__in=user_ids).select_related("preferences").order_by("pk"):
        preferences = getattr(user, "preferences", None) or Preferences(user_id=user.pk)
        ways = choices(preferences.notifications)[kind]
        if not any(ways.values()) or (actor_id is not None and Block.objects.between(user.pk, actor_id).exists()):
            continue
        told += _write(user.pk, kind, event, actor_id, about, movie_id, in_app=ways["in_app"], by_email=ways["email"])
    return told


def _write(
    user_id: int,
    kind: str,
    event: str,
    actor_id: int | None,
    about: str,
    movie_id: int | None,
    *,
    in_app: bool,
    by_email: bool,
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [user_id])  # one writer an inbox at a time, so that its count is right
    if NotificationEvent.objects.filter(user=user_id, event=event).exists():
        return 0
    line, made = Notification.objects.get_or_create(
        user_id=user_id,
        kind=kind,
        about=about,
        read_at=None,
        defaults={"movie_id": movie_id, "actor_id": actor_id, "in_app": in_app, "by_email": by_email, "events": 1},
    )
    if not made:
        line.events, line.actor_id, line.movie_id = line.events + 1, actor_id, movie_id
        line.in_app, line.by_email = line.in_app or in_app, line.by_email or by_email
        line.save(update_fields=["events", "actor", "movie", "in_app", "by_email", "updated_at"])
    NotificationEvent.objects.create(notification=line, user_id=user_id, actor_id=actor_id, event=event)
    recount_inboxes([user_id])
    return 1


@transaction.atomic
def read_notifications(*, user_id: int, ids: list[int] | None = None) -> int:
    """Marks these lines, or all of them, as read; returns how many were not."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [user_id])
    lines = Notification.objects.filter(user=user_id, read_at__isnull=True)
    if ids is not None:
        lines = lines.filter(pk__in=ids)
    count = lines.update(read_at=timezone.now())
    recount_inboxes([user_id])
    return count


def unread_count(*, user_id: int) -> int:
    """How many unread lines somebody has; one row is read, however many there are."""
    return Inbox.objects.filter(user=user_id).values_list("unread", flat=True).first() or 0


def forget_between(*, first: int, second: int) -> None:
    """Takes out of two inboxes what each was told of the other."""
    for user_id, actor_id in sorted(((first, second), (second, first))):
        forget_events(events=NotificationEvent.objects.filter(user=user_id, actor=actor_id))


def forget_events(*, events: models.QuerySet[NotificationEvent]) -> None:
    """Takes these events out of inboxes: what they tell of is gone."""
    found = list(events.values_list("pk", "user_id", "notification_id"))
    if not found:
        return
    users = sorted({user_id for _, user_id, _ in found})
    with connection.cursor() as cursor:
        for user_id in users:
            cursor.execute(_LOCK, [user_id])
    NotificationEvent.objects.filter(pk__in=[pk for pk, _, _ in found]).delete()
    lines = Notification.objects.filter(pk__in={line for _, _, line in found})
    for line in lines.annotate(left=Count("happenings"), last=Max("happenings__pk")):
        if not line.left:
            line.delete()
            continue
        line.events = line.left
        line.actor_id = NotificationEvent.objects.values_list("actor_id", flat=True).get(pk=line.last)
        line.save(update_fields=["events", "actor"])
    recount_inboxes(users)


def recount_inboxes(user_ids: list[int]) -> None:
    """Brings the kept counts of unread lines in line."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [user_ids])


def digest_lines(*, user_id: int) -> list[Notification]:
    """The lines that wait for somebody's mail, the newest first."""
    lines = Notification.objects.filter(user=user_id, by_email=True, read_at__isnull=True)
    return list(lines.select_related("actor", "movie").order_by("-pk")[:50])


def waiting_for_digest() -> list[int]:
    """Everybody who has lines that wait for a mail."""
    waiting = Notification.objects.filter(by_email=True, read_at__isnull=True)
    return list(waiting.order_by("user").distinct().values_list("user", flat=True))


@transaction.atomic
def mark_digested(*, user_id: int, until: datetime) -> None:
    """The lines up to this moment are in a mail."""
    Notification.objects.filter(user=user_id, by_email=True, updated_at__lte=until).update(by_email=False)
    Inbox.objects.filter(user=user_id).update(digested_at=until)
