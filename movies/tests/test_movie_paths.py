"""Every route below `movies/{id}/`: reads take the slug, writes say to use the id, a 308 keeps the rest of the path.

The routes come from the URL configuration, so a new one is tested from its first day.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient

from movies.models import Movie
from movies.tests.factories import MovieFactory

pytestmark = pytest.mark.django_db
BELOW = "movies/<str:pk>"
# What a request needs besides, by the end of its path.
QUERIES = {"/watch-providers": "?country=DE"}
BODIES: dict[str, Any] = {
    "/merge": {"into": 1},
    "/rating": {"stars": 4},
    "/status": {"status": "watched"},
    "/me": {"note": "Good."},
    "/reviews": {"body": "Good."},
    "/restore": {"reason": "It is back."},
    "": {"title": "Heat"},
}
# They act on the merged movie itself, or on what its merge is; an image is a form (movies/tests/test_images_api.py).
ON_ITSELF = {("post", "/merge"), ("post", "/unmerge"), ("get", "/history"), ("delete", ""), ("post", "/images")}


def routes(method: str) -> list[str]:
    """The ends of the paths that know this method: "/credits", or "" for the movie itself."""
    found = []
    for pattern in _patterns(get_resolver().url_patterns):
        route = str(pattern.pattern).removeprefix("api/")
        if route.startswith(BELOW):
            callback: Any = pattern.callback
            known = getattr(callback, "actions", None)
            if method in known if known is not None else hasattr(callback.view_class, method):
                found.append(route.removeprefix(BELOW).replace("<str:field>", "runtime"))
    return found


def _patterns(patterns: Any) -> list[URLPattern]:
    flat: list[URLPattern] = []
    for each in patterns:
        flat += _patterns(each.url_patterns) if hasattr(each, "url_patterns") else [each]
    return flat


@pytest.fixture
def admin(make_user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(make_user(role="admin"))
    return client


def test_every_read_takes_the_slug(admin: APIClient) -> None:
    movie = MovieFactory.create(slug="heat-1995")
    assert len(routes("get")) >= 14
    for end in routes("get"):
        query = QUERIES.get(end, "")
        by_slug, by_id = (admin.get(f"/api/movies/{name}{end}{query}") for name in ("heat-1995", movie.pk))
        assert (by_slug.status_code, by_id.status_code) == (200, 200), end
        assert by_slug.content == by_id.content, end


def test_an_unknown_slug_is_named(admin: APIClient) -> None:
    for end in routes("get"):
        response = admin.get(f"/api/movies/haet{end}{QUERIES.get(end, '')}")
        assert (response.status_code, response.json()["detail"]) == (404, "There is no movie haet."), end


@pytest.mark.parametrize("method", ["put", "patch", "post", "delete"])
def test_writes_by_slug_say_to_use_the_id(admin: APIClient, method: str) -> None:
    MovieFactory.create(slug="heat-1995")
    for end in routes(method):
        body = BODIES.get(end) if method != "delete" else None
        if (method, end) == ("post", "/images"):
            continue
        response = getattr(admin, method)(f"/api/movies/heat-1995{end}", body, format="json")
        assert (response.status_code, "use the id" in response.json()["detail"]) == (404, True), (end, response.content)


@pytest.mark.parametrize("method", ["get", "put", "patch", "post", "delete"])
def test_a_merged_movie_leads_to_the_same_thing_of_the_survivor(admin: APIClient, method: str) -> None:
    survivor = MovieFactory.create()
    merged = MovieFactory.create(state=Movie.State.MERGED, merged_into=survivor, slug="calor-1995")
    for end in routes(method):
        if (method, end) in ON_ITSELF:
            continue
        query = QUERIES.get(end, "")
        body = BODIES.get(end) if method not in ("get", "delete") else None
        for name in (merged.pk, "calor-1995") if method == "get" else (merged.pk,):
            response = getattr(admin, method)(f"/api/movies/{name}{end}{query}", body, format="json")
            where = f"/api/movies/{survivor.pk}{end}{query}"
            assert (response.status_code, response.headers.get("Location")) == (308, where), (end, response.content)
