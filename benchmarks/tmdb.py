"""Made-up films as TMDB's API gives them, with all that is appended, one object a line, compressed.

Nothing in them is TMDB's. The same number of films and the same seed give the same file. A few have a cast of more than
a hundred, as in life, which is what an import's memory is about.
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

from benchmarks.films import SEED, made_up_words

_GENRES = ("Drama", "Comedy", "Western", "Crime", "Horror", "War", "Music", "Science Fiction", "Romance", "Animation")
_COUNTRIES = ("US", "GB", "FR", "IN", "JP", "XC")
_CREW = (
    ("Directing", "Director"),
    ("Writing", "Screenplay"),
    ("Camera", "Director of Photography"),
    ("Sound", "Foley"),
)


def write(folder: Path, *, films: int, seed: int = SEED) -> list[Path]:
    """Writes one file with so many films; returns its path."""
    chance = random.Random(seed)
    words = made_up_words(chance)
    path = folder / "tmdb.ndjson.gz"
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8", newline="\n") as file:
        for number in range(1, films + 1):
            file.write(json.dumps(_film(number, films, chance, words), separators=(",", ":")) + "\n")
    return [path]


def _film(number: int, films: int, chance: random.Random, words: list[str]) -> dict[str, Any]:
    pick, whole = chance.random, chance.choice
    people = max(1000, films * 4 // 5)

    def person() -> dict[str, Any]:
        """Somebody: a few are in many films."""
        who = int(people * pick() ** 2) + 1
        name = f"{words[who % 19_997]} {words[who * 7 % 19_993]}"
        return {"id": who, "name": name, "profile_path": None, "gender": 0, "credit_id": f"{number}-{who}"}

    title = " ".join(chance.choices(words, k=1 + int(4 * pick())))
    year, country = 1895 + int(130 * pick()), whole(_COUNTRIES)
    day = f"{year}-{1 + int(12 * pick()):02d}-{1 + int(28 * pick()):02d}"
    genre = {"id": 1, "name": whole(_GENRES)}
    cast = [{**person(), "character": whole(words), "order": order} for order in range(int(3 / (pick() + 0.02)))]
    crew = [{**person(), "department": part, "job": job} for part, job in _CREW[: 1 + int(4 * pick())]]
    return {
        "adult": False, "id": number, "imdb_id": f"tt{number:07d}" if number % 3 else "", "title": title,
        "original_title": title, "original_language": "en", "overview": " ".join(chance.choices(words, k=30)),
        "tagline": "", "release_date": day if number % 10 else "", "runtime": int(200 * pick()), "status": "Released",
        "budget": 0, "revenue": 0, "popularity": 10 * pick(), "vote_average": 5.0,
        "vote_count": int(1 / (pick() + 1e-4)),
        "poster_path": f"/p{number}.jpg" if number % 4 else None, "backdrop_path": None, "video": False,
        "genres": [genre, {"id": 2, "name": whole(_GENRES)}],
        "production_companies": [{"id": 1, "name": f"{words[int(900 * pick())]} Films", "origin_country": "US"}],
        "production_countries": [{"iso_3166_1": country, "name": country}],
        "spoken_languages": [{"iso_639_1": "en", "name": "English"}],
        "belongs_to_collection": None,
        "credits": {"cast": cast, "crew": crew},
        "keywords": {"keywords": [{"id": 1, "name": words[int(3000 * pick() ** 2)].lower()} for _ in range(3)]},
        "alternative_titles": {"titles": [{"iso_3166_1": "DE", "title": f"Der {title}", "type": ""}]},
        "release_dates": {"results": [{"iso_3166_1": "US", "release_dates": [
            {"certification": "PG", "type": 3, "release_date": f"{day}T00:00:00.000Z", "note": ""}]}]},
        "videos": {"results": [{"key": f"k{number}", "site": "YouTube", "type": "Trailer", "official": True}]},
    }  # fmt: skip
