"""Reading the catalogue: shapes, filters, orderings, pages, conditional requests."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from movies.models import CatalogueCount, Movie
from movies.services.figures import bump
from movies.tests.factories import (
    CreditFactory,
    GenreFactory,
    ImageFactory,
    MovieFactory,
    PersonFactory,
    TagFactory,
    VideoFactory,
)

pytestmark = pytest.mark.django_db


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [movie["id"] for movie in response.json()["results"]]


@pytest.fixture(autouse=True)
def _fresh_plans() -> None:
    from watchly.api.views import DocumentViewSet

    DocumentViewSet.plans.clear()
    cache.clear()


def test_a_page_has_the_shape_of_the_contract(anyone: APIClient) -> None:
    MovieFactory.create_batch(3)
    bump(name=CatalogueCount.PUBLISHED_MOVIES, by=3)
    body = anyone.get("/api/movies", {"page_size": 2}).json()
    assert list(body) == ["count", "count_exact", "next", "previous", "results"]
    assert (body["count"], body["count_exact"], body["previous"], len(body["results"])) == (3, True, None, 2)
    assert anyone.get(body["next"]).json()["next"] is None


def test_a_document_has_every_field_of_the_contract_and_null_for_what_is_not_known(anyone: APIClient) -> None:
    movie = MovieFactory.create(year=None)
    body = anyone.get(f"/api/movies/{movie.pk}").json()
    assert {
        "id", "slug", "title", "original_title", "year", "release_date", "runtime", "overview", "tagline",
        "original_language", "countries", "genres", "tags", "directors", "poster_url", "backdrop_url", "trailer_url",
        "imdb_id", "tmdb_id", "release_status", "rating_average", "rating_count", "popularity", "created_at",
        "updated_at",
    } <= set(body)  # fmt: skip
    for name in (
        "original_title",
        "year",
        "release_date",
        "runtime",
        "overview",
        "poster_url",
        "trailer_url",
        "rating_average",
    ):
        assert body[name] is None, name


def test_fields_picks_and_expand_embeds(anyone: APIClient) -> None:
    director = PersonFactory.create(name="Agnès Varda")
    movie = MovieFactory.create(title="Cléo", directors=[director])
    VideoFactory.create(movie=movie)
    body = anyone.get(
        f"/api/movies/{movie.pk}", {"fields": "id,title", "expand": "credits,videos,awards,collection"}
    ).json()
    assert list(body) == ["id", "title", "credits", "videos", "awards", "collection"]
    assert body["credits"][0]["person"] == {"id": director.pk, "name": "Agnès Varda"}
    assert body["videos"][0]["url"].startswith("https://www.youtube.com/watch?v=")
    assert (body["awards"], body["collection"]) == ([], None)


@pytest.mark.parametrize(
    ("query", "parameter", "nearest"),
    [
        ("gnre=x", "gnre", "genre"),
        ("fields=titel", "fields", "title"),
        ("expand=credit", "expand", "credits"),
        ("ordering=nwest", "ordering", "newest"),
        ("page_size=101", "page_size", "100"),
        ("page=0", "page", "1"),
        ("year=19x5", "year", "number"),
        ("rating_min=6", "rating_min", "5"),
        ("release_status=out", "release_status", "out"),
        ("year=1995&year=1996", "year", "once"),
        ("person=99999999999999999999", "person", ""),
        ("search=%00", "search", ""),
    ],
)
def test_a_wrong_parameter_is_named_with_what_would_be_right(
    anyone: APIClient, query: str, parameter: str, nearest: str
) -> None:
    response = anyone.get(f"/api/movies?{query}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/{parameter}"
    assert nearest in error["detail"]


def test_genres_must_all_match(anyone: APIClient) -> None:
    crime, drama = GenreFactory.create(name="Crime"), GenreFactory.create(name="Drama")
    both = MovieFactory.create(genres=[crime, drama])
    MovieFactory.create(genres=[crime])
    assert ids(anyone.get("/api/movies?genre=crime&genre=drama")) == [both.pk]
    assert len(ids(anyone.get("/api/movies?genre=crime"))) == 2
    assert ids(anyone.get("/api/movies?genre=western")) == []


def test_a_genre_made_after_it_was_asked_for_is_found(anyone: APIClient) -> None:
    assert ids(anyone.get("/api/movies?genre=western")) == []
    movie = MovieFactory.create(genres=[GenreFactory.create(name="Western")])
    assert ids(anyone.get("/api/movies?genre=western")) == [movie.pk]


def test_every_filter_narrows(anyone: APIClient) -> None:
    person = PersonFactory.create()
    tag = TagFactory.create(name="heist")
    heat = MovieFactory.create(
        title="Heat",
        year=1995,
        runtime=170,
        rating_average="4.20",
        original_language="en",
        countries=["US"],
        release_status="released",
        tags=[tag],
        cast=[person],
    )
    MovieFactory.create(title="Other", year=2020, runtime=60, original_language="fr", countries=["FR"])
    for query in (
        "year=1995", "year_max=2000", "runtime_min=100", "rating_min=4", "language=en", "language=English",
        "country=US", "country=United%20States", "release_status=released", "tag=heist", f"person={person.pk}",
        "search=heat", "year_min=1990&year_max=1999&runtime_max=180",
    ):  # fmt: skip
        assert ids(anyone.get(f"/api/movies?{query}")) == [heat.pk], query
    assert ids(anyone.get("/api/movies?year_min=1996")) != [heat.pk]
    assert ids(anyone.get("/api/movies?year=1995&language=fr")) == []


def test_what_is_unknown_comes_last_both_ways_and_ties_end_on_id(anyone: APIClient) -> None:
    old = MovieFactory.create(title="A", year=1950, release_date=date(1950, 5, 1), runtime=90, rating_average="2.00")
    new = MovieFactory.create(title="B", year=2010, release_date=date(2010, 5, 1), runtime=120, rating_average="4.00")
    unknown = MovieFactory.create(title="C", year=None)
    twin = MovieFactory.create(title="D", year=None)
    last = [unknown.pk, twin.pk]
    for name, first in (
        ("newest", [new.pk, old.pk]),
        ("-newest", [old.pk, new.pk]),
        ("oldest", [old.pk, new.pk]),
        ("-oldest", [new.pk, old.pk]),
        ("rating", [new.pk, old.pk]),
        ("-rating", [old.pk, new.pk]),
        ("runtime", [old.pk, new.pk]),
        ("-runtime", [new.pk, old.pk]),
        ("year", [old.pk, new.pk]),
        ("-year", [new.pk, old.pk]),
    ):
        assert ids(anyone.get("/api/movies", {"ordering": name})) == first + last, name
    assert ids(anyone.get("/api/movies", {"ordering": "title"})) == [old.pk, new.pk, unknown.pk, twin.pk]
    assert ids(anyone.get("/api/movies", {"ordering": "-title"})) == [twin.pk, unknown.pk, new.pk, old.pk]


def test_a_rating_of_few_ranks_near_the_mean_and_unrated_movies_by_popularity(anyone: APIClient) -> None:
    alone = MovieFactory.create(rating_average="5.00", rating_count=1)
    loved = MovieFactory.create(rating_average="4.50", rating_count=200)
    liked = MovieFactory.create(rating_average="3.60", rating_count=30)
    panned = MovieFactory.create(rating_average="1.00", rating_count=40)
    obscure = MovieFactory.create(popularity=1)
    famous = MovieFactory.create(popularity=9)
    rated = [loved.pk, liked.pk, alone.pk, panned.pk]
    assert ids(anyone.get("/api/movies?ordering=rating")) == [*rated, famous.pk, obscure.pk]
    assert ids(anyone.get("/api/movies?ordering=-rating")) == [*reversed(rated), famous.pk, obscure.pk]


def test_popularity_comes_first_by_default_and_relevance_with_a_search(anyone: APIClient) -> None:
    exact = MovieFactory.create(title="Heat", popularity=1)
    longer = MovieFactory.create(title="Heat of the Sun", popularity=90)
    assert ids(anyone.get("/api/movies")) == [longer.pk, exact.pk]
    assert ids(anyone.get("/api/movies?search=heat")) == [exact.pk, longer.pk]
    assert ids(anyone.get("/api/movies?search=heat&ordering=popularity")) == [longer.pk, exact.pk]


def test_the_count_is_bounded_and_says_so(anyone: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchly.api.pages.COUNTED", 3)
    MovieFactory.create_batch(5, year=1999)
    body = anyone.get("/api/movies?year=1999&page_size=2").json()
    assert (body["count"], body["count_exact"]) == (3, False)
    last = anyone.get("/api/movies?year=1999&page_size=2&page=3").json()
    assert (len(last["results"]), last["next"]) == (1, None)


def test_a_page_past_the_last_is_404(anyone: APIClient) -> None:
    MovieFactory.create()
    assert anyone.get("/api/movies?page=2").status_code == 404


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_takes_one_statement_whatever_its_length(
    anyone: APIClient, count: int, django_assert_num_queries: Any
) -> None:
    genre = GenreFactory.create()
    TagFactory.create(name="x")
    MovieFactory.create_batch(count, genres=[genre], directors=[PersonFactory.create()])
    with django_assert_num_queries(1):
        anyone.get("/api/movies?expand=credits,images,videos,awards")
    with django_assert_num_queries(2):  # the slug's id, then the page
        anyone.get(f"/api/movies?genre={genre.slug}")
    with django_assert_num_queries(2):
        anyone.get("/api/movies?search=movie")
    with django_assert_num_queries(3):
        anyone.get(f"/api/movies?search=movie&genre={genre.slug}&tag=x")


@pytest.mark.parametrize("part", ["credits", "images", "videos", "awards"])
def test_what_hangs_on_a_movie_is_a_page_in_two_statements(
    anyone: APIClient, part: str, django_assert_num_queries: Any
) -> None:
    movie = MovieFactory.create(cast=[PersonFactory.create(), PersonFactory.create()])
    ImageFactory.create(movie=movie)
    VideoFactory.create(movie=movie)
    with django_assert_num_queries(2):
        response = anyone.get(f"/api/movies/{movie.pk}/{part}")
    assert response.status_code == 200
    assert response.json()["count"] == {"credits": 2, "images": 1, "videos": 1, "awards": 0}[part]
    assert anyone.get(f"/api/movies/0/{part}").status_code == 404


def test_a_movie_takes_one_statement(anyone: APIClient, django_assert_num_queries: Any) -> None:
    movie = MovieFactory.create(cast=[PersonFactory.create()])
    with django_assert_num_queries(1):
        assert anyone.get(f"/api/movies/{movie.pk}?expand=credits").status_code == 200
    with django_assert_num_queries(2):
        assert anyone.get(f"/api/movies/{movie.slug}").json()["id"] == movie.pk


def test_lookup_by_an_external_id(anyone: APIClient, django_assert_num_queries: Any) -> None:
    movie = MovieFactory.create(imdb_id="tt0113277", tmdb_id=949)
    with django_assert_num_queries(2):
        assert anyone.get("/api/movies/lookup?imdb_id=tt0113277").json()["id"] == movie.pk
    assert anyone.get("/api/movies/lookup?tmdb_id=949&fields=id").json() == {"id": movie.pk}
    assert anyone.get("/api/movies/lookup?tmdb_id=950").status_code == 404
    assert anyone.get("/api/movies/lookup").status_code == 400
    assert anyone.get("/api/movies/lookup?tmdb_id=99999999999999").status_code == 400


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [("imdb_id", "heat", "tt0113277"), ("imdb_id", "0113277", "tt0113277"), ("wikidata_id", "q1", "Q42198")],
)
def test_an_external_id_that_cannot_be_one_is_told_how_it_looks(
    anyone: APIClient, name: str, value: str, right: str
) -> None:
    answer = anyone.get("/api/movies/lookup", {name: value})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (400, f"/{name}")
    assert right in error["detail"]


def test_a_withdrawn_movie_is_410_a_draft_is_seen_by_curators_alone(anyone: APIClient, curator: APIClient) -> None:
    gone = MovieFactory.create(state=Movie.State.WITHDRAWN)
    draft = MovieFactory.create(state=Movie.State.DRAFT, imdb_id="tt0000001")
    for path in ("", "/credits"):
        assert anyone.get(f"/api/movies/{gone.pk}{path}").status_code == 410
        assert anyone.get(f"/api/movies/{draft.pk}{path}").status_code == 404
        assert curator.get(f"/api/movies/{draft.pk}{path}").status_code == 200
    assert anyone.get("/api/movies/lookup?imdb_id=tt0000001").status_code == 404
    assert ids(anyone.get("/api/movies")) == []


def test_a_merged_movie_redirects_by_its_old_id_and_slug(anyone: APIClient) -> None:
    survivor = MovieFactory.create()
    between = MovieFactory.create(state=Movie.State.MERGED, merged_into=survivor)
    MovieFactory.create(pk=987_654, slug="old-name-1999", state=Movie.State.MERGED, merged_into=between)
    for old in ("987654", "old-name-1999"):
        response = anyone.get(f"/api/movies/{old}?fields=id")
        assert response.status_code == 308
        assert response.headers["Location"] == f"/api/movies/{survivor.pk}?fields=id"


def test_an_unchanged_answer_is_304_and_editorial_writes_alone_raise_the_version(anyone: APIClient) -> None:
    movie = MovieFactory.create()
    for path in (f"/api/movies/{movie.pk}", "/api/movies"):
        tag = anyone.get(path).headers["ETag"]
        assert not tag.startswith("W/")
        again = anyone.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert anyone.get(path, headers={"If-None-Match": tag.replace('"', "", 1)}).status_code == 200
    version, digest = anyone.get(f"/api/movies/{movie.pk}").headers["ETag"].strip('"').split("-")
    Movie.objects.filter(pk=movie.pk).update(rating_count=5)
    after = anyone.get(f"/api/movies/{movie.pk}").headers["ETag"].strip('"').split("-")
    assert after[0] == version
    assert after[1] != digest


def test_a_compressed_answer_has_a_strong_tag_of_its_own(anyone: APIClient) -> None:
    MovieFactory.create_batch(5)
    plain = anyone.get("/api/movies").headers["ETag"]
    packed = anyone.get("/api/movies", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == f'{plain[:-1]}-gz"'
    assert "Accept-Encoding" in packed.headers["Vary"]
    held = anyone.get("/api/movies", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert held.status_code == 304


def test_caches_are_told_who_may_keep_what(anyone: APIClient, alice: APIClient) -> None:
    assert anyone.get("/api/movies").headers["Cache-Control"] == "public, no-cache"
    assert alice.get("/api/movies").headers["Cache-Control"] == "private, no-cache"


def test_a_trailing_slash_and_head_are_accepted(anyone: APIClient) -> None:
    movie = MovieFactory.create()
    assert anyone.get(f"/api/movies/{movie.pk}/").status_code == 200
    assert anyone.get("/api/movies/").status_code == 200
    head = anyone.head(f"/api/movies/{movie.pk}")
    assert (head.status_code, head.content) == (200, b"")


def test_people_and_their_films(anyone: APIClient) -> None:
    person = PersonFactory.create(name="Michael Mann", credit_count=2)
    heat = MovieFactory.create(title="Heat", year=1995)
    thief = MovieFactory.create(title="Thief", year=1981)
    CreditFactory.create(movie=heat, person=person, kind="crew", job="Director")
    CreditFactory.create(movie=thief, person=person, kind="crew", job="Director")
    CreditFactory.create(movie=MovieFactory.create(state="withdrawn"), person=person)
    assert anyone.get(f"/api/people/{person.pk}").json()["name"] == "Michael Mann"
    films = anyone.get(f"/api/people/{person.pk}/credits").json()["results"]
    assert [film["movie"]["title"] for film in films] == ["Heat", "Thief"]
    assert anyone.get("/api/people?search=michael mann").json()["results"][0]["id"] == person.pk
    assert anyone.get("/api/people/0").status_code == anyone.get("/api/people/x").status_code == 404


def test_suggest_as_one_types(anyone: APIClient, django_assert_num_queries: Any) -> None:
    movie = MovieFactory.create(title="Amélie")
    with django_assert_num_queries(2):
        body = anyone.get("/api/movies/suggest?q=amel").json()
    assert [found["id"] for found in body["results"]] == [movie.pk]
    assert anyone.get("/api/movies/suggest").status_code == 400
    assert anyone.get("/api/movies/suggest?q=%20").status_code == 400


def test_genres_and_tags_are_lists_by_name(anyone: APIClient) -> None:
    GenreFactory.create(name="Western")
    GenreFactory.create(name="Crime")
    TagFactory.create(name="heist")
    assert [genre["name"] for genre in anyone.get("/api/genres").json()["results"]] == ["Crime", "Western"]
    assert [tag["slug"] for tag in anyone.get("/api/tags").json()["results"]] == ["heist"]
