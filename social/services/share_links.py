"""Share links: made, counted as they are opened, and taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from movies.models import Movie
from movies.services.movies import moved
from social.models import LibraryEntry, Moderation, MovieList, Play, Review, ShareLink
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation
from watchly.common.references import referred

LONGEST = timedelta(days=365)
MOST_OPEN = 200
# What may be shared, by kind: the row of the thing that this user knows by this id, none if it is not theirs. What is
# held back or hidden no link opens.
_OWNED: dict[str, Callable[[int, int], models.QuerySet[Any]]] = {
    ShareLink.Kind.PLAY: lambda user_id, pk: Play.objects.filter(user=user_id, pk=pk),
    ShareLink.Kind.ENTRY: lambda user_id, pk: LibraryEntry.objects.filter(user=user_id, movie=pk),
    ShareLink.Kind.REVIEW: lambda user_id, pk: _shown(Review.objects.there(), user_id, pk),
    ShareLink.Kind.LIST: lambda user_id, pk: _shown(MovieList.objects.all(), user_id, pk),
}
GONE = "This link leads nowhere any more. Ask whoever sent it for a new one."


def _shown(rows: models.QuerySet[Any], user_id: int, pk: int) -> models.QuerySet[Any]:
    return rows.filter(user=user_id, pk=pk, moderation=Moderation.VISIBLE)


@transaction.atomic
def make_share_link(
    *, user_id: int, kind: str, object_id: int, expires_at: datetime, most_uses: int | None = None
) -> tuple[ShareLink, str]:
    """Makes a link to a thing of one's own; returns it and its token, which is not kept.

    Raises RuleViolation for a thing that is not one's own and for an expiry that is past or more than a year away, and
    Conflict for a merged movie and past 200 open links.
    """
    _check_owned(user_id, kind, object_id)
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        detail = "Give a time within a year from now."
        raise RuleViolation(detail, errors=[FieldError("/expires_at", "out_of_range", detail)])
    if open_links(user_id=user_id).count() >= MOST_OPEN:
        raise Conflict(f"You have {MOST_OPEN} open links, which is the most: take some back.", code="too_many_open")
    token = secrets.token_urlsafe(24)
    link = ShareLink.objects.create(
        user_id=user_id,
        kind=kind,
        object_id=object_id,
        digest=_digest(token),
        expires_at=expires_at,
        most_uses=most_uses,
    )
    return link, token


def _check_owned(user_id: int, kind: str, object_id: int) -> None:
    owned = _OWNED.get(kind)
    if owned is not None and owned(user_id, object_id).exists():
        return
    with referred("/object_id"):
        if kind == ShareLink.Kind.ENTRY and Movie.objects.filter(pk=object_id, state=Movie.State.MERGED).exists():
            raise moved(movie_id=object_id)
        raise NotFound(f"You have no {kind} {object_id}.")


def find_share_link(*, token: str) -> ShareLink:
    """The link of a token, which is not used by that.

    Raises NotFound for a link that was never made, taken back, used up or past its time: which, nobody is told.
    """
    # Neither do those of an account that is closed or waits for its erasure.
    links = ShareLink.objects.filter(digest=_digest(token), user__in=User.objects.shown().values("pk"))
    link = _usable(links, timezone.now()).first()
    if link is None:
        raise NotFound(GONE)
    return link


def what_it_opens(*, link: ShareLink) -> models.QuerySet[Any]:
    """The row of what a link opens; none when that is gone, or held back."""
    return _OWNED[link.kind](link.user_id, link.object_id).order_by()


def use_share_link(*, link: ShareLink) -> None:
    """Counts a use, before anybody is shown what the link opens. Raises NotFound when it is over by now.

    The update itself decides, so that two readers at once do not share the last use.
    """
    if not _usable(ShareLink.objects.filter(pk=link.pk), timezone.now()).update(uses=F("uses") + 1):
        raise NotFound(GONE)


@transaction.atomic
def revoke_share_link(*, user_id: int, link_id: int) -> None:
    """Takes a link back. Twice changes nothing. Raises NotFound for one that is not the user's."""
    link = ShareLink.objects.select_for_update().filter(user=user_id, pk=link_id).first()
    if link is None:
        raise NotFound(f"You have no link {link_id}.")
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])


def open_links(*, user_id: int) -> models.QuerySet[ShareLink]:
    """The links of a user that still open something."""
    return _usable(ShareLink.objects.filter(user=user_id), timezone.now())


def _usable(links: models.QuerySet[ShareLink], now: datetime) -> models.QuerySet[ShareLink]:
    unused = Q(most_uses__isnull=True) | Q(uses__lt=F("most_uses"))
    return links.filter(unused, revoked_at__isnull=True, expires_at__gt=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
