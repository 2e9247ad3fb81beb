"""Writing the catalogue over HTTP: who may, what is refused, what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.models import CatalogueCount, Movie, Person
from movies.tests.factories import GenreFactory, MovieFactory

pytestmark = pytest.mark.django_db


def published() -> int:
    return (
        CatalogueCount.objects.filter(name=CatalogueCount.PUBLISHED_MOVIES).values_list("value", flat=True).first() or 0
    )


def pointers(response: Any) -> list[str]:
    return [error["pointer"] for error in response.json()["errors"]]


HEAT = {
    "title": "Heat",
    "year": 1995,
    "release_date": "1995-12-15",
    "runtime": 170,
    "original_language": "en",
    "countries": ["US"],
    "imdb_id": "tt0113277",
    "tmdb_id": 949,
    "release_status": "released",
    "genres": ["crime"],
    "tags": ["Bank heist"],
    "directors": ["Michael Mann"],
    "companies": ["Regency"],
    "collection": "Michael Mann's Los Angeles",
    "alternative_titles": [{"title": "Fuego contra fuego", "country": "ES", "language": "es"}],
    "release_dates": [{"country": "US", "kind": "theatrical", "date": "1995-12-15", "certification": "R"}],
    "awards": [{"award": "Golden Ram", "category": "Sound", "won": True, "people": ["A B"]}],
    "videos": [{"provider": "youtube", "key": "2GfZl4kuVNI", "official": True}],
}


def test_a_movie_is_created_with_everything_that_hangs_on_it(curator: APIClient) -> None:
    GenreFactory.create(name="Crime")
    response = curator.post("/api/movies", HEAT)
    assert response.status_code == 201, response.content
    body = response.json()
    assert response.headers["Location"] == f"/api/movies/{body['id']}"
    assert body["slug"] == "heat-1995"
    assert [genre["slug"] for genre in body["genres"]] == ["crime"]
    assert [tag["slug"] for tag in body["tags"]] == ["bank-heist"]
    assert [person["name"] for person in body["directors"]] == ["Michael Mann"]
    assert body["trailer_url"] == "https://www.youtube.com/watch?v=2GfZl4kuVNI"
    everything = curator.get(
        f"/api/movies/{body['id']}?expand=credits,awards,alternative_titles,release_dates,companies,collection"
    ).json()
    assert everything["collection"]["name"] == "Michael Mann's Los Angeles"
    assert everything["alternative_titles"][0]["title"] == "Fuego contra fuego"
    assert everything["release_dates"][0]["certification"] == "R"
    assert everything["awards"][0]["people"] == ["A B"]
    assert (published(), Person.objects.get().credit_count) == (1, 1)
    assert [movie["id"] for movie in curator.get("/api/movies?genre=crime&tag=bank-heist").json()["results"]] == [
        body["id"]
    ]


def test_what_was_read_can_be_sent_back(curator: APIClient) -> None:
    GenreFactory.create(name="Crime")
    made = curator.post("/api/movies", HEAT).json()
    response = curator.put(f"/api/movies/{made['id']}", made)
    assert response.status_code == 200, response.content
    assert response.json() == made


def test_put_forgets_what_is_left_out_and_patch_keeps_it(curator: APIClient) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, runtime=170)
    patched = curator.patch(f"/api/movies/{movie.pk}", {"tagline": "A Los Angeles crime saga"}).json()
    assert (patched["runtime"], patched["tagline"]) == (170, "A Los Angeles crime saga")
    put = curator.put(f"/api/movies/{movie.pk}", {"title": "Heat"}).json()
    assert (put["runtime"], put["tagline"], put["year"]) == (None, None, None)


def test_an_edit_raises_the_version_once_and_locks_what_it_touched(curator: APIClient) -> None:
    movie = MovieFactory.create(title="Heat", year=1995)
    tag = curator.get(f"/api/movies/{movie.pk}").headers["ETag"]
    response = curator.patch(f"/api/movies/{movie.pk}", {"runtime": 170, "year": 1995}, headers={"If-Match": tag})
    assert response.headers["ETag"].startswith('"2-')
    movie.refresh_from_db()
    assert (movie.version, movie.locked_fields) == (2, ["runtime"])
    assert curator.patch(f"/api/movies/{movie.pk}", {"runtime": 170}).headers["ETag"].startswith('"2-')


def test_a_stale_if_match_is_412_and_changes_nothing(curator: APIClient) -> None:
    movie = MovieFactory.create(runtime=100)
    tag = curator.get(f"/api/movies/{movie.pk}").headers["ETag"]
    curator.patch(f"/api/movies/{movie.pk}", {"runtime": 101})
    for method, data in (("patch", {"runtime": 102}), ("put", {"title": "X"}), ("delete", None)):
        response = getattr(curator, method)(f"/api/movies/{movie.pk}", data, headers={"If-Match": tag})
        assert (response.status_code, response.json()["code"]) == (412, "stale_version"), method
    movie.refresh_from_db()
    assert (movie.runtime, movie.state) == (101, "published")
    packed = curator.get(f"/api/movies/{movie.pk}").headers["ETag"].replace('"', "") + "-gz"
    assert (
        curator.patch(f"/api/movies/{movie.pk}", {"runtime": 103}, headers={"If-Match": f'"{packed}"'}).status_code
        == 200
    )
    assert (
        curator.patch(f"/api/movies/{movie.pk}", {"runtime": 104}, headers={"If-Match": "nonsense"}).status_code == 400
    )


def test_delete_withdraws(curator: APIClient, anyone: APIClient) -> None:
    made = curator.post("/api/movies", {"title": "Heat"}).json()
    assert curator.delete(f"/api/movies/{made['id']}").status_code == 204
    assert anyone.get(f"/api/movies/{made['id']}").status_code == 410
    assert curator.delete(f"/api/movies/{made['id']}").status_code == 410
    assert curator.patch(f"/api/movies/{made['id']}", {"year": 1}).status_code == 410
    assert (Movie.objects.get().state, published()) == ("withdrawn", 0)
    assert anyone.get("/api/movies").json()["count"] == 0


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"titel": "x"}, "/titel", "title"),
        ({"year": "soon"}, "/year", "integer"),
        ({"year": 1492}, "/year", "1870"),
        ({"runtime": 0}, "/runtime", "1"),
        ({"imdb_id": "0113277"}, "/imdb_id", "tt0113277"),
        ({"countries": ["USX"]}, "/countries/0", "Did you mean"),
        ({"genres": ["crme"]}, "/genres/0", "Crime"),
        ({"release_status": "out"}, "/release_status", "out"),
        ({"release_date": "1995-13-01"}, "/release_date", "YYYY-MM-DD"),
        ({"release_date": "1970-01-01", "year": 1995}, "/release_date", "5 years"),
        ({"title": ""}, "/title", "blank"),
        ({"title": "a\x00b"}, "/title", "Null"),
        ({"title": "x" * 501}, "/title", "500"),
        ({"directors": [{"nam": "x"}]}, "/directors/0/nam", "name"),
        ({"credits": [{"person": "A", "kind": "crew"}]}, "/credits/0/job", "job"),
        ({"videos": [{"provider": "youtube", "key": "../x"}]}, "/videos/0/key", ""),
        ({"id": 5}, "/id", "server"),
        ({"is_staff": True}, "/is_staff", ""),
        ({"rating_average": 5}, "/rating_average", "server"),
        ({"year": "1995"}, "/year", "an integer, without quotes"),
        ({"year": True}, "/year", "an integer, without quotes"),
        ({"title": 1917}, "/title", "a text, in quotes"),
        ({"countries": ["FR", 1]}, "/countries/1", "a text, in quotes"),
        ({"videos": [{"provider": "youtube", "key": "abc", "official": "yes"}]}, "/videos/0/official", "true or false"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_made(
    curator: APIClient, change: dict[str, Any], pointer: str, says: str
) -> None:
    GenreFactory.create(name="Crime")
    response = curator.post("/api/movies", {"title": "Heat", **change})
    assert response.status_code == 400, response.content
    assert pointers(response) == [pointer]
    assert says in response.json()["errors"][0]["detail"]
    assert not Movie.objects.exists()


def test_half_a_character_is_refused(curator: APIClient) -> None:
    response = curator.post("/api/movies", rb'{"title": "a\ud800"}', content_type="application/json")
    assert (response.status_code, pointers(response)) == (400, ["/title"])


def test_a_read_only_field_may_be_sent_back_but_not_changed(curator: APIClient) -> None:
    movie = MovieFactory.create()
    assert curator.patch(f"/api/movies/{movie.pk}", {"id": movie.pk, "slug": movie.slug}).status_code == 200
    response = curator.patch(f"/api/movies/{movie.pk}", {"popularity": 99})
    assert (response.status_code, pointers(response)) == (400, ["/popularity"])


def test_an_external_id_belongs_to_one_movie(curator: APIClient) -> None:
    first = MovieFactory.create(imdb_id="tt0113277")
    second = MovieFactory.create()
    for response in (
        curator.post("/api/movies", {"title": "Heat", "imdb_id": "tt0113277"}),
        curator.patch(f"/api/movies/{second.pk}", {"imdb_id": "tt0113277", "runtime": 5}),
    ):
        assert (response.status_code, response.json()["code"], pointers(response)) == (409, "duplicate", ["/imdb_id"])
        assert str(first.pk) in response.json()["detail"]
    second.refresh_from_db()
    assert (Movie.objects.count(), second.runtime) == (2, None)


def test_equal_titles_get_slugs_of_their_own(curator: APIClient) -> None:
    slugs = [curator.post("/api/movies", {"title": "Heat", "year": 1995}).json()["slug"] for _ in range(3)]
    assert slugs == ["heat-1995", "heat-1995-2", "heat-1995-3"]
    assert curator.post("/api/movies", {"title": "羅生門"}).json()["slug"] == "film"


@pytest.mark.parametrize(
    "body", [b"{", b"[1,2]", b'{"title":NaN}', b'{"title":"a","title":"b"}', b"\xff\xfe", b'"x"', b"", b"null"]
)
def test_a_malformed_body_is_400(curator: APIClient, body: bytes) -> None:
    response = curator.post("/api/movies", body, content_type="application/json")
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not Movie.objects.exists()


def test_other_media_types_and_methods_are_refused(curator: APIClient) -> None:
    assert curator.post("/api/movies", "x", content_type="text/plain").status_code == 415
    assert curator.delete("/api/movies").status_code == 405
    assert curator.get("/api/movies", headers={"Accept": "text/csv"}).status_code == 406


def test_a_body_over_the_limit_is_413(curator: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = curator.post("/api/movies", {"title": "Heat", "overview": "x" * 2000})
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_takes_the_curator_role_and_a_refusal_changes_nothing(
    anyone: APIClient, alice: APIClient, method: str
) -> None:
    movie = MovieFactory.create(title="Heat", runtime=100)
    path = "/api/movies" if method == "post" else f"/api/movies/{movie.pk}"
    assert getattr(anyone, method)(path, {"title": "Mine", "runtime": 1}).status_code == 401
    assert getattr(alice, method)(path, {"title": "Mine", "runtime": 1}).status_code == 403
    movie.refresh_from_db()
    assert (movie.title, movie.runtime, movie.state, Movie.objects.count()) == ("Heat", 100, "published", 1)


def test_nobody_in_particular_is_asked_for_a_token(curator: APIClient) -> None:
    response = APIClient().post("/api/movies", {"title": "x"})
    assert (response.status_code, response.headers["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_a_retry_with_the_same_key_replays_the_first_answer(curator: APIClient) -> None:
    key = {"Idempotency-Key": "abc-1"}
    first = curator.post("/api/movies", {"title": "Heat"}, headers=key)
    again = curator.post("/api/movies", {"title": "Heat"}, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    other = curator.post("/api/movies", {"title": "Ronin"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Movie.objects.count() == 1


def test_a_refused_request_does_not_use_its_key_up(curator: APIClient) -> None:
    key = {"Idempotency-Key": "abc-2"}
    assert curator.post("/api/movies", {"title": ""}, headers=key).status_code == 400
    assert curator.post("/api/movies", {"title": "Heat"}, headers=key).status_code == 201


def test_a_form_makes_the_same_movie_as_json(curator: APIClient) -> None:
    GenreFactory.create(name="Crime")
    GenreFactory.create(name="Drama")
    response = curator.post(
        "/api/movies",
        {"title": "Heat", "year": "1995", "genres": ["crime", "drama"], "tagline": "", "directors": ["Michael Mann"]},
        format="multipart",
    )
    assert response.status_code == 201, response.content
    body = response.json()
    assert ([genre["slug"] for genre in body["genres"]], body["year"], body["tagline"]) == (
        ["crime", "drama"],
        1995,
        None,
    )
