"""Which parts of somebody's account somebody else may look at."""

from __future__ import annotations

from typing import Any

from accounts.models import Profile
from social.models import Follow
from watchly.common.errors import NotFound
from watchly.common.visibility import Visibility


def section_visible(*, owner_id: int, section: str, viewer: Any) -> bool:
    """Whether a viewer, who may be nobody, may see a section: profile, history, library, lists or statistics.

    A section is never opened wider than the profile itself. Blocks are `user_named`'s.
    """
    if viewer is not None and viewer.is_authenticated and viewer.pk == owner_id:
        return True
    asked = Profile.objects.of(owner_id).visibility
    wanted = {asked["profile"], asked[section]}
    if wanted == {Visibility.PUBLIC}:
        return True
    if Visibility.PRIVATE in wanted or viewer is None or not viewer.is_authenticated:
        return False
    follows = Follow.objects.filter(follower=viewer.pk, followed=owner_id, state=Follow.State.ACCEPTED)
    return follows.exists()


def check_section(*, owner_id: int, section: str, viewer: Any) -> None:
    """Raises NotFound for a section that this viewer may not see."""
    if not section_visible(owner_id=owner_id, section=section, viewer=viewer):
        raise NotFound("There is nothing here that you may see.")
