"""Two movies beside each other, field by field: what a curator looks at before they become one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from movies.admin.pictures import poster_thumbnail
from movies.models import Award, Credit, Image, Movie, ReleaseDate, Video
from watchly.common.countries import country_name
from watchly.common.languages import language_name

_CAST = 12  # people of the cast by name
_LONGEST = 400  # characters of a text
_COUNTED = {"image_count": Image, "video_count": Video, "award_count": Award, "release_count": ReleaseDate}


@dataclass(frozen=True)
class Line:
    """One field of both, as the page shows it; None for what is not known."""

    label: str
    values: tuple[str | None, str | None]
    differs: bool


def pair_of_movies(ids: Sequence[int]) -> list[Movie]:
    """These two movies with all that the comparison shows, in the order given; fewer if one is not there."""
    counts: dict[str, Any] = {
        name: Coalesce(
            Subquery(
                model._default_manager.filter(movie=OuterRef("pk"))
                .order_by()
                .values("movie")
                .annotate(n=Count("pk"))
                .values("n")
            ),
            0,
        )
        for name, model in _COUNTED.items()
    }
    rows = (
        Movie.objects.filter(pk__in=ids)
        .annotate(**counts)
        .select_related("collection", "figures")
        .prefetch_related("genres", "tags", "companies", "alternative_titles")
    )
    found = {movie.pk: movie for movie in rows}
    return [found[pk] for pk in ids if pk in found]


def posters(movies: Sequence[Movie]) -> list[str | None]:
    """The address of each one's poster, small."""
    return [poster_thumbnail(movie.poster_path) for movie in movies]


def comparison(movies: Sequence[Movie]) -> list[Line]:
    """What is known of the two, the facts first, then what hangs on them."""
    people = _people([movie.pk for movie in movies])
    both = [_facts(movie) | _relations(movie) | people[movie.pk] for movie in movies]
    lines = []
    for label in dict.fromkeys(name for facts in both for name in facts):
        one, other = (_said(facts.get(label)) for facts in both)
        if one or other:
            lines.append(Line(label, (one, other), bool(one and other and one.casefold() != other.casefold())))
    return lines


def _facts(movie: Movie) -> dict[str, Any]:
    return {
        "Title": movie.title,
        "Original title": movie.original_title,
        "Year": movie.year,
        "Release date": movie.release_date,
        "Runtime": f"{movie.runtime} minutes" if movie.runtime else None,
        "Release status": movie.get_release_status_display() if movie.release_status else None,
        "Overview": movie.overview,
        "Overview from": movie.overview_attribution,
        "Tagline": movie.tagline,
        "Original language": language_name(movie.original_language) if movie.original_language else None,
        "Languages": [language_name(code) for code in movie.languages],
        "Countries": [country_name(code) for code in movie.countries],
        "IMDb": movie.imdb_id,
        "TMDB": movie.tmdb_id,
        "Wikidata": movie.wikidata_id,
        "Wikipedia": movie.wikipedia_page,
    }


def _relations(movie: Any) -> dict[str, Any]:
    figures = getattr(movie, "figures", None)
    return {
        "Genres": [genre.name for genre in movie.genres.all()],
        "Tags": [tag.name for tag in movie.tags.all()],
        "Companies": [company.name for company in movie.companies.all()],
        "Collection": movie.collection.name if movie.collection else None,
        "Other titles": list(dict.fromkeys(title.title for title in movie.alternative_titles.all())),
        "Directors": [],
        "Cast": [],
        "Crew": [],
        "Pictures": movie.image_count or None,
        "Videos": movie.video_count or None,
        "Awards": movie.award_count or None,
        "Releases": movie.release_count or None,
        "Ratings here": f"{movie.rating_count:,}" if movie.rating_count else None,
        "Raters elsewhere": f"{figures.known_raters:,}" if figures and figures.known_raters else None,
        "Source": movie.get_source_display(),
        "Locked": [name.replace("_", " ") for name in movie.locked_fields],
    }


def _people(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Directors and the first of the cast by name; the rest is counted."""
    named: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = Credit.objects.filter(movie__in=ids).order_by("position", "pk")
    for movie, kind, job, name in rows.values_list("movie_id", "kind", "job", "person__name"):
        part = "Cast" if kind == Credit.Kind.CAST else "Directors" if job == Credit.DIRECTOR else "Crew"
        named[movie][part].append(name)
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for movie, parts in named.items():
        cast = list(dict.fromkeys(parts["Cast"]))
        found[movie] = {
            "Directors": list(dict.fromkeys(parts["Directors"])),
            "Cast": cast[:_CAST] + ([f"and {len(cast) - _CAST} more"] if len(cast) > _CAST else []),
            "Crew": f"{len(parts['Crew']):,} credits" if parts["Crew"] else None,
        }
    return found


def _said(value: Any) -> str | None:
    if value in (None, "", []):
        return None
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
