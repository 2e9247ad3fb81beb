"""What becomes of libraries when movies are merged, unmerged or withdrawn, and when somebody leaves.

A movie that is withdrawn or restored changes nothing: it stays in every library. One that is purged has nobody who
recorded it, since the foreign keys protect it.
"""

from __future__ import annotations

from typing import Any

from accounts.signals import user_erased
from movies.signals import movie_merged, movie_unmerged
from social.services.entry_merges import merge_entries, unmerge_entries
from social.services.library_figures import withdraw_user
from social.services.plays import forget_companion


def _merged(*, merge_id: int, survivor_id: int, merged_id: int, **kwargs: Any) -> None:
    merge_entries(merge_id=merge_id, survivor_id=survivor_id, merged_id=merged_id)


def _unmerged(*, merge_id: int, survivor_id: int, merged_id: int, **kwargs: Any) -> None:
    unmerge_entries(merge_id=merge_id, survivor_id=survivor_id, merged_id=merged_id)


def _erased(*, user_id: int, **kwargs: Any) -> None:
    withdraw_user(user_id=user_id)
    forget_companion(user_id=user_id)


def connect() -> None:
    """Listens. Once, in the app's `ready()`."""
    movie_merged.connect(_merged, dispatch_uid="social.library")
    movie_unmerged.connect(_unmerged, dispatch_uid="social.library")
    user_erased.connect(_erased, dispatch_uid="social.library")
