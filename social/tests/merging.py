"""Two movies become one and two again, as the catalogue tells it: the rows, then the signal, in one transaction."""

from __future__ import annotations

from django.db import transaction

from movies.models import Merge, Movie
from movies.signals import movie_merged, movie_unmerged


@transaction.atomic
def merge(survivor_id: int, merged_id: int) -> Merge:
    """Merges a movie into another."""
    list(Movie.objects.select_for_update().filter(pk__in=[survivor_id, merged_id]).order_by("pk"))
    Movie.objects.filter(pk=merged_id).update(state=Movie.State.MERGED, merged_into=survivor_id)
    made = Merge.objects.create(survivor_id=survivor_id, merged_id=merged_id, state_before=Movie.State.PUBLISHED)
    movie_merged.send(sender=Movie, merge_id=made.pk, survivor_id=survivor_id, merged_id=merged_id)
    return made


@transaction.atomic
def unmerge(made: Merge) -> None:
    """Undoes a merge."""
    Movie.objects.filter(pk=made.merged_id).update(state=made.state_before, merged_into=None)
    movie_unmerged.send(sender=Movie, merge_id=made.pk, survivor_id=made.survivor_id, merged_id=made.merged_id)
    made.delete()
