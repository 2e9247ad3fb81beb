"""What each operation of the catalogue does, in words and examples."""

from movies.api.documentation import imports, movies, parts, people, provider, suggestions, writing

__all__ = ["imports", "movies", "parts", "people", "provider", "suggestions", "writing"]
