"""Makes what an import wrote findable: counts of credits and the search index, also after a run that broke off."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from movies.importers.loader import Outcome
from movies.importers.locks import ACTIVE
from movies.models import ImportRun
from movies.search import index
from movies.services.figures import refresh_credit_counts

# Up to here the search index and the counts follow row by row, beyond it as a whole.
ONE_BY_ONE = 20_000
_INDEXED_AT_ONCE = 2_000
# In the checkpoint of a run from its first write until all that it wrote is indexed.
UNINDEXED = "unindexed"


@dataclass(slots=True)
class Touched:
    """What this process has written; None once it is more than is followed row by row, or not known."""

    movies: set[int] | None = field(default_factory=set)
    people: set[int] | None = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        """Adds what a batch wrote."""
        for name in ("movies", "people"):
            held = getattr(self, name)
            if held is not None:
                held.update(getattr(outcome, name))
                if len(held) > ONE_BY_ONE:
                    setattr(self, name, None)


def refresh(movies: set[int] | None, people: set[int] | None) -> None:
    """Brings credit counts, then the search index, up to date for these movies and people, or (None) for all."""
    refresh_credit_counts(person_ids=None if people is None else sorted(people))
    if movies is None or people is None:
        index.rebuild()
        return
    for ids, write in ((sorted(movies), index.index_movies), (sorted(people), index.index_people)):
        for start in range(0, len(ids), _INDEXED_AT_ONCE):
            with transaction.atomic():
                write(ids[start : start + _INDEXED_AT_ONCE])


def index_left_behind() -> int:
    """Indexes what runs that failed or were killed have left behind; returns how many names were written.

    Movies and people without a search row are found whoever made them. A run that changed movies and broke off leaves
    rows that are out of date, so after such a run the whole index is compared with the catalogue.
    """
    left = ImportRun.objects.filter(**{f"checkpoint__{UNINDEXED}": True}).exclude(state__in=ACTIVE)
    broken = list(left.values_list("pk", flat=True))
    if not broken:
        return index.index_missing()
    refresh_credit_counts(person_ids=None)
    written = index.rebuild()
    for run in ImportRun.objects.filter(pk__in=broken).exclude(state__in=ACTIVE):
        run.checkpoint.pop(UNINDEXED, None)
        run.save(update_fields=["checkpoint"])
    return written
