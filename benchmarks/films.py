"""Made-up films in Watchly's own format, to import."""

from __future__ import annotations

import random
from collections.abc import Iterator

SEED = 20_240_229


def made_up_words(chance: random.Random) -> list[str]:
    """20,000 words to make titles and names of."""
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]
    return ["".join(chance.choices(syllables, k=chance.randint(1, 3))).capitalize() for _ in range(20_000)]


def with_refusals(rows: int) -> Iterator[dict[str, object]]:
    """The same, and after each ten of them two rows to refuse: one by what it holds, one as the movie was there."""
    for number, film in enumerate(films(rows), 1):
        yield film
        if number % 10 == 0:
            yield {**film, "runtime": -1}
            yield {**film, "tagline": "Again."}


def films(rows: int) -> Iterator[dict[str, object]]:
    """Made-up films, the same for the same number: a few known by everybody, many by nobody, as in life."""
    chance = random.Random(SEED)
    words = made_up_words(chance)
    genres = ("Drama", "Comedy", "Western", "Crime", "Horror", "War", "Noir", "Musical", "Short", "Silent", "Romance")
    people = max(1000, rows * 4 // 5)

    def person() -> str:
        number = int(people * chance.random() ** 2)
        return f"{words[number % 19_997]} {words[number * 7 % 19_993]} {words[number // 19_997]}"

    for number in range(rows):
        film: dict[str, object] = {
            "title": " ".join(chance.choices(words, k=chance.randint(1, 4))),
            "year": chance.randint(1895, 2025),
            "runtime": chance.randint(1, 240),
            "countries": chance.sample(("US", "GB", "FR", "IN", "JP", "SU"), chance.randint(1, 2)),
            "languages": ["en"],
            "original_language": "en",
            "genres": chance.sample(genres, chance.randint(0, 3)),
            "directors": [person()],
            "cast": [{"name": person(), "character": chance.choice(words)} for _ in range(chance.randint(0, 9))],
            "wikipedia_page": f"Film {number}",
        }
        if number % 2:
            film["imdb_id"] = f"tt{number:07d}"
            film["known_raters"] = int(1 / (chance.random() + 1e-4))
        if number % 3 == 0:
            film["release_date"] = f"{film['year']}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
            film["overview"] = " ".join(chance.choices(words, k=40))
        if number % 20 == 0:
            film["awards"] = [{"award": "Academy Award", "ceremony": 40, "category": "Writing", "won": True}]
        yield film
