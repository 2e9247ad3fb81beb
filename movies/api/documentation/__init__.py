"""What each operation of the catalogue does, in words and examples."""

from movies.api.documentation import (
    curation,
    imports,
    merging,
    movies,
    parts,
    people,
    people_merging,
    provider,
    suggestions,
    writing,
)

__all__ = [
    "curation",
    "imports",
    "merging",
    "movies",
    "parts",
    "people",
    "people_merging",
    "provider",
    "suggestions",
    "writing",
]
