"""What a person writes and others may see: one rule, one place."""

from __future__ import annotations

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef, Q

from social.models.follow import Block, Follow
from watchly.common.visibility import Visibility


class Moderation(models.TextChoices):
    """Held waits for a moderator, hidden was decided by one; only the author sees either."""

    VISIBLE = "visible"
    HELD = "held"
    HIDDEN = "hidden"


class AuthoredQuerySet(models.QuerySet[Any]):
    """Rows that a user wrote (`user`), with a `visibility` and, where others may report them, a `moderation` state."""

    def visible_to(self, viewer: Any) -> Self:
        """What this viewer, who may be nobody, may see. Whose rows they may not see they do not know of.

        One's own; of others what is public or, for accepted followers, for followers; nothing that is held or hidden,
        nothing of inactive accounts, nothing between two of whom one has blocked the other.
        """
        shown = Q(visibility=Visibility.PUBLIC)
        allowed = Q(user__is_active=True)
        if _has_field(self.model, "moderation"):
            allowed &= Q(moderation=Moderation.VISIBLE)
        if viewer is None or isinstance(viewer, AnonymousUser) or not viewer.is_authenticated:
            return self.filter(allowed & shown)
        follows = Follow.objects.filter(
            follower=viewer.pk, followed=OuterRef("user"), state=Follow.State.ACCEPTED
        ).order_by()
        blocks = Block.objects.filter(
            Q(blocker=viewer.pk, blocked=OuterRef("user")) | Q(blocker=OuterRef("user"), blocked=viewer.pk)
        ).order_by()
        shown |= Q(Q(visibility=Visibility.FOLLOWERS), Exists(follows))
        return self.filter(Q(user=viewer.pk) | Q(allowed & shown, ~Exists(blocks)))


def _has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
