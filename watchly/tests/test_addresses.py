"""Addresses of images in documents are absolute: of PUBLIC_URL, else of the host that was asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Profile
from accounts.tests.factories import UserFactory
from movies.models import Movie
from movies.tests.factories import ImageFactory, MovieFactory
from watchly.api import addresses
from watchly.api.addresses import STAND_IN, media_address

pytestmark = pytest.mark.django_db


def with_poster(**facts: Any) -> Movie:
    movie: Movie = MovieFactory.create(**facts)
    Movie.objects.filter(pk=movie.pk).update(poster_path="images/a.webp")
    return movie


def test_an_image_has_the_address_of_the_host_that_was_asked() -> None:
    movie = with_poster()
    ImageFactory.create(movie=movie, kind="backdrop")
    for host in ("localhost", "127.0.0.1:8123"):
        client = Client(headers={"Host": host})
        for path in (f"/api/movies/{movie.pk}", "/api/movies", f"/api/movies/{movie.pk}?expand=images"):
            body = client.get(path).json()
            assert body.get("results", [body])[0]["poster_url"] == f"http://{host}/media/images/a.webp"
        (image,) = client.get(f"/api/movies/{movie.pk}/images").json()["results"]
        assert {each.split("/media/")[0] for each in (image["url"], *image["renditions"].values())} == {
            f"http://{host}"
        }


def test_behind_a_proxy_with_tls_an_image_is_https(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    movie = with_poster()
    body = Client().get(f"/api/movies/{movie.pk}", headers={"Host": "testserver", "X-Forwarded-Proto": "https"}).json()
    assert body["poster_url"] == "https://testserver/media/images/a.webp"


def test_public_url_is_what_addresses_begin_with(settings: Any) -> None:
    settings.PUBLIC_URL, settings.MEDIA_URL = "https://films.example", "/media/"
    assert media_address("a.webp") == "https://films.example/media/a.webp"
    assert addresses.address("/api/me/exports/1/file") == "https://films.example/api/me/exports/1/file"
    settings.MEDIA_URL = "https://cdn.example/m/"
    assert media_address("a.webp") == "https://cdn.example/m/a.webp"


def test_what_was_read_may_be_sent_back(curator: APIClient) -> None:
    movie = with_poster()
    read = curator.get(f"/api/movies/{movie.pk}").json()
    assert curator.put(f"/api/movies/{movie.pk}", read, format="json").status_code == 200
    profile = Profile.objects.create(user=UserFactory.create(), avatar_path="avatars/a.webp")
    own = APIClient()
    own.force_authenticate(profile.user)
    avatar = own.get("/api/me").json()["avatar_url"]
    assert avatar == "http://testserver/media/avatars/a.webp"
    assert own.patch("/api/me", {"avatar_url": avatar, "bio": "A."}, format="json").status_code == 200


def test_no_response_holds_the_stand_in(make_user: Any) -> None:
    admin = make_user(role="admin")
    Profile.objects.create(user=admin, avatar_path="avatars/a.webp")
    movie = with_poster(title="Heat")
    client = APIClient()
    client.force_authenticate(admin)
    client.put(f"/api/movies/{movie.pk}/rating", {"stars": 4}, format="json")
    client.post(f"/api/movies/{movie.pk}/reviews", {"body": "Good."}, format="json")
    client.patch("/api/me", {"top_films": [movie.pk]}, format="json")
    for path in (
        "movies/suggest?q=heat",
        "search?q=heat",
        "me",
        "me/library",
        "me/changes",
        f"users/{admin.username}",
        f"users/{admin.username}/share",
        f"movies/{movie.pk}/share",
        f"movies/{movie.pk}/reviews",
    ):
        content = client.get(f"/api/{path}").content
        assert STAND_IN.encode() not in content, path
        assert b"http://testserver/" in content, path
