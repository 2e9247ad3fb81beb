"""The kinds of notifications that people choose about, told by the app that sends them.

Each app names its kinds in its `apps.py`; the preferences of an account show all of them and take no other.
"""

from __future__ import annotations

from dataclasses import dataclass

CHANNELS = ("in_app", "email")


@dataclass(frozen=True)
class NotificationKind:
    """One kind: its name in the API, what it tells, and whether it comes by each way unless somebody chose otherwise.

    Mails that keep an account safe are no kind: nobody turns them off.
    """

    name: str  # "new_follower"
    says: str
    in_app: bool = True
    email: bool = False

    @property
    def defaults(self) -> dict[str, bool]:
        """By which ways it comes without a choice."""
        return {"in_app": self.in_app, "email": self.email}


_kinds: dict[str, NotificationKind] = {}


def register(*kinds: NotificationKind) -> None:
    """Adds kinds. Raises ValueError for a name that another kind has."""
    for kind in kinds:
        if _kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"There is another kind of notification called {kind.name}.")


def known() -> dict[str, NotificationKind]:
    """Every kind by its name, in the order of their registration."""
    return dict(_kinds)


def choices(chosen: dict[str, dict[str, bool]]) -> dict[str, dict[str, bool]]:
    """What holds for each kind, given what somebody chose. Choices about kinds that went away are left out."""
    return {name: {**kind.defaults, **chosen.get(name, {})} for name, kind in _kinds.items()}
