"""Made-up files like IMDb's: title.basics, ratings, crew, principals, akas and name.basics, sorted by id as theirs are.

Nothing in them is IMDb's. The same number of titles and the same seed give the same files. A few people act in many
films and many in one, as in life; one title in eleven is an episode, which an import passes over.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from benchmarks.films import SEED, made_up_words

HEADERS = {
    "title.basics": "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
    "title.ratings": "tconst averageRating numVotes",
    "title.crew": "tconst directors writers",
    "title.principals": "tconst ordering nconst category job characters",
    "title.akas": "titleId ordering title region language types attributes isOriginalTitle",
    "name.basics": "nconst primaryName birthYear deathYear primaryProfession knownForTitles",
}
_GENRES = ("Drama", "Comedy", "Western", "Crime", "Horror", "War", "Film-Noir", "Musical", "Sci-Fi", "Romance")
_REGIONS = (("FR", "fr"), ("DE", "\\N"), ("SUHH", "ru"), ("XWW", "en"), ("JP", "ja"), ("US", "\\N"))
_BEHIND = ("director", "writer", "producer", "composer", "cinematographer", "editor")


def write(folder: Path, *, titles: int, seed: int = SEED) -> list[Path]:
    """Writes the six files, compressed, with so many films; returns their paths, name.basics last."""
    people = max(1000, titles * 4 // 5)
    chance = random.Random(seed)
    words = made_up_words(chance)
    paths = {name: folder / f"{name}.tsv.gz" for name in HEADERS}
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(gzip.open(path, "wt", compresslevel=1, encoding="utf-8", newline="\n"))
            for name, path in paths.items()
        }
        for name, file in files.items():
            file.write("\t".join(HEADERS[name].split()) + "\n")
        for number, title in enumerate(_ids("tt", titles + titles // 10)):
            _title(files, title, number % 11 == 10, chance, words, people)
        for number, person in enumerate(_ids("nm", people)):
            name = f"{words[number % 19_997]} {words[number * 7 % 19_993]}"
            born = str(1850 + number % 150) if number % 2 else "\\N"
            files["name.basics"].write(f"{person}\t{name}\t{born}\t\\N\tactor\t\\N\n")
    return list(paths.values())


def _ids(letters: str, count: int) -> Iterator[str]:
    """Ids of seven digits, and of eight past ten million, in the order of their letters."""
    yield from sorted(f"{letters}{number:07d}" for number in range(1, count + 1))


def _title(
    files: dict[str, TextIO], title: str, episode: bool, chance: random.Random, words: list[str], people: int
) -> None:
    pick, whole = chance.random, chance.choice

    def person() -> str:
        return f"nm{int(people * pick() ** 2) + 1:07d}"

    name = " ".join(chance.choices(words, k=1 + int(4 * pick())))
    kind = "tvEpisode" if episode else whole(("movie", "movie", "short", "tvMovie"))
    genres = ",".join(sorted({whole(_GENRES) for _ in range(1 + int(3 * pick()))}))
    year = 1895 + int(130 * pick())
    files["title.basics"].write(f"{title}\t{kind}\t{name}\t{name}\t0\t{year}\t\\N\t{1 + int(240 * pick())}\t{genres}\n")
    directors, writers = [person()], [person() for _ in range(int(3 * pick()))]
    files["title.crew"].write(f"{title}\t{directors[0]}\t{','.join(writers) or chr(92) + 'N'}\n")
    cast = dict.fromkeys(person() for _ in range(int(6 * pick())))
    rows = [f'{one}\tactor\t\\N\t["{whole(words)}"]' for one in cast]
    rows += [f"{directors[0]}\tdirector\t\\N\t\\N", *(f"{one}\twriter\t\\N\t\\N" for one in writers[:1])]
    rows += [f"{person()}\t{whole(_BEHIND[2:])}\t\\N\t\\N" for _ in range(int(3 * pick()))]
    files["title.principals"].writelines(f"{title}\t{order}\t{row}\n" for order, row in enumerate(rows, 1))
    akas = [f"{name}\t\\N\t\\N\toriginal\t\\N\t1"]
    for region, language in chance.sample(_REGIONS, int(4 * pick())):
        akas.append(f"{' '.join(chance.choices(words, k=2))}\t{region}\t{language}\timdbDisplay\t\\N\t0")
    files["title.akas"].writelines(f"{title}\t{order}\t{row}\n" for order, row in enumerate(akas, 1))
    if pick() < 0.5:
        files["title.ratings"].write(f"{title}\t{5 + pick():.1f}\t{int(5 / (pick() + 1e-4))}\n")
