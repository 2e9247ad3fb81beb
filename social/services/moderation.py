"""Reports, and what moderators decide: a thing is held, hidden or released, its author told why, and a line written."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from social.models import (
    Comment,
    Kind,
    Moderation,
    ModerationCase,
    MovieList,
    NotificationEvent,
    Report,
    Review,
    Verb,
)
from social.services.activities import show_activities
from social.services.daily_caps import check_cap
from social.services.moderation_cases import add_report, find_thing, is_to_be_held, was_reported
from social.services.notifications import forget_events, notify
from social.services.review_counts import lock_reviews, mend_reviews
from social.services.review_removal import forget_told
from social.services.revisions import next_revision, raise_revisions
from watchly.common.actor import acting
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, Forbidden, NotFound, RuleViolation

State = ModerationCase.State
HELD_BY_REPORTS = "Several people have reported it. A moderator will look at it."


@transaction.atomic
def report_thing(
    *, user_id: int, kind: str, object_id: int, reason: str, note: str | None = None
) -> tuple[Report, bool]:
    """Reports something; returns the report and whether it is new. The third trusted user within 24 hours holds it
    back.

    Raises NotFound for what the user does not see, RuleViolation for what is theirs, RateLimited past the daily cap.
    """
    thing = find_thing(kind=kind, object_id=object_id, viewer_id=user_id)
    raise_revisions(user_ids=[thing.author_id, user_id])
    if not was_reported(thing=thing, reporter_id=user_id):
        check_cap(user_id=user_id, name="reports")
    case, report, made = add_report(thing=thing, reporter_id=user_id, reason=reason, note=note)
    if made and is_to_be_held(case=case, thing=thing):
        with acting(via="job"):
            _apply(case, Moderation.HELD, HELD_BY_REPORTS)
            case.held, case.reason = True, HELD_BY_REPORTS
            case.save(update_fields=["held", "reason", "updated_at"])
            record_event("moderation_held", subject_id=case.author_id, **_details(case), automatic=True)
    return report, made


@transaction.atomic
def hold(*, case_id: int, moderator_id: int, reason: str, note: str | None = None) -> None:
    """Holds a thing back while a moderator thinks about it; only its author still sees it, and why.

    Raises NotFound, Forbidden for a moderator's own, Conflict for a case that is decided, RuleViolation for a user or
    without a reason.
    """
    case = _open(case_id, moderator_id)
    if case.state != State.OPEN:
        raise Conflict("The case is decided.", code="decided_already")
    _apply(case, Moderation.HELD, _said(reason))
    _note(case, moderator_id, held=True, reason=reason, note=note)
    record_event("moderation_held", subject_id=case.author_id, actor_id=moderator_id, **_details(case))


@transaction.atomic
def hide(*, case_id: int, moderator_id: int, reason: str, note: str | None = None) -> None:
    """Upholds the reports: the thing is hidden, but for its author, who sees why. Raises what `hold` does."""
    case = _open(case_id, moderator_id)
    _apply(case, Moderation.HIDDEN, _said(reason))
    _note(case, moderator_id, state=State.UPHELD, held=False, reason=reason, note=note)
    record_event("moderation_hidden", subject_id=case.author_id, actor_id=moderator_id, **_details(case))


@transaction.atomic
def release(*, case_id: int, moderator_id: int, note: str | None = None) -> None:
    """Finds nothing wrong, or forgives: the thing is there again for whoever may see it. Raises NotFound, Forbidden."""
    case = _open(case_id, moderator_id)
    if case.kind != Kind.USER and _thing(case) is not None:
        _apply(case, Moderation.VISIBLE, None)
    _note(case, moderator_id, state=State.DISMISSED, held=False, reason=None, note=note)
    record_event("moderation_released", subject_id=case.author_id, actor_id=moderator_id, **_details(case))


@transaction.atomic
def uphold_user(*, case_id: int, moderator_id: int, note: str | None = None) -> None:
    """Finds the reports about a person right. What becomes of the account is an administrator's decision.

    Raises NotFound, Forbidden, RuleViolation for a case about anything else.
    """
    case = _open(case_id, moderator_id)
    if case.kind != Kind.USER:
        raise RuleViolation("This case is about what somebody wrote: hold, hide or release it.")
    _note(case, moderator_id, state=State.UPHELD, held=False, reason=None, note=note)
    record_event("moderation_upheld", subject_id=case.author_id, actor_id=moderator_id, **_details(case))


def _open(case_id: int, moderator_id: int) -> ModerationCase:
    """The case, held, with its author's revision."""
    author_id = ModerationCase.objects.filter(pk=case_id).values_list("author_id", flat=True).first()
    if author_id is not None:
        raise_revisions(user_ids=[author_id])
    case = ModerationCase.objects.select_for_update(no_key=True).filter(pk=case_id).first()
    if case is None:
        raise NotFound(f"There is no case {case_id}.")
    if case.author_id == moderator_id:
        raise Forbidden("This is about you: another moderator decides.", code="own_case")
    return case


def _said(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise RuleViolation("Say why: the author is told.")
    return reason


def _note(case: ModerationCase, moderator_id: int, **values: Any) -> None:
    for name, value in values.items():
        if value is not None or name != "note":  # a decision without a note leaves the one that there is
            setattr(case, name, value)
    case.decided_by_id = moderator_id
    case.decided_at = None if case.state == State.OPEN else timezone.now()
    case.save()


def _details(case: ModerationCase) -> dict[str, Any]:
    return {"kind": case.kind, "object_id": case.object_id, "case": case.pk}


def _apply(case: ModerationCase, moderation: str, reason: str | None) -> None:
    """Sets the state of the thing, and all that follows from it; tells the author."""
    if case.kind == Kind.USER:
        raise RuleViolation("A person is not held or hidden: close the case with a note.")
    row = _thing(case)
    if row is None:
        raise NotFound("It is not there any more: release the case.")
    model = type(row)
    before = row.moderation
    revision = next_revision(user_id=row.user_id)
    if model is Comment:
        lock_reviews([row.review_id])
    model.objects.filter(pk=row.pk).update(
        moderation=moderation, moderation_reason=reason, revision=revision, updated_at=timezone.now()
    )
    shown = moderation == Moderation.VISIBLE
    _FOLLOWS[model](row, shown)
    if moderation != before:
        notify(
            kind="moderation",
            user_id=row.user_id,
            event=f"moderation:{case.pk}:{revision}",
            about=f"{case.kind}:{case.object_id}",
        )


def _thing(case: ModerationCase) -> Any:
    """What the case is about, while it is there and somebody's."""
    model: Any = _MODELS[case.kind]
    return None if case.author_id is None else model.objects.filter(pk=case.object_id, user=case.author_id).first()


def _review(review: Review, shown: bool) -> None:
    show_activities(verb=Verb.REVIEWED, object_id=review.pk, shown=shown)
    if not shown:
        forget_told([review])


def _comment(comment: Comment, shown: bool) -> None:
    mend_reviews([comment.review_id])  # its answers come and go with it
    if not shown:
        forget_events(events=NotificationEvent.objects.filter(actor=comment.user_id, event=f"comment:{comment.pk}"))


def _list(movie_list: MovieList, shown: bool) -> None:
    show_activities(verb=Verb.LISTED, object_id=movie_list.pk, shown=shown)


_MODELS: dict[str, Any] = {Kind.REVIEW: Review, Kind.COMMENT: Comment, Kind.LIST: MovieList}
_FOLLOWS: dict[Any, Any] = {Review: _review, Comment: _comment, MovieList: _list}
