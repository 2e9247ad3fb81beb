"""MovieLens: movies and links, alone and together, as CSV and as lines; what it holds beside films is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from movies.importers.movielens import titles
from movies.importers.recognise import Format, recognise
from movies.importers.record import TitleElsewhere
from movies.models import Movie
from movies.services.imports import new_run, run_import
from movies.tests.factories import MovieFactory
from movies.tests.importing import counts, import_file, lay, report, told, versions
from watchly.common.errors import RuleViolation

MOVIES = """movieId,title,genres
1,Toy Story (1995),Adventure|Animation|Children|IMAX
2,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Sci-Fi
3,"Matrix, The (1999) ",Action|Sci-Fi|Thriller
4,Babylon 5,(no genres listed)
5,Toy Story (1995),Animation
6,,Drama
x,Not a Number (1990),Drama
7,Twin of Six (1970),Drama
8,Gone Wrong (1971),Drama
"""
LINKS = """movieId,imdbId,tmdbId
1,0114709,862
2,112682,902.0
3,0133093,
7,0000007,862
8,tt12x,
9,0000009,9
10,,
"""
LINES = (
    "1::Toy Story (1995)::Animation|Children's|Comedy\n"
    "2::Misérables, Les (1998)::Drama\n"
    "3::Face/Off: Part :: Two (1997)::Action\n"
    "rubbish\n"
).encode("latin-1")


@pytest.mark.parametrize(
    ("text", "title", "year", "others"),
    [
        ("Toy Story (1995)", "Toy Story", 1995, []),
        ("  Jumanji (1995)  ", "Jumanji", 1995, []),
        ("Matrix, The (1999) ", "The Matrix", 1999, []),
        ("Babylon 5", "Babylon 5", None, []),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006, []),
        ("Show (2010- )", "Show", 2010, []),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", 1995, ["Se7en"]),
        ("City of Lost Children, The (Cité des enfants perdus, La) (1995)", "The City of Lost Children", 1995,
         ["La Cité des enfants perdus"]),
        ("Eclisse, L' (Eclipse) (1962)", "L'Eclisse", 1962, ["Eclipse"]),
        ("Ring (Ringu) (a.k.a. The Ring) (1998)", "Ring", 1998, ["Ringu", "The Ring"]),
        ("Evangelion: 1.0 You Are (Not) Alone (Evangerion (Jo)) (2007)", "Evangelion: 1.0 You Are (Not) Alone", 2007,
         ["Evangerion (Jo)"]),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009, []),
        ("Birdman: Or (The Unexpected Virtue) (2014)", "Birdman: Or (The Unexpected Virtue)", 2014, []),
        ("Che (Part One) (2008)", "Che (Part One)", 2008, []),
        ("Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly", 1966, []),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", 1968, []),
        ("1984 (1984)", "1984", 1984, []),
        ("(1999)", "(1999)", None, []),
        (")", ")", None, []),
        ("", "", None, []),
    ],
)  # fmt: skip
def test_year_article_and_other_titles_are_taken_out_of_the_title(
    text: str, title: str, year: int | None, others: list[str]
) -> None:
    assert titles(text) == (title, year, others)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("movieId,title,genres\n1,Toy Story (1995),Comedy\n", Format.MOVIELENS),
        ("movieId,imdbId,tmdbId\n1,0114709,862\n", Format.MOVIELENS),
        ("1::Toy Story (1995)::Animation\n2::Jumanji (1995)::Comedy\n", Format.MOVIELENS),
        ("x\n1::Toy Story (1995)::Animation\n", None),
        ("0000008::Edison Kinetoscopic Record of a Sneeze (1894)::Short\n", Format.MOVIETWEETINGS),
        ("12::An Id Cut Short (1894)::Short\n10061::Other (1895)::\n0000010::Lumière (1895)::Short\n",
         Format.MOVIETWEETINGS),
        ("10000008::Ids of Today (2020)::Drama\n", Format.MOVIETWEETINGS),
        ("1::0113277::8::1365029107\n2::0113277::10::1365029108\n", Format.MOVIETWEETINGS),
        ("tconst\ttitleType\tprimaryTitle\n", Format.IMDB),
        ("imdb_id,title,year\ntt0113277,Heat,1995\n", Format.CSV),
    ],
)  # fmt: skip
def test_formats_that_look_alike_are_told_apart_by_what_their_ids_are(content: str, kind: Format | None) -> None:
    if kind is None:
        with pytest.raises(RuleViolation):
            recognise(content.encode())
    else:
        assert recognise(content.encode()) is kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n", "ratings of people"),
        ("userId,movieId,tag,timestamp\n1,2,dark,1112486027\n", "tags of people"),
        ("movieId,tagId,relevance\n1,1,0.025\n", "scores of the tag genome"),
        ("tagId,tag\n1,007\n", "genome tags"),
        ("movie_id,imdb_id,tmdb_id,rating,average_rating,title\n1,1,1,5,3,T\n", "ratings of one person"),
        ("1::1193::5::978300760\n1::661::3::978302109\n", "ratings of MovieLens"),
        ("1::122::4.5::838985046\n", "ratings of MovieLens"),
        ("1::F::1::10::48067\n2::M::56::16::70072\n", "users of MovieLens"),
        ("15::4973::excellent!::1215184630\n20::1747::politics::1188263867\n", "tags of MovieLens"),
    ],
)
def test_what_holds_no_films_is_refused_with_what_is_read(content: str, said: str) -> None:
    with pytest.raises(RuleViolation, match=f"{said}.*links.csv") as refusal:
        recognise(content.encode())
    assert refusal.value.code == "not_films"


@pytest.mark.django_db
def test_movies_and_links_together_make_films_with_ids(tmp_path: Path) -> None:
    paths = [lay(tmp_path, "links.csv", LINKS), lay(tmp_path, "movies.csv", MOVIES)]

    run = run_import(run=new_run(paths=paths), paths=paths)

    assert (counts(run), run.skipped, run.format) == ((6, 0, 0, 5), 1, "movielens")
    assert set(run.rejects.values_list("file", "line", "code")) == {
        ("movies.csv", 6, "repeated"),
        ("movies.csv", 7, "missing"),
        ("movies.csv", 8, "bad_id"),
        ("links.csv", 5, "shared_id"),
        ("links.csv", 6, "bad_id"),
        ("links.csv", 8, "missing"),
    }
    assert list(Movie.objects.order_by("pk").values_list("title", "year", "imdb_id", "tmdb_id", "source")) == [
        ("Toy Story", 1995, "tt0114709", 862, "movielens"),
        ("The City of Lost Children", 1995, "tt0112682", 902, "movielens"),
        ("The Matrix", 1999, "tt0133093", None, "movielens"),
        ("Babylon 5", None, None, None, "movielens"),
        ("Twin of Six", 1970, "tt0000007", None, "movielens"),
        ("Gone Wrong", 1971, None, None, "movielens"),
    ]
    toys, lost = (told(movie) for movie in Movie.objects.order_by("pk")[:2])
    assert (toys.genres, toys.tags) == (["Adventure", "Animated", "Children"], ["IMAX"])
    assert lost.alternative_titles == [TitleElsewhere("La Cité des enfants perdus")]
    before = versions()
    for update in (False, True):
        again = run_import(run=new_run(paths=paths, update_existing=update), paths=paths)
        assert counts(again) == (0, 0, 6, 5)
    assert versions() == before


@pytest.mark.django_db
def test_links_alone_give_films_that_are_held_the_id_that_they_lack(tmp_path: Path) -> None:
    by_imdb = MovieFactory.create(imdb_id="tt0114709", source="imdb")
    by_tmdb = MovieFactory.create(tmdb_id=902, source="wikipedia")

    run = import_file(lay(tmp_path, "links.csv", LINKS), update=True)

    assert (counts(run), run.skipped) == ((0, 2, 0, 2), 3)
    by_imdb.refresh_from_db()
    by_tmdb.refresh_from_db()
    assert (by_imdb.tmdb_id, by_tmdb.imdb_id) == (862, "tt0112682")


@pytest.mark.django_db
def test_lines_in_latin_1_are_read_without_a_remark_for_each(tmp_path: Path) -> None:
    run = import_file(lay(tmp_path, "movies.dat", LINES))

    assert (counts(run), report(run)) == ((3, 0, 0, 1), [(4, "bad_line")])
    assert set(Movie.objects.filter(source="movielens").values_list("title", "year")) == {
        ("Toy Story", 1995), ("Les Misérables", 1998), ("Face/Off: Part :: Two", 1997),
    }  # fmt: skip


@pytest.mark.django_db
def test_of_a_whole_set_in_a_zip_the_films_are_read_and_the_rest_is_named(tmp_path: Path) -> None:
    packed = tmp_path / "ml.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ml/ratings.csv", "userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n")
        archive.writestr("ml/README.txt", "Read me\n")
        archive.writestr("ml/movies.csv", MOVIES)
        archive.writestr("ml/links.csv", LINKS)

    run = import_file(packed)

    assert run.created == 6
    assert set(run.rejects.filter(line=1).values_list("file", "code")) == {
        ("ml.zip/ml/ratings.csv", "not_films"), ("ml.zip/ml/README.txt", "unknown_format"),
    }  # fmt: skip
