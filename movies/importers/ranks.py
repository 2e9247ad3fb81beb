"""Whose word counts more when two sources disagree about a film (docs/adr/0012)."""

from __future__ import annotations

from typing import Final

from movies.models import Movie

Source = Movie.Source
# What people here have looked at stands above what comes from outside; a source that keeps a film's whole record above
# lists of a few fields; then lists that were made to hold ratings. The packaged catalogue is last: it was put together
# from such lists, and every source that is read later is newer. Sources in one line keep the same facts.
_ORDER: Final = (
    (Source.CATALOGUE,),
    (Source.MOVIELENS, Source.MOVIETWEETINGS, Source.SUGGESTION),
    (Source.FACTS, Source.WIKIPEDIA, Source.WIKIDATA),
    (Source.IMDB,),
    (Source.TMDB,),
    (Source.WATCHLY,),
    (Source.STAFF,),
)
RANKS: Final[dict[str, int]] = {str(source): rank for rank, sources in enumerate(_ORDER) for source in sources}


def overrules(source: str, other: str) -> bool:
    """Whether what `source` says takes the place of what `other` has said; a source overrules itself."""
    return RANKS[source] >= RANKS[other]


def outranks(source: str, other: str) -> bool:
    """Whether a film that `source` has changed is its film from then on."""
    return RANKS[source] > RANKS[other]
