"""The queue of what was reported: reports come in, and cases about what is gone are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from social.models import Block, Comment, Kind, ModerationCase, MovieList, Report, Review
from social.services.daily_caps import trusted
from watchly.common.errors import FieldError, RuleViolation

# So many different users within this time hold a thing back until a moderator has looked at it. Reports of accounts
# that are new or not verified reach the queue and do not count: three of those are registered in seconds.
REPORTS_TO_HOLD = 3
WITHIN = timedelta(hours=24)
_GONE = "It was deleted."


@dataclass(frozen=True)
class Thing:
    """What is reported: whose it is, and when its words last changed."""

    kind: str
    object_id: int
    author_id: int
    edited_at: datetime | None = None


def _authored(model: Any, pk: int, viewer: User) -> Thing | None:
    row = model.objects.visible_to(viewer).filter(pk=pk).first()
    if row is None or row.user_id is None:
        return None
    return Thing(kind=_KINDS[model], object_id=pk, author_id=row.user_id, edited_at=row.edited_at)


def _user(pk: int, viewer: User) -> Thing | None:
    """Whoever is there; somebody whom one has blocked too, and not somebody who has blocked one."""
    shut = Block.objects.filter(blocker=pk, blocked=viewer.pk).exists()
    return Thing(Kind.USER, pk, pk) if not shut and User.objects.shown().filter(pk=pk).exists() else None


_KINDS: dict[Any, str] = {Review: Kind.REVIEW, Comment: Kind.COMMENT, MovieList: Kind.LIST}
_FIND: dict[str, Callable[[int, User], Thing | None]] = {
    Kind.REVIEW: lambda pk, viewer: _authored(Review, pk, viewer),
    Kind.COMMENT: lambda pk, viewer: _authored(Comment, pk, viewer),
    Kind.LIST: lambda pk, viewer: _authored(MovieList, pk, viewer),
    Kind.USER: _user,
}


def find_thing(*, kind: str, object_id: int, viewer_id: int) -> Thing:
    """What a user wants to report. Raises RuleViolation for what they do not see, and for their own."""
    thing = _FIND[kind](object_id, User.objects.get(pk=viewer_id))
    if thing is None:
        detail = f"There is no {kind} {object_id}."
        raise RuleViolation(detail, errors=[FieldError("/target/id", "not_found", detail)])
    if thing.author_id == viewer_id:
        detail = "You cannot report what is yours: change or delete it."
        raise RuleViolation(detail, code="oneself", errors=[FieldError("/target/id", "oneself", detail)])
    return thing


def add_report(*, thing: Thing, reporter_id: int, reason: str, note: str | None) -> tuple[ModerationCase, Report, bool]:
    """Adds a report to the open case of a thing, or opens one; returns both, and whether the report is new.

    The author's revision is held, so that one thing has one case and its reports are counted right.
    """
    case, _ = ModerationCase.objects.get_or_create(
        kind=thing.kind,
        object_id=thing.object_id,
        state=ModerationCase.State.OPEN,
        defaults={"author_id": thing.author_id},
    )
    report, made = Report.objects.get_or_create(
        case=case, reporter_id=reporter_id, defaults={"reason": reason, "note": note}
    )
    if made:
        case.reports_count += 1
        case.save(update_fields=["reports_count", "updated_at"])
    return case, report, made


def was_reported(*, thing: Thing, reporter_id: int) -> bool:
    """Whether this user has a report in the open case of a thing."""
    case = ModerationCase.objects.filter(
        kind=thing.kind, object_id=thing.object_id, state=ModerationCase.State.OPEN, reports__reporter=reporter_id
    )
    return case.exists()


def is_to_be_held(*, case: ModerationCase, thing: Thing) -> bool:
    """Whether enough people have reported it lately. What a moderator has found right stays, until it is changed."""
    if case.held or case.kind == Kind.USER:
        return False
    last = ModerationCase.objects.filter(kind=case.kind, object_id=case.object_id, decided_at__isnull=False).first()
    if last is not None and last.state == ModerationCase.State.DISMISSED and last.decided_at is not None:
        changed_since = thing.edited_at is not None and thing.edited_at > last.decided_at
        if not changed_since:
            return False
    lately = case.reports.filter(created_at__gt=timezone.now() - WITHIN)
    return lately.filter(reporter__in=trusted().values("pk")).count() >= REPORTS_TO_HOLD


@transaction.atomic
def close_cases(*, kind: str, object_ids: Iterable[int]) -> None:
    """There is nothing left to decide about these."""
    ModerationCase.objects.filter(kind=kind, object_id__in=list(object_ids), state=ModerationCase.State.OPEN).update(
        state=ModerationCase.State.DISMISSED, held=False, note=_GONE, decided_at=timezone.now()
    )
