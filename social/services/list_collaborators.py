"""Who keeps a list together with its owner."""

from __future__ import annotations

from django.db import transaction

from social.models import Follow, ListCollaborator, MovieList
from social.services.lists import own_list, seen_list
from social.services.people import user_named
from social.services.revisions import raise_revisions
from watchly.common.errors import Conflict, Forbidden, RuleViolation

MOST_COLLABORATORS = 20


@transaction.atomic
def add_collaborator(*, user_id: int, list_id: int, username: str) -> None:
    """Lets one of one's followers fill a list of one's own, and see it whatever its visibility. Twice changes nothing.

    Raises NotFound, Forbidden for another's list, RuleViolation for somebody who does not follow the owner, Conflict
    past 20 people and for a smart list.
    """
    raise_revisions(user_ids=[user_id])
    movie_list = own_list(user_id=user_id, list_id=list_id)
    if movie_list.rules is not None:
        raise Conflict("A smart list fills itself: nobody is needed to.", code="smart_list")
    other = user_named(username=username, viewer_id=user_id)
    follows = Follow.objects.filter(follower=other, followed=user_id, state=Follow.State.ACCEPTED)
    if not follows.exists():
        raise RuleViolation("Only somebody who follows you can keep a list with you.", code="not_following")
    if ListCollaborator.objects.filter(list=list_id).exclude(user=other).count() >= MOST_COLLABORATORS:
        raise Conflict(f"{MOST_COLLABORATORS} people keep this list, which is the most.", code="too_many_collaborators")
    ListCollaborator.objects.get_or_create(list=movie_list, user=other)


@transaction.atomic
def remove_collaborator(*, user_id: int, list_id: int, username: str) -> None:
    """Takes somebody off a list of one's own, or oneself off another's. Twice changes nothing.

    Raises NotFound, Forbidden for another person on another's list.
    """
    movie_list: MovieList = seen_list(user_id=user_id, list_id=list_id)
    found = ListCollaborator.objects.filter(list=list_id, user__username__iexact=username.replace("\x00", ""))
    row = found.first()
    if movie_list.user_id != user_id and (row is None or row.user_id != user_id):
        raise Forbidden("This list is another's.")
    found.delete()
