"""Two movies become one and two again, as the catalogue does it."""

from __future__ import annotations

from movies.models import Merge
from movies.services.merging import merge_movies, unmerge_movie


def merge(survivor_id: int, merged_id: int) -> Merge:
    """Merges a movie into another."""
    return merge_movies(survivor_id=survivor_id, merged_id=merged_id)


def unmerge(made: Merge) -> None:
    """Undoes a merge."""
    unmerge_movie(merge_id=made.pk)
