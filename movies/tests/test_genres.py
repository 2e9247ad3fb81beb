"""Genres are a closed vocabulary: any word for one is it, several in one text are split, others are suggestions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.forms import modelform_factory
from rest_framework.test import APIClient

from movies.admin.import_run import UploadForm
from movies.admin.vocabulary import GenreForm
from movies.definition.genres import STANDARD, Vocabulary, genre_key
from movies.models import Genre, Movie
from movies.tests.factories import GenreFactory, MovieFactory, TagFactory
from movies.tests.importing import import_file, lay, report

NAMES = Vocabulary.of(["Science Fiction", "Sport", "Dogme 95"])


@pytest.mark.parametrize(
    ("written", "genre"),
    [
        ("Sci-Fi", "Science Fiction"), ("sci fi", "Science Fiction"), ("SCIFI", "Science Fiction"),
        ("science-fiction", "Science Fiction"), ("Animation", "Animated"), ("history", "Historical"),
        ("film noir", "Noir"), ("Sports", "Sport"), ("dogme-95", "Dogme 95"), ("Ｄｒａｍａ", "Drama"),
        ("Dramma", None), ("Drama, Crime", None), ("", None),
    ],
)  # fmt: skip
def test_any_word_for_a_genre_is_it(written: str, genre: str | None) -> None:
    assert NAMES.find(written) == genre


@pytest.mark.parametrize(
    ("written", "genres", "missing"),
    [
        ("Drama, Crime", ["Drama", "Crime"], []),
        ("Action & Adventure", ["Action", "Adventure"], []),
        ("Drama/Sci-Fi; and War", ["Drama", "Science Fiction", "War"], []),
        ("Drama, Dramma", ["Drama"], ["Dramma"]),
        ("Rock and Roll", [], ["Rock", "Roll"]),
        ("Dramma", [], ["Dramma"]),
    ],
)
def test_several_genres_in_one_text_are_split(written: str, genres: list[str], missing: list[str]) -> None:
    assert NAMES.split(written) == (genres, missing)


def test_the_standard_genres_are_all_different() -> None:
    assert len({genre_key(name) for name in STANDARD}) == len(STANDARD)
    assert [Vocabulary.of(()).find(name) for name in STANDARD] == list(STANDARD)


CSV = 'title,year,genres\nHeat,1995,"Drama, Crime"\nRonin,1998,Dramma|sci fi\nAlien,1979,Sci-Fi\nBrazil,1985,Dramma\n'
TOLD = [(2, "split_genre"), (3, "unknown_genre")]


def _genres() -> dict[str, list[str]]:
    return {
        movie.title: sorted(genre.name for genre in movie.genres.all())
        for movie in Movie.objects.prefetch_related("genres")
    }


@pytest.mark.django_db
def test_an_import_leaves_unknown_genres_out_and_says_so_in_the_preview(tmp_path: Path) -> None:
    path = lay(tmp_path, "movies.csv", CSV)

    preview, run = import_file(path, preview=True), import_file(path)

    assert report(preview) == report(run) == TOLD
    (unknown,) = run.rejects.filter(code="unknown_genre")
    assert "'Dramma' is not a genre. Did you mean Drama?" in unknown.detail
    assert "In 2 rows." in unknown.detail
    assert _genres() == {
        "Heat": ["Crime", "Drama"], "Ronin": ["Science Fiction"], "Alien": ["Science Fiction"], "Brazil": [],
    }  # fmt: skip
    assert set(Genre.objects.values_list("slug", flat=True)) == {"crime", "drama", "science-fiction"}


@pytest.mark.django_db
def test_an_import_adds_genres_on_request_alone(tmp_path: Path) -> None:
    path = lay(tmp_path, "movies.csv", CSV)

    call_command("import_movies", str(path), "--create-genres", stdout=io.StringIO(), stderr=io.StringIO())
    call_command("import_movies", str(path), "--update-existing", stdout=io.StringIO(), stderr=io.StringIO())

    assert _genres()["Ronin"] == ["Dramma", "Science Fiction"]
    assert Genre.objects.filter(slug="dramma").count() == 1


@pytest.mark.django_db
def test_the_api_takes_any_word_for_a_genre_and_adds_none(curator: APIClient) -> None:
    created = curator.post("/api/movies", {"title": "Alien", "genres": ["sci fi", "Film-Noir"]})
    assert [genre["name"] for genre in created.json()["genres"]] == ["Noir", "Science Fiction"]

    for given, hint in (("Dramma", "Did you mean Drama?"), ("Drama, Crime", "give Drama and Crime one by one")):
        refused = curator.post("/api/movies", {"title": "Heat", "genres": [given]})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/genres/0")
        assert hint in refused.json()["errors"][0]["detail"]
    assert Genre.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "genre=sci-fi", "genre=Science%20Fiction", "genre=scifi", "genre=drama,sci-fi", "genre=drama&genre=sci-fi",
        "genre=drama&tag=time-travel,robots", "tag=Time%20Travel&tag=robots",
    ],
)  # fmt: skip
def test_filters_take_other_words_commas_and_repetition(anyone: APIClient, query: str) -> None:
    genres = [GenreFactory.create(name=name) for name in ("Science Fiction", "Drama", "Crime")]
    tags = [TagFactory.create(name=name) for name in ("time travel", "robots")]
    movie = MovieFactory.create(genres=genres[:2], tags=tags)
    MovieFactory.create(genres=genres[2:], tags=tags[:1])

    assert [row["id"] for row in anyone.get(f"/api/movies?{query}").json()["results"]] == [movie.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("genre=dramma", "Did you mean Drama?"),
        ("genre=drama,crme", "Did you mean Crime?"),
        ("tag=robotts", "Did you mean robots?"),
        ("tag=nowhere", "See /api/tags"),
    ],
)
def test_an_unknown_genre_or_tag_is_an_error_with_the_nearest(anyone: APIClient, query: str, hint: str) -> None:
    TagFactory.create(name="robots")

    response = anyone.get(f"/api/movies?{query}")

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, f"/{query.split('=')[0]}")
    assert hint in response.json()["errors"][0]["detail"]


@pytest.mark.django_db
def test_a_standard_genre_that_no_movie_has_finds_nothing(anyone: APIClient) -> None:
    MovieFactory.create()

    assert anyone.get("/api/movies?genre=western").json()["results"] == []


@pytest.mark.django_db
def test_staff_cannot_add_another_word_for_a_genre() -> None:
    genre = GenreFactory.create(name="Science Fiction")

    form = modelform_factory(Genre, form=GenreForm, fields=("name", "slug"))
    assert "Science Fiction" in str(form(data={"name": "Sci Fi", "slug": "sci-fi"}).errors["name"])
    assert form(data={"name": "Science fiction", "slug": "science-fiction"}, instance=genre).is_valid()


@pytest.mark.django_db
def test_the_admin_form_of_an_import_adds_genres_on_request() -> None:
    form: Any = UploadForm()
    assert form.fields["create_genres"].required is False
