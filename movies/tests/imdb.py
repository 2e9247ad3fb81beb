"""Tables as IMDb gives them, written by hand with every trap, and imports of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from movies.models import ImportRun, Movie, Person
from movies.services.imports import new_run, run_import
from movies.tests.importing import contents, lay


def tsv(header: str, *rows: str) -> str:
    """A table as IMDb gives it; cells stand here apart by two spaces or more."""
    return "".join("\t".join(cell.strip() for cell in line.split(" | ")) + "\n" for line in (header, *rows))


BASICS = tsv(
    "tconst | titleType | primaryTitle | originalTitle | isAdult | startYear | endYear | runtimeMinutes | genres",
    r"tt0000010 | movie | Heat | Heat | 0 | 1995 | \N | 170 | Crime,Drama,Sci-Fi",
    r'tt0000020 | short | "Quoted" and 3" | "Zitat" | 0 | 1901 | \N | \N | \N',
    r"tt0000030 | tvEpisode | An Episode | An Episode | 0 | 2001 | \N | 40 | Drama",
    r"tt0000040 | movie | For Adults | For Adults | 1 | 1999 | \N | 80 | Adult",
    r"tt0000050 | tvMovie | No Year | No Year | 0 | \N | \N | 0 | \N",
    r"tt0000055 | movie | Bad Year | Bad Year | 0 | MCM | \N | 90 | Drama",
    r"tt0000060 | video | Straight to Tape | Straight to Tape | 0 | 1988 | \N | 90 | Action",
    r"broken | movie | No Id | No Id | 0 | 1990 | \N | 90 | Drama",
    r"tt0000070 | movie | A cell short | 0 | 1990",
    r"tt10000080 | movie | Long Id | Long Id | 0 | 2024 | \N | 100 | Thriller",
)
CREW = tsv(
    "tconst | directors | writers",
    r"tt0000010 | nm0000001 | nm0000001,nm0000002",
    r"tt0000020 | nm0000003 | \N",
    r"tt0000030 | nm0000009 | \N",
    r"tt0000060 | director | \N",
    r"tt0000099 | nm0000001 | \N",
)
PRINCIPALS = tsv(
    "tconst | ordering | nconst | category | job | characters",
    r'tt0000010 | 1 | nm0000004 | actor | \N | ["Lt. Vincent \"V\" Hanna"]',
    r'tt0000010 | 2 | nm0000005 | actor | \N | ["Neil","McCauley"]',
    r"tt0000010 | 3 | nm0000005 | archive_footage | \N | \N",
    r"tt0000010 | 4 | nm0000001 | director | \N | \N",
    r"tt0000010 | 5 | nm0000002 | writer | screenplay | \N",
    r"tt0000010 | 6 | nm0000006 | producer | executive producer | \N",
    r"tt0000010 | 7 | nm0000007 | cinematographer | director of photography | \N",
    r"tt0000010 | 8 | nm0000099 | editor | \N | \N",
    r"tt0000010 | 9 | nm0000008 | stunt_double | \N | \N",
    r'tt0000020 | 1 | nm0000003 | self | \N | ["Self',
    r'tt0000030 | 1 | nm0000009 | actor | \N | ["Nobody"]',
)
AKAS = tsv(
    "titleId | ordering | title | region | language | types | attributes | isOriginalTitle",
    r"tt0000010 | 1 | Heat | \N | \N | original | \N | 1",
    r"tt0000010 | 2 | Fuego contra fuego | ES | es | imdbDisplay | \N | 0",
    r"tt0000010 | 3 | Skhvatka | SUHH | ru | \N | transliterated title | 0",
    r"tt0000010 | 4 | Hot | XWW | qbn | working | \N | 0",
    r"tt0000010 | 5 | Fuego contra fuego | ES | es | dvd | \N | 0",
    r"tt0000020 | 1 | \N | DE | de | \N | \N | 0",
)
RATINGS = tsv(
    "tconst | averageRating | numVotes",
    "tt0000010 | 8.3 | 700000",
    "tt0000030 | 7.0 | 12",
    "tt0000020 | 5.0 | many",
)
NAMES = tsv(
    "nconst | primaryName | birthYear | deathYear | primaryProfession | knownForTitles",
    r"nm0000001 | Michael Mann | 1943 | \N | director | tt0000010",
    r"nm0000002 | Michael Mann | \N | \N | writer | \N",
    r"nm0000003 | Charles Urban | 1867 | 1942 | \N | \N",
    r"nm0000004 | Al Pacino | 1940 | \N | actor | \N",
    r"nm0000005 | Robert De Niro | 1943 | \N | actor | \N",
    r"nm0000006 | Arnon Milchan | about 1944 | \N | producer | \N",
    r"nm0000007 | Dante Spinotti | \N | \N | \N | \N",
    r"nm0000008 | Stunt Double | \N | \N | \N | \N",
    r"nm0000009 | Of An Episode | \N | \N | \N | \N",
    r"nm0000010 | \N | 1950 | \N | \N | \N",
)
FILES = {
    "title.principals.tsv": PRINCIPALS, "title.ratings.tsv": RATINGS, "name.basics.tsv": NAMES,
    "title.akas.tsv": AKAS, "title.crew.tsv": CREW, "title.basics.tsv": BASICS,
}  # fmt: skip


def run_files(folder: Path, files: dict[str, str] | None = None, **options: Any) -> ImportRun:
    """Imports tables together, and returns the run as it ended."""
    paths = [lay(folder, name, content) for name, content in (files or FILES).items()]
    chosen = {name: options.pop(name) for name in ("preview", "update_existing", "options") if name in options}
    return run_import(run=new_run(paths=paths, **chosen), paths=paths, **options)


def catalogue() -> tuple[list[tuple[bytes, Any]], list[Any]]:
    """Films with what no document holds, and people, without the numbers of their rows."""
    films, columns, _ = contents()
    people = Person.objects.values_list("imdb_id", "name", "born", "died", "credit_count")
    return sorted(zip(films.splitlines(), columns, strict=True)), sorted(people)


def heat() -> Movie:
    return Movie.objects.get(imdb_id="tt0000010")


def reported(run: ImportRun) -> set[tuple[str, int, str]]:
    return set(run.rejects.values_list("file", "line", "code"))


KAGGLE = {
    "movies.csv": (
        "imdb_title_id,title,original_title,year,date_published,genre,duration,country,director,votes\r\n"
        'tt0000010,"Heat, the ""film""",Heat,1995,1995-12-15,"Crime, Drama",170,USA,Michael Mann,700000\r\n'
        "tt0000011,Second,Second,TV Movie 2019,,,,,,\r\n"
    ),
    "title_principals.csv": (
        "imdb_title_id,ordering,imdb_name_id,category,job,characters\r\n"
        'tt0000010,1,nm0000004,actor,,"[""Hanna""]"\r\ntt0000010,2.0,nm0000005,actress,,Neil\r\n'
    ),
    "names.csv": (
        "imdb_name_id,name,birth_name,date_of_birth,date_of_death\r\n"
        "nm0000004,Al Pacino,Alfredo Pacino,1940-04-25,\r\nnm0000005,Robert De Niro,,1943.0,\r\n"
    ),
    "ratings.csv": "imdb_title_id,weighted_average_vote,total_votes\r\ntt0000010,8.3,800000.0\r\n",
}
