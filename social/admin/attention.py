"""Reports that wait for a moderator, for the front page of the back office."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator

from social.models import Comment, Kind, ModerationCase, MovieList, Reason, Report, Review
from watchly.common.admin.attention import Attention, Example

_SHOWN = 5
_LONGEST = 140  # characters of an excerpt
# Which column of a reported thing is read for its excerpt.
_WORDS: dict[str, tuple[Any, str]] = {
    Kind.REVIEW: (Review, "excerpt"),
    Kind.COMMENT: (Comment, "body"),
    Kind.LIST: (MovieList, "title"),
}


def open_reports(request: HttpRequest) -> list[Attention]:
    """The open cases, those about the moderator left out; the longest waiting are shown with reason and excerpt."""
    cases = ModerationCase.objects.filter(state=ModerationCase.State.OPEN).exclude(author=request.user.pk or 0)
    return [
        Attention(
            "Reports to decide about",
            cases,
            reverse("admin:social_moderationcase_changelist") + "?state__exact=open",
            "social.view_moderationcase",
            urgent=True,
            examples=lambda: _examples(cases),
        )
    ]


def _examples(cases: QuerySet[ModerationCase]) -> Sequence[Example]:
    shown = list(cases.select_related("author").order_by("pk")[:_SHOWN])
    reasons: dict[int, Counter[str]] = {case.pk: Counter() for case in shown}
    for case_id, reason in Report.objects.filter(case__in=shown).order_by("pk").values_list("case", "reason"):
        reasons[case_id][str(Reason(reason).label)] += 1
    words = _words(shown)
    return [
        Example(
            title=f"{case.get_kind_display()} by {case.author}" if case.author else f"{case}",
            reason=", ".join(f"{label} ({n})" if n > 1 else label for label, n in reasons[case.pk].most_common()),
            excerpt=words.get((case.kind, case.object_id), ""),
            url=reverse("admin:social_moderationcase_change", args=[case.pk]),
        )
        for case in shown
    ]


def _words(cases: Sequence[ModerationCase]) -> dict[tuple[str, int], str]:
    found = {}
    for kind, (model, column) in _WORDS.items():
        ids = [case.object_id for case in cases if case.kind == kind]
        if ids:
            for pk, text in model.objects.filter(pk__in=ids).values_list("pk", column):
                found[str(kind), pk] = Truncator(" ".join((text or "").split())).chars(_LONGEST)
    return found
