"""Whose page this is, and whether the reader may open it: one statement."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import User
from social.models import Block, Follow
from watchly.common.errors import NotFound
from watchly.common.visibility import Visibility


def owner_of_section(*, username: str, section: str, viewer: Any) -> int:
    """The number of the user of this name, whatever its case, whose section (lists, profile ...) a viewer, who may be
    nobody, may open. Raises NotFound for any other, and does not say which."""
    missing = NotFound("There is nothing here that you may see.")
    if "\x00" in username:
        raise missing
    reader = viewer.pk if viewer is not None and viewer.is_authenticated else None
    owners = User.objects.shown().filter(username__iexact=username)
    if reader is not None:
        follows = Follow.objects.filter(follower=reader, followed=OuterRef("pk"), state=Follow.State.ACCEPTED)
        owners = owners.exclude(Exists(Block.objects.between(reader, OuterRef("pk")))).annotate(
            followed=Exists(follows.order_by())
        )
    found = owners.values("pk", "profile__profile_visibility", f"profile__{section}_visibility", *_if(reader)).first()
    if found is None:
        raise missing
    asked = {found["profile__profile_visibility"], found[f"profile__{section}_visibility"]} - {None}
    if found["pk"] != reader and not opens(asked, follows=found.get("followed", False)):
        raise missing
    return int(found["pk"])


def opens(asked: set[str], *, follows: bool) -> bool:
    """Whether what is as visible as all of these opens to another than its owner, who follows the owner or does not.

    A section asks for its own visibility and the profile's, so that it is never opened wider than the profile.
    """
    return asked <= {Visibility.PUBLIC} or (follows and Visibility.PRIVATE not in asked)


def _if(reader: int | None) -> tuple[str, ...]:
    return () if reader is None else ("followed",)
