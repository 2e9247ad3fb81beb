"""A made-up catalogue that is shaped like a real one: real titles first, then titles recombined from their words.

Pure and deterministic: the same seed, count and film lists give the same films, on every machine.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The packaged catalogue: some 84,000 films, in the format of Watchly's own export.
PACKAGED = Path(__file__).resolve().parent.parent / "movies" / "data" / "catalogue.ndjson.gz"

GENRES = (
    "Drama", "Comedy", "Romance", "Western", "Crime", "Action", "Thriller", "Horror", "Musical", "Adventure", "War",
    "Documentary", "Science Fiction", "Mystery", "Noir", "Short", "Animated", "Fantasy", "Biography", "Historical",
    "Sports", "Family", "Superhero", "Satire", "Silent",
)  # fmt: skip
TAGS = 300
# The most productive first, each with the language of its films.
_COUNTRIES = ("US", "GB", "FR", "IN", "DE", "IT", "JP", "ES", "KR", "SE", "BR", "MX", "PL", "DK", "SN")
_LANGUAGES = ("en", "en", "fr", "hi", "de", "it", "ja", "es", "ko", "sv", "pt", "es", "pl", "da", "wo")
_ROMANS = ("II", "III", "IV", "2", "3")


@dataclass(slots=True)
class Film:
    """One film of the catalogue; people, genres and tags are positions in its lists."""

    title: str
    year: int | None
    genres: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    directors: list[int] = field(default_factory=list)
    cast: list[int] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    original_title: str | None = None
    release_date: str | None = None
    runtime: int | None = None
    overview: str | None = None
    tagline: str | None = None
    countries: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    imdb_id: str | None = None
    raters: int = 0
    ratings: int = 0
    stars: int = 0  # sum of half stars
    plays: int = 0
    favorites: int = 0
    state: str = "published"

    @property
    def popularity(self) -> float:
        """As movies.services.figures counts it, without nominations; each rating is one user's."""
        tracked = self.ratings + self.favorites
        return round(math.log(1 + self.raters) + 2 * math.log(1 + tracked**2 / (tracked + 10)), 4)


def real_films() -> list[dict[str, Any]]:
    """The films of the packaged catalogue, in its order."""
    with gzip.open(PACKAGED, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _cast(row: dict[str, Any]) -> list[str]:
    return [part if isinstance(part, str) else part["name"] for part in row.get("cast", ())]


class Catalogue:
    """`count` films with their people, made one at a time by `films()`; `people` is complete from the start."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self._random = random.Random(seed)
        real = real_films()
        self._random.shuffle(real)
        self._real = real[:count]
        self._titles = [film["title"] for film in real]
        self._words = [title.split() for title in self._titles]
        words = {word.strip(".,!?:;\"'()[]") for words in self._words for word in words}
        self._vocabulary = sorted(word for word in words if len(word) > 3)
        self._used: set[str] = set()
        names = dict.fromkeys(name for film in self._real for name in (*_cast(film), *film.get("directors", ())))
        self._position = {name: position for position, name in enumerate(names)}
        self.people = [*names, *self._invented_names(list(names), max(count * 3 // 4 - len(names), 0))]
        self._fame = list(range(len(self.people)))
        self._random.shuffle(self._fame)
        self._sentences = [f"{self._spliced()} {self._spliced().lower()}." for _ in range(5_000)]
        self._genre = {name: position for position, name in enumerate(GENRES)}

    def films(self) -> Iterator[Film]:
        """The films, real ones scattered among the rest."""
        chance, left, real = self._random, self.count, iter(self._real)
        real_left = len(self._real)
        while left:
            if chance.random() < real_left / left:
                film, real_left = self._real_film(next(real)), real_left - 1
            else:
                film = self._invented_film()
            left -= 1
            self._complete(film)
            yield film

    def _invented_names(self, names: list[str], count: int) -> list[str]:
        parts = [name.split() for name in names if " " in name] or [["Ada", "Lovelace"]]
        pick = self._random.choice
        return [f"{pick(parts)[0]} {pick(parts)[-1]}" for _ in range(count)]

    def _real_film(self, row: dict[str, Any]) -> Film:
        film = Film(row["title"][:500], row["year"])
        film.genres = [self._genre[genre] for genre in row.get("genres", ()) if genre in self._genre]
        film.cast = [self._position[name] for name in dict.fromkeys(_cast(row))]
        film.directors = [self._position[name] for name in dict.fromkeys(row.get("directors", ()))]
        film.release_date, film.runtime, film.imdb_id = row.get("release_date"), row.get("runtime"), row.get("imdb_id")
        film.countries, film.languages = row.get("countries", []), row.get("languages", [])
        # As many raters elsewhere as give the popularity that the catalogue starts the movie with.
        film.raters = round(math.expm1(row.get("popularity_seed", 0)))
        self._used.add(film.title)
        return film

    def _invented_film(self) -> Film:
        chance = self._random
        film = Film(self._invented_title(), min(2026, 1894 + int(132 * chance.random() ** 0.6)))
        if chance.random() < 0.01:
            film.year = None
        film.cast = self._some_people(chance.choice((0, 0, 2, 3, 4, 5, 6, 8, 12)))
        film.directors = self._some_people(chance.choice((0, 1, 1, 1, 1, 2)))
        if chance.random() < 0.8:
            film.runtime = max(1, round(chance.gauss(95, 25))) if chance.random() < 0.85 else chance.randint(1, 40)
        if chance.random() < 0.85:
            place = min(int(chance.expovariate(0.3)), len(_COUNTRIES) - 1)
            film.countries = [_COUNTRIES[place], *((_COUNTRIES[0],) if place and chance.random() < 0.1 else ())]
            film.languages = [_LANGUAGES[place]]
        if film.year and chance.random() < 0.6:
            film.release_date = f"{film.year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        if chance.random() < 0.12:
            film.original_title = self._spliced()
        return film

    def _some_people(self, count: int) -> list[int]:
        """Different people, a few of them in very many films."""
        size, chance = len(self.people), self._random.random
        return list(dict.fromkeys(self._fame[int(size * chance() ** 2.5)] for _ in range(count)))

    def _invented_title(self) -> str:
        chance = self._random
        if chance.random() < 0.05:
            return chance.choice(self._titles)  # one of the many films of the same title
        for _ in range(20):
            kind = chance.random()
            if kind < 0.10:
                title = chance.choice(self._vocabulary)
            elif kind < 0.15:
                title = f"{chance.choice(self._titles)} {chance.choice(_ROMANS)}"
            elif kind < 0.20:
                title = f"The {chance.choice(self._vocabulary)}"
            else:
                title = self._spliced()
            if title and title not in self._used:
                self._used.add(title)
                return title
        return f"{self._spliced()} {len(self._used)}"

    def _spliced(self) -> str:
        """The beginning of one title with the end of another: as frequent words are frequent here too."""
        chance = self._random
        first, second = chance.choice(self._words), chance.choice(self._words)
        head, tail = first[: max(1, len(first) // 2)], second[len(second) // 2 :]
        return " ".join([*head, *tail])[:200]

    def _complete(self, film: Film) -> None:
        """What the lists do not know; much of it stays unknown."""
        chance = self._random
        if not film.genres and chance.random() < 0.75:
            genres = {min(int(chance.expovariate(0.2)), len(GENRES) - 2) for _ in range(chance.choice((1, 1, 2, 3)))}
            film.genres = sorted(genres)
        silent = self._genre["Silent"]
        if film.year is None or film.year >= 1930:
            film.genres = [genre for genre in film.genres if genre != silent]
        elif silent not in film.genres and chance.random() < 0.7:
            film.genres.append(silent)
        if chance.random() < 0.35:
            film.tags = sorted({int(TAGS * chance.random() ** 3) for _ in range(chance.randint(1, 6))})
        if chance.random() < 0.6:
            film.overview = " ".join(chance.choices(self._sentences, k=chance.randint(2, 10)))
        if chance.random() < 0.15:
            film.tagline = self._spliced()
        if chance.random() < 0.08:
            film.alternatives = list(dict.fromkeys(self._spliced() for _ in range(chance.randint(1, 3))))
        self._complete_figures(film)
        state = chance.random()
        film.state = "draft" if state < 0.005 else "withdrawn" if state < 0.01 else "published"

    def _complete_figures(self, film: Film) -> None:
        """Most films are known to few, a few to almost everybody (Pareto)."""
        chance = self._random
        if not film.raters and chance.random() < 0.5:
            film.raters = min(int(chance.paretovariate(0.7)), 3_000_000)
        if chance.random() < 0.15:
            film.ratings = min(int(chance.paretovariate(0.9)), 50_000)
            mean = min(max(chance.gauss(6.4, 1.3), 1), 10)
            film.stars = min(max(round(mean * film.ratings), film.ratings), 10 * film.ratings)
            film.plays = film.ratings + int(film.ratings * chance.random() * 2)
            film.favorites = int(film.ratings * chance.random() * 0.2)
