"""What each operation of the catalogue does, in words and examples."""

from movies.api.documentation import curation, imports, movies, parts, people, suggestions, writing

__all__ = ["curation", "imports", "movies", "parts", "people", "suggestions", "writing"]
