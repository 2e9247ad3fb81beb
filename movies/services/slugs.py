"""Slugs: the readable part of a movie's address, made once and kept."""

from __future__ import annotations

from movies.definition.slugs import slug_words
from movies.models import Movie

_LONGEST = 120  # leaves room for a year and a number within the column's 140


def slug_base(title: str, year: int | None) -> str:
    """`the-matrix-1999`; a title without a Latin letter or digit gives `film-1999`."""
    words = slug_words(title)[:_LONGEST].strip("-") or "film"
    return f"{words}-{year}" if year else words


def free_slug(title: str, year: int | None) -> str:
    """The base, or the base with the first free number from 2. Racing writers are stopped by the unique constraint."""
    base = slug_base(title, year)
    taken = set(Movie.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
