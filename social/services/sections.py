"""Which parts of somebody's account somebody else may look at."""

from __future__ import annotations

from typing import Any

from social.models import Follow
from watchly.common.visibility import Visibility


def open_to(*, owner: Any, section: str, viewer: Any, following: str | None = None) -> bool:
    """Whether a viewer, who may be nobody, may see a section: profile, history, library, lists or statistics.

    A section is never opened wider than the profile itself. The owner was read with their profile (`user_named`, which
    looks at blocks). `following` is how the viewer follows them, where that is known; else it is asked if it matters.
    """
    if viewer.is_authenticated and viewer.pk == owner.pk:
        return True
    wanted = {owner.profile_visibility, getattr(owner, f"{section}_visibility")}
    if wanted == {Visibility.PUBLIC}:
        return True
    if Visibility.PRIVATE in wanted or not viewer.is_authenticated:
        return False
    accepted = Follow.State.ACCEPTED
    if following is not None:
        return following == accepted
    return Follow.objects.filter(follower=viewer.pk, followed=owner.pk, state=accepted).exists()
