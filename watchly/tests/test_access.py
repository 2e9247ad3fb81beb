"""Who may do what: every route and method of the API, for every role. Generated from the URL configuration.

A route or method that the table does not know fails; so does a row about nothing. A refused call changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts.tests.factories import UserFactory
from movies.models import ImportRun
from movies.tests.factories import ImportRunFactory, MovieFactory, PersonFactory
from social.tests.factories import CommentFactory, MovieListFactory, ReviewFactory
from watchly.tests.test_openapi import INTERNAL

# What it runs is measured by the tests of each part, and following every line of it would take a minute.
pytestmark = pytest.mark.no_cover

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROLES = ("anonymous", "user", "curator", "moderator", "admin")

# What is answered, by role in the order above. `ok` is 2xx, `in` a 400 about the (empty) input, so past the permission.
OPEN = "ok ok ok ok ok"
ASKS = "in in in in in"  # open, and wants parameters
CURATES = "401 403 in 403 in"
CURATES_AT_ONCE = "401 403 ok 403 ok"
STAFF_READS = "401 403 ok ok ok"
SIGNED_IN = "401 ok ok ok ok"
SAYS = "401 in in in in"  # of oneself, and wants something to say
OWN = "401 404 404 404 404"  # there for whoever it belongs to, and here it is another's
ANOTHERS = "401 403 403 403 403"  # seen by everybody, and changed by whom it belongs to
OTHER = "somebody"  # whom the paths name
NOT_THERE = "405 or refused"  # whoever may not use the route at all hears that first

ACCESS: dict[str, dict[str, str]] = {
    "api/movies": {"GET": OPEN, "POST": CURATES},
    "api/movies/lookup": {"GET": ASKS},
    "api/movies/suggest": {"GET": ASKS},
    "api/movies/suggestions": {"GET": SIGNED_IN, "POST": "401 in in in in"},
    "api/movies/fetch": {"POST": CURATES},
    "api/movies/bulk": {"POST": CURATES},
    "api/movies/import": {"POST": CURATES},
    "api/movies/<str:pk>": {
        "GET": OPEN,
        "PUT": CURATES,
        "PATCH": CURATES_AT_ONCE,
        "DELETE": CURATES_AT_ONCE,
    },
    "api/movies/<str:pk>/merge": {"POST": CURATES},
    "api/movies/<str:pk>/unmerge": {"POST": "401 403 409 403 409"},
    "api/movies/<str:pk>/credits": {"GET": OPEN},
    "api/movies/<str:pk>/images": {"GET": OPEN, "POST": CURATES},
    "api/movies/<str:pk>/videos": {"GET": OPEN},
    "api/movies/<str:pk>/awards": {"GET": OPEN},
    "api/movies/<str:pk>/history": {"GET": STAFF_READS},
    "api/movies/<str:pk>/locks": {"GET": CURATES_AT_ONCE},
    "api/movies/<str:pk>/locks/<str:field>": {"DELETE": CURATES_AT_ONCE},
    "api/movies/<str:pk>/restore": {"POST": CURATES},
    "api/movies/<str:pk>/watch-providers": {"GET": ASKS},
    "api/movies/<str:pk>/me": {"GET": SIGNED_IN, "PATCH": SAYS},
    "api/movies/<str:pk>/rating": {"PUT": SAYS, "DELETE": SIGNED_IN},
    "api/movies/<str:pk>/status": {"PUT": SAYS, "DELETE": SIGNED_IN},
    "api/movies/<str:pk>/favorite": {"PUT": SIGNED_IN, "DELETE": SIGNED_IN},
    "api/movies/<str:pk>/plays": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "api/me/history": {"GET": SIGNED_IN},
    "api/me/history/<str:pk>": {"GET": OWN, "PATCH": OWN, "DELETE": OWN},
    "api/me/library": {"GET": SIGNED_IN},
    "api/me/library/batch": {"POST": SAYS},
    "api/me/favorites": {"GET": SIGNED_IN},
    "api/me/changes": {"GET": SIGNED_IN},
    "api/me/last-activities": {"GET": SIGNED_IN},
    "api/imports/<str:pk>": {"GET": CURATES_AT_ONCE},
    "api/imports/<str:pk>/start": {"POST": CURATES_AT_ONCE},
    "api/imports/<str:pk>/cancel": {"POST": CURATES_AT_ONCE},
    "api/auth/register": {"POST": ASKS},
    "api/auth/login": {"POST": ASKS},
    "api/auth/refresh": {"POST": ASKS},
    "api/auth/second-factor": {"POST": SAYS},
    "api/auth/logout": {"POST": SIGNED_IN},
    "api/auth/logout-all": {"POST": SIGNED_IN},
    "api/auth/password/change": {"POST": SAYS},
    "api/auth/password/reset": {"POST": ASKS},
    "api/auth/password/reset/confirm": {"POST": ASKS},
    "api/auth/email/verify": {"POST": ASKS},
    "api/auth/email/undo": {"POST": ASKS},
    "api/auth/email/verify/resend": {"POST": SIGNED_IN},
    "api/auth/email/change": {"POST": SAYS},
    "api/me/sessions": {"GET": SIGNED_IN},
    "api/me/sessions/<str:pk>": {"DELETE": OWN},
    "api/me/keys": {"GET": SIGNED_IN, "POST": SAYS},
    "api/me/keys/<str:pk>": {"DELETE": OWN},
    "api/genres": {"GET": OPEN},
    "api/tags": {"GET": OPEN},
    "api/people": {"GET": OPEN},
    "api/people/<str:pk>": {"GET": OPEN},
    "api/people/<str:pk>/credits": {"GET": OPEN},
    "api/people/<str:pk>/merge": {"POST": CURATES},
    "api/people/<str:pk>/unmerge": {"POST": "401 403 409 403 409"},
    "api/people/<str:pk>/split": {"POST": CURATES},
    "api/people/<str:pk>/history": {"GET": STAFF_READS},
    "api/me": {"GET": SIGNED_IN, "PATCH": SIGNED_IN, "DELETE": "401 in in in in"},
    "api/me/avatar": {"PUT": "401 in in in in", "DELETE": SIGNED_IN},
    "api/me/preferences": {"GET": SIGNED_IN, "PATCH": SIGNED_IN},
    "api/me/erase": {"POST": SAYS},
    "api/me/restore": {"POST": SIGNED_IN},
    "api/me/export": {"POST": SIGNED_IN},
    # Somebody else's is not there.
    "api/me/exports/<str:pk>": {"GET": "401 404 404 404 404"},
    "api/me/exports/<str:pk>/file": {"GET": "404 404 404 404 404"},
    "api/users": {"GET": OPEN},
    "api/users/<str:username>": {"GET": OPEN},
    "api/users/<str:username>/follow": {"PUT": SIGNED_IN, "DELETE": SIGNED_IN},
    "api/users/<str:username>/block": {"PUT": SIGNED_IN, "DELETE": SIGNED_IN},
    "api/users/<str:username>/followers": {"GET": OPEN},
    "api/users/<str:username>/following": {"GET": OPEN},
    "api/users/<str:username>/library": {"GET": OPEN},
    "api/users/<str:username>/favorites": {"GET": OPEN},
    "api/users/<str:username>/history": {"GET": OPEN},
    "api/users/<str:username>/statistics": {"GET": OPEN},
    "api/users/<str:username>/share": {"GET": OPEN},
    "api/me/followers/<str:username>": {"DELETE": SIGNED_IN},
    "api/me/follow-requests": {"GET": SIGNED_IN},
    "api/me/follow-requests/<str:pk>/accept": {"POST": OWN},
    "api/me/follow-requests/<str:pk>/decline": {"POST": OWN},
    "api/me/suggested-users": {"GET": SIGNED_IN},
    "api/me/share-links": {"GET": SIGNED_IN, "POST": SAYS},
    "api/me/share-links/<str:pk>": {"DELETE": OWN},
    "api/me/blocks": {"GET": SIGNED_IN},
    "api/me/notifications": {"GET": SIGNED_IN},
    "api/me/notifications/unread": {"GET": SIGNED_IN},
    "api/me/notifications/read": {"POST": SIGNED_IN},
    "api/shared/<str:token>": {"GET": "404 404 404 404 404", "POST": "404 404 404 404 404"},
    "api/feed": {"GET": SIGNED_IN},
    "api/search": {"GET": ASKS},
    "api/movies/<str:pk>/similar": {"GET": OPEN},
    "api/movies/<str:pk>/share": {"GET": OPEN},
    "api/movies/<str:pk>/friends": {"GET": SIGNED_IN},
    "api/movies/<str:pk>/reviews": {"GET": OPEN, "POST": SAYS},
    "api/users/<str:username>/reviews": {"GET": OPEN},
    "api/reviews/<str:pk>": {"GET": OPEN, "PATCH": ANOTHERS, "DELETE": ANOTHERS},
    "api/reviews/<str:pk>/like": {"PUT": SIGNED_IN, "DELETE": SIGNED_IN},
    "api/reviews/<str:pk>/share": {"GET": OPEN},
    "api/reviews/<str:pk>/comments": {"GET": OPEN, "POST": SAYS},
    "api/comments/<str:pk>": {"PATCH": SAYS, "DELETE": ANOTHERS},
    "api/reports": {"POST": SAYS},
    "api/lists": {"GET": SIGNED_IN, "POST": SAYS},
    "api/users/<str:username>/lists": {"GET": OPEN},
    "api/lists/<str:pk>": {"GET": OPEN, "PATCH": ANOTHERS, "DELETE": ANOTHERS},
    "api/lists/<str:pk>/copy": {"POST": SIGNED_IN},
    "api/lists/<str:pk>/share": {"GET": OPEN},
    "api/lists/<str:pk>/collaborators": {"GET": OPEN},
    "api/lists/<str:pk>/collaborators/<str:username>": {"PUT": ANOTHERS, "DELETE": ANOTHERS},
    "api/lists/<str:pk>/items": {"GET": OPEN, "POST": SAYS},
    "api/lists/<str:pk>/items/<str:item>": {"PATCH": SAYS, "DELETE": ANOTHERS},
}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every route below api/ with the methods that its view knows."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/") and route not in INTERNAL:
            view: Any = pattern.callback
            known = view.actions if hasattr(view, "actions") else dir(view.view_class)
            yield route, {method for method in METHODS if method.lower() in known}


ROUTES = dict(routes(get_resolver().url_patterns))


def cases(route: str) -> list[tuple[str, str, str]]:
    """Method, role and what is expected, of one route; what is refused first."""
    found = [
        (method, role, expected)
        for method in METHODS
        for role, expected in zip(ROLES, ACCESS[route].get(method, "").split() or [NOT_THERE] * len(ROLES), strict=True)
    ]
    return sorted(found, key=lambda case: case[2] == "ok")


def test_the_table_knows_every_route_and_method() -> None:
    assert {route: set(methods) for route, methods in ACCESS.items()} == ROUTES


@pytest.fixture
def ids(db: None) -> dict[str, int]:
    UserFactory.create(username=OTHER)
    return {
        "movies": MovieFactory.create(locked_fields=["title"]).pk,
        "people": PersonFactory.create().pk,
        "reviews": ReviewFactory.create().pk,
        "comments": CommentFactory.create().pk,
        "lists": MovieListFactory.create().pk,
        "imports": ImportRunFactory.create(state=ImportRun.State.PREVIEWED, path="/nonexistent/upload").pk,
    }


def path_of(route: str, ids: dict[str, int]) -> str:
    """A path that the route takes."""
    path = "/" + route.replace("<str:pk>", str(ids.get(route.split("/")[1], 0)))
    for part, value in (("field", "title"), ("username", OTHER), ("token", "nothing"), ("item", "1")):
        path = path.replace(f"<str:{part}>", value)
    return path


def caller(role: str) -> APIClient:
    client = APIClient()
    if role != "anonymous":
        client.force_authenticate(UserFactory.create(role=None if role == "user" else role))
    return client


def contents() -> dict[str, str]:
    """Every row of every table of ours, in one statement."""
    tables = [model._meta.db_table for model in apps.get_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM \"{table}\" t"
                for table in tables
            )
        )
        return dict(cursor.fetchall())


@pytest.mark.parametrize("route", ACCESS)
def test_access(ids: dict[str, int], route: str) -> None:
    """What is refused has changed nothing; what is carried out is undone, so that the next role finds the same."""
    callers = {role: caller(role) for role in ROLES}
    path, form = path_of(route, ids), route.endswith(("/images", "/import", "/avatar"))
    before = contents()
    for method, role, expected in cases(route):
        if expected == "ok" and before:
            assert contents() == before, "A refused call has changed something."
            before = {}
        with transaction.atomic():
            response = getattr(callers[role], method.lower())(
                path,
                None if method == "GET" else {},
                **({} if method == "GET" else {"format": "multipart" if form else "json"}),
            )
            transaction.set_rollback(expected == "ok")
        assert matches(response, expected), (method, role, expected, response.status_code, response.content[:300])
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"
        if response.status_code == 405:
            assert set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == set(ACCESS[route])
    if before:
        assert contents() == before, "A refused call has changed something."


def matches(response: Any, expected: str) -> bool:
    status = response.status_code
    if expected == "ok":
        return 200 <= status < 300
    if expected == "in":
        return status == 400 and bool(json.loads(response.content)["errors"])
    if expected == NOT_THERE:
        return status in (401, 403, 405)
    return status == int(expected)
