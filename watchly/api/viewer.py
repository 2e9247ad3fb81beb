"""What a caller who is signed in sees and asks besides everybody: `expand=me` in documents, `status=planned` in lists.

The app that shows the documents does not know who provides it: providers fill these registries in their `apps.py`. A
document stays the same for everybody, and so do the plans of its pages, which are kept: the caller is a parameter of
the statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated

VIEWER = "%(viewer)s"


@dataclass(frozen=True)
class ViewerExpansion:
    """What a viewer may embed in every document of a model: an SQL expression in which `{id}` stands for the id of the
    row and `{viewer}` for that of the caller; its shape, for the documentation."""

    model: str  # "movies.Movie"
    name: str
    sql: str
    output: Callable[[], serializers.Field[Any, Any, Any, Any]]


@dataclass(frozen=True)
class ViewerFilter:
    """What a viewer may narrow every list of a model by. `make` makes the filter, which says what values there are;
    `narrow` takes the rows, the value and the caller's id."""

    model: str
    name: str
    make: Callable[[], filters.Filter]
    narrow: Callable[[QuerySet[Any], Any, int], QuerySet[Any]]


_expansions: dict[tuple[str, str], ViewerExpansion] = {}
_filters: dict[tuple[str, str], ViewerFilter] = {}


def register(*entries: ViewerExpansion | ViewerFilter) -> None:
    """Adds to what there is for a model. Raises ValueError for a name that another has."""
    for entry in entries:
        registry: dict[Any, Any] = _expansions if isinstance(entry, ViewerExpansion) else _filters
        if registry.setdefault((entry.model.lower(), entry.name), entry) != entry:
            raise ValueError(f"There is another {entry.name} for {entry.model}.")


def expansions_of(model: str) -> dict[str, ViewerExpansion]:
    """What viewers may embed in documents of this model ("movies.movie"), by name."""
    return {name: entry for (label, name), entry in _expansions.items() if label == model.lower()}


def filters_of(model: str) -> dict[str, ViewerFilter]:
    """What viewers may narrow lists of this model by, by name."""
    return {name: entry for (label, name), entry in _filters.items() if label == model.lower()}


def viewer_id(request: Any) -> int | None:
    """The caller's id, or None for nobody."""
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def signed_in(viewer: int | None, what: str) -> int:
    """The caller. Raises NotAuthenticated (401) for nobody, and says what it was asked for."""
    if viewer is None:
        raise NotAuthenticated(f"{what} is about the caller: sign in, or leave it out.")
    return viewer
