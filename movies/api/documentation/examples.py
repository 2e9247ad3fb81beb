"""One film, for every example: Heat, 1995."""

from __future__ import annotations

from typing import Any

_MADE = "2026-01-05T09:30:00.000000Z"
GENRE = {"id": 4, "name": "Crime", "slug": "crime"}
TAG = {"id": 17, "name": "bank heist", "slug": "bank-heist"}
DIRECTOR = {"id": 638, "name": "Michael Mann"}

MOVIE: dict[str, Any] = {
    "id": 949,
    "slug": "heat-1995",
    "title": "Heat",
    "original_title": None,
    "year": 1995,
    "release_date": "1995-12-15",
    "runtime": 170,
    "overview": "A detective of Los Angeles and a thief who leaves nothing to chance come to know each other.",
    "overview_source": "Wikipedia",
    "overview_license": "CC BY-SA 4.0",
    "overview_url": "https://en.wikipedia.org/wiki/Heat_(1995_film)",
    "tagline": "A Los Angeles crime saga",
    "original_language": "en",
    "languages": ["en", "es"],
    "countries": ["US"],
    "genres": [GENRE],
    "tags": [TAG],
    "directors": [DIRECTOR],
    "poster_url": "https://films.example/media/images/7c/7c1f0a9d-w1280.webp",
    "backdrop_url": None,
    "trailer_url": "https://www.youtube.com/watch?v=2GfZl4kuVNI",
    "imdb_id": "tt0113277",
    "tmdb_id": 949,
    "wikidata_id": "Q42198",
    "release_status": "released",
    "rating_average": 4.21,
    "rating_count": 1893,
    "popularity": 71.4,
    "created_at": _MADE,
    "updated_at": _MADE,
}
SUGGESTION = {name: MOVIE[name] for name in ("id", "slug", "title", "original_title", "year", "poster_url")}

CREDIT: dict[str, Any] = {
    "id": 10234,
    "kind": "cast",
    "person": {"id": 380, "name": "Robert De Niro"},
    "character": "Neil McCauley",
    "department": None,
    "job": None,
    "position": 1,
}
IMAGE: dict[str, Any] = {
    "id": 71,
    "kind": "poster",
    "url": "https://films.example/media/images/7c/7c1f0a9d-w1280.webp",
    "width": 1280,
    "height": 1920,
    "renditions": {
        "320": "https://films.example/media/images/7c/7c1f0a9d-w320.webp",
        "1280": "https://films.example/media/images/7c/7c1f0a9d-w1280.webp",
    },
    "language": "en",
    "created_at": _MADE,
}
VIDEO: dict[str, Any] = {
    "id": 12,
    "kind": "trailer",
    "provider": "youtube",
    "key": "2GfZl4kuVNI",
    "url": "https://www.youtube.com/watch?v=2GfZl4kuVNI",
    "name": "Official trailer",
    "official": True,
    "language": "en",
}
AWARD: dict[str, Any] = {
    "id": 5,
    "award": "Saturn Award",
    "ceremony": 22,
    "category": "Best Action or Adventure Film",
    "won": False,
    "people": [],
}
PERSON: dict[str, Any] = {
    "id": 638,
    "name": "Michael Mann",
    "biography": None,
    "born": 1943,
    "died": None,
    "imdb_id": "nm0000520",
    "tmdb_id": 638,
    "credit_count": 14,
    "created_at": _MADE,
    "updated_at": _MADE,
}
PERSON_CREDIT: dict[str, Any] = {
    "id": 10201,
    "kind": "crew",
    "movie": {name: MOVIE[name] for name in ("id", "slug", "title", "year", "poster_url")},
    "character": None,
    "department": "Directing",
    "job": "Director",
    "position": 0,
}
RUN: dict[str, Any] = {
    "id": 7,
    "state": "done",
    "format": "csv",
    "files": ["watched.csv"],
    "preview": False,
    "update_existing": False,
    "progress": 1.0,
    "counts": {
        "rows": 1200,
        "created": 1187,
        "updated": 0,
        "unchanged": 12,
        "skipped": 0,
        "rejected": 1,
        "ambiguous": 0,
    },
    "changes": [],
    "rejects": [
        {
            "file": "watched.csv",
            "line": 311,
            "code": "year",
            "detail": "'19995' is no year: give one from 1870 to 2200.",
            "content": "Heat,19995",
        }
    ],
    "rejects_omitted": 0,
    "error": None,
    "created_at": _MADE,
    "started_at": _MADE,
    "finished_at": _MADE,
}
WAITING: dict[str, Any] = RUN | {
    "state": "pending",
    "format": "auto",
    "progress": 0.0,
    "counts": dict.fromkeys(RUN["counts"], 0),
    "rejects": [],
    "started_at": None,
    "finished_at": None,
}

INPUT: dict[str, Any] = {
    "title": "Heat",
    "year": 1995,
    "release_date": "1995-12-15",
    "runtime": 170,
    "original_language": "en",
    "countries": ["US"],
    "imdb_id": "tt0113277",
    "release_status": "released",
    "genres": ["crime"],
    "tags": ["bank heist"],
    "credits": [
        {"person": "Michael Mann", "kind": "crew", "department": "Directing", "job": "Director"},
        {"person": {"id": 380}, "kind": "cast", "character": "Neil McCauley", "position": 1},
    ],
    "videos": [{"provider": "youtube", "key": "2GfZl4kuVNI", "official": True}],
}
FORM_INPUT: dict[str, Any] = {
    "title": "Heat",
    "year": "1995",
    "runtime": "170",
    "genres": ["crime"],
    "directors": ["Michael Mann"],
}


def page(result: dict[str, Any]) -> dict[str, Any]:
    """A page that holds this one."""
    return {"count": 1, "count_exact": True, "next": None, "previous": None, "results": [result]}
