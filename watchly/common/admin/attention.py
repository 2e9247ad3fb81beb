"""What needs attention: each app registers its lists, and the front page of the back office shows them with counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from watchly.common.admin.lists import bounded_counts, said


class Example(NamedTuple):
    """One row of a list, shown below its count: what it is, why it is there, and what it says."""

    title: str
    reason: str
    excerpt: str
    url: str


@dataclass(frozen=True)
class Attention:
    """Rows that a user should look at, and the list that shows them to holders of the permission.

    Urgent lists come first. `examples` returns the rows to show below the count; it is called only when there are any.
    """

    label: str
    rows: QuerySet[Any]
    url: str
    permission: str
    urgent: bool = False
    examples: Callable[[], Sequence[Example]] | None = None


Provider = Callable[[HttpRequest], Sequence[Attention]]
_providers: list[Provider] = []


def register_attention(provider: Provider) -> None:
    """Adds the lists of an app; `provider` is called for each view of the front page."""
    if provider not in _providers:
        _providers.append(provider)


def attention_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The lists that this user may see, each with its bounded count; all counts are read in one statement."""
    lists = [each for provider in _providers for each in provider(request) if request.user.has_perm(each.permission)]
    lists.sort(key=lambda each: not each.urgent)
    counts = bounded_counts([each.rows for each in lists])
    return [
        {
            "label": each.label,
            "count": said(*count),
            "url": each.url,
            "examples": each.examples() if each.examples and count[0] else (),
        }
        for each, count in zip(lists, counts, strict=True)
    ]
