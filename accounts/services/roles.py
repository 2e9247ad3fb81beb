"""Giving and taking roles. Who has one is staff; somebody must always be left who may give them."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import ADMIN, follow_roles
from accounts.services.credentials import CredentialEvent, end_credentials
from watchly.common.audit import record_event
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation

_ADMINS = Q(is_superuser=True) | Q(groups__name=ADMIN)


@transaction.atomic
def grant_role(*, user_id: int, role: str) -> bool:
    """Gives a role; False if they have it. Raises RuleViolation for a role that there is not, NotFound, and Conflict
    for an account that is closed, or about to be erased.
    """
    user, group = _lock(user_id), _group(role)
    if user.groups.filter(pk=group.pk).exists():
        return False
    if not user.is_active or user.erase_after is not None:
        raise Conflict(f"The account {user.username} is closed or to be erased: open it first.")
    user.groups.add(group)
    end_credentials(user_id=user_id, event=CredentialEvent.ROLE_GRANTED)
    record_event("role_granted", subject_id=user_id, role=role)
    follow_roles(user_id=user_id)
    return True


@transaction.atomic
def revoke_role(*, user_id: int, role: str) -> bool:
    """Takes a role away; False if they do not have it. Raises as `grant_role`, and Conflict (`last_administrator`) when
    nobody would be left who may give roles.
    """
    group = _group(role)
    others = _other_admins(user_id) if role == ADMIN else True
    user = _lock(user_id)
    if not user.groups.filter(pk=group.pk).exists():
        return False
    if not others and not user.is_superuser:
        raise _last()
    user.groups.remove(group)
    end_credentials(user_id=user_id, event=CredentialEvent.ROLE_REVOKED)
    record_event("role_revoked", subject_id=user_id, role=role)
    follow_roles(user_id=user_id)
    return True


@transaction.atomic
def set_roles(*, user_id: int, roles: Collection[str]) -> list[str]:
    """Makes these somebody's roles and no others; returns the names of those given and taken. Raises as the two."""
    held = set(User.objects.get(pk=user_id).groups.values_list("name", flat=True))
    given = [role for role in sorted(set(roles) - held) if grant_role(user_id=user_id, role=role)]
    taken = [role for role in sorted(held - set(roles)) if revoke_role(user_id=user_id, role=role)]
    follow_roles(user_id=user_id)  # they may be a superuser by now, or no more
    return given + taken


@transaction.atomic
def check_admins_remain(*, without: int) -> None:
    """Raises Conflict (`last_administrator`) if this user is the only one who may give roles."""
    if User.objects.filter(_ADMINS, pk=without, is_active=True).exists() and not _other_admins(without):
        raise _last()


def _lock(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id, erased_at__isnull=True).first()
    if user is None:
        raise NotFound("There is no such user.")
    return user


def _group(role: str) -> Group:
    group = Group.objects.filter(name=role).first()
    if group is None:
        names = ", ".join(Group.objects.order_by("pk").values_list("name", flat=True))
        also = " Everybody is a user, without being given it." if role == "user" else ""
        detail = f"There is no role {role!r}: use one of {names}.{also}"
        raise RuleViolation(detail, errors=[FieldError("/role", "unknown_role", detail)])
    return group


def _other_admins(user_id: int) -> bool:
    """Whether somebody else may give roles. Locks them all, in order and before anybody else: of two who leave at the
    same moment the second sees that the first has left.
    """
    ids = User.objects.filter(_ADMINS).values("pk")
    admins = User.objects.select_for_update().filter(pk__in=ids, is_active=True).order_by("pk")
    staying = [each.pk for each in admins if each.pk != user_id and each.erase_after is None]
    return User.objects.filter(_ADMINS, pk__in=staying).exists()


def _last() -> Conflict:
    return Conflict("This is the only administrator: make somebody else one first.", code="last_administrator")
