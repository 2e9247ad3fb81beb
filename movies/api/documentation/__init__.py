"""What each operation of the catalogue does, in words and examples."""

from movies.api.documentation import imports, merging, movies, parts, people, suggestions, writing

__all__ = ["imports", "merging", "movies", "parts", "people", "suggestions", "writing"]
