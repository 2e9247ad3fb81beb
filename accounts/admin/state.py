"""What state an account is in, as the list of users shows and filters it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from accounts.models import User

_ERASED = Q(erased_at__isnull=False)
_TO_ERASE = Q(erase_after__isnull=False) & ~_ERASED
STATES = {
    "open": ("Open", Q(is_active=True) & ~_TO_ERASE & ~_ERASED),
    "closed": ("Closed", Q(is_active=False) & ~_TO_ERASE & ~_ERASED),
    "to_erase": ("To be erased", _TO_ERASE),
    "erased": ("Erased", _ERASED),
}
COLOURS = {"open": "success", "closed": "warning", "to_erase": "danger", "erased": "info"}


def state_of(user: User) -> str:
    """The name of the state, as STATES has it."""
    if user.erased_at is not None:
        return "erased"
    if user.erase_after is not None:
        return "to_erase"
    return "open" if user.is_active else "closed"


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        chosen = STATES.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset
