"""Many movies at once: all or nothing, or each for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from movies.services.movies import create_movie, update_movie
from movies.services.publishing import withdraw_movie
from watchly.common.errors import Conflict, Gone, NotFound, RuleViolation, WatchlyError
from watchly.common.references import referred

MOST_ITEMS = 500


@dataclass(frozen=True)
class BulkItem:
    """One thing to do: create, update or delete (which withdraws)."""

    op: str
    movie_id: int | None = None
    version: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


class ItemRefused(Exception):
    """An item of an atomic call was refused, so nothing was done."""

    def __init__(self, index: int, error: WatchlyError) -> None:
        super().__init__(f"item {index}: {error.detail}")
        self.index, self.error = index, error


@transaction.atomic
def apply_all(*, items: Sequence[BulkItem]) -> list[int]:
    """Does everything and returns the movies' ids, or raises ItemRefused and does nothing."""
    done = []
    for index, item in enumerate(items):
        try:
            done.append(_apply(item))
        except WatchlyError as error:
            raise ItemRefused(index, error) from error
    return done


def apply_each(*, items: Sequence[BulkItem | None]) -> list[int | WatchlyError | None]:
    """Does what can be done.

    An item's place in the answer holds the movie's id or why it was refused, and None where there was no item.
    """
    results: list[int | WatchlyError | None] = []
    for item in items:
        if item is None:
            results.append(None)
            continue
        try:
            with transaction.atomic():
                results.append(_apply(item))
        except WatchlyError as error:
            results.append(error)
    return results


@contextmanager
def named_by_item() -> Iterator[None]:
    """Points refusals of the movie at the item's id, which is the address of what the item does.

    So a missing movie stays NotFound and a withdrawn one Gone; a merged one becomes Conflict with the survivor's id.
    """
    try:
        with referred("/id"):
            yield
    except (Conflict, RuleViolation) as refusal:
        if isinstance(refusal.__cause__, (Gone, NotFound)):
            raise type(refusal.__cause__)(refusal.__cause__.detail, errors=refusal.errors) from refusal
        raise


def _apply(item: BulkItem) -> int:
    if item.op == "create":
        return create_movie(values=item.values).pk
    movie_id = item.movie_id or 0
    with named_by_item():
        if item.op == "update":
            return update_movie(movie_id=movie_id, values=item.values, expected_version=item.version).pk
        withdraw_movie(movie_id=movie_id, reason="Withdrawn through the API.", expected_version=item.version)
    return movie_id
