"""What a person writes and others may see: one rule, one place."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Profile
from social.models.follow import Block, Follow
from watchly.common.visibility import Visibility


class Moderation(models.TextChoices):
    """Held waits for a moderator, hidden was decided by one; only the author sees either."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"


class AuthoredQuerySet(models.QuerySet[Any]):
    """Rows that a user wrote (`user`), with a `visibility` and, where others may report them, a `moderation` state.

    `section` is the one of the owner's profile that they belong to, which may be closed by itself.
    """

    section: ClassVar[str | None] = None

    def visible_to(self, viewer: Any) -> Self:
        """What this viewer, who may be nobody, may see. Whose rows they may not see they do not know of.

        One's own; of others what is public or, for accepted followers, for followers, and no more than their profile
        and this section of it open; nothing that is held or hidden, nothing of accounts that are not in use, nothing
        between two of whom one has blocked the other.
        """
        return self.visible_in(self.section, viewer)

    def open_to_all(self) -> Self:
        """What its author has opened to everybody, whatever moderators have decided about it since."""
        return self.filter(_openings(self.section)[2])

    def visible_in(self, section: str | None, viewer: Any) -> Self:
        """The same as seen through another section, such as the statistics of a library."""
        allowed = Q(user__is_active=True, user__erase_after__isnull=True)
        if _has_field(self.model, "moderation"):
            allowed &= Q(moderation=Moderation.VISIBLE)
        doors, profile, everybody = _openings(section)
        if viewer is None or not viewer.is_authenticated:
            return self.filter(allowed & everybody)
        follows = Follow.objects.filter(
            follower=viewer.pk, followed=OuterRef("user"), state=Follow.State.ACCEPTED
        ).order_by()
        closed = profile.filter(Q(**dict.fromkeys(doors, Visibility.PRIVATE), _connector=Q.OR))
        followers = Q(~Q(visibility=Visibility.PRIVATE), Exists(follows), ~Exists(closed))
        return self.filter(
            Q(user=viewer.pk)
            | Q(allowed & (everybody | followers), ~Exists(Block.objects.between(viewer.pk, OuterRef("user"))))
        )


def _openings(section: str | None) -> tuple[list[str], models.QuerySet[Profile], Q]:
    """The columns of a profile that open rows of this section, the author's profile, and what opens to everybody."""
    doors = ["profile_visibility", *([f"{section}_visibility"] if section else [])]
    profile = Profile.objects.filter(user=OuterRef("user"))
    narrow = profile.exclude(**dict.fromkeys(doors, Visibility.PUBLIC))
    return doors, profile, Q(Q(visibility=Visibility.PUBLIC), ~Exists(narrow))


def _has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
