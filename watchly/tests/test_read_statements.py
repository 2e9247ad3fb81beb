"""Every read of the catalogue and of one's account takes three statements at most, however much there is.

The one that authenticates is not counted. Those of social are in social/tests/test_statements.py.

A read that is not in the table fails the build.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.api.urls import urlpatterns as of_accounts
from accounts.models import Profile
from accounts.services.api_keys import create_key
from accounts.services.exports import request_export
from accounts.tests.signing_in import account, bearer, tokens
from movies.api.urls import urlpatterns as of_movies
from movies.models import Award
from movies.tests.factories import (
    ChangeFactory,
    CreditFactory,
    ImageFactory,
    ImportRunFactory,
    MovieFactory,
    PersonFactory,
    SuggestionFactory,
    VideoFactory,
)

READS: dict[str, tuple[str, ...]] = {
    "movie-list": ("movies", "movies?search=film", "movies?genre=drama", "movies?expand=credits,images,videos,awards"),
    "movie-detail": ("movies/{movie}", "movies/{movie}?expand=credits,images,videos,awards,me"),
    "movie-lookup": ("movies/lookup?tmdb_id=949",),
    "movie-suggest": ("movies/suggest?q=film",),
    "movie-suggestions": ("movies/suggestions",),
    "movie-credits": ("movies/{movie}/credits",),
    "movie-images": ("movies/{movie}/images",),
    "movie-videos": ("movies/{movie}/videos",),
    "movie-awards": ("movies/{movie}/awards",),
    "movie-history": ("movies/{movie}/history",),
    "movie-locks": ("movies/{movie}/locks",),
    "movie-watch-providers": ("movies/{movie}/watch-providers?country=DE",),
    "import-detail": ("imports/{run}",),
    "genre-list": ("genres",),
    "tag-list": ("tags",),
    "person-list": ("people", "people?search=person"),
    "person-detail": ("people/{person}",),
    "person-credits": ("people/{person}/credits",),
    "person-history": ("people/{person}/history",),
    "account": ("me",),
    "account-preferences": ("me/preferences",),
    "export-detail": ("me/exports/{export}",),
    "session-list": ("me/sessions",),
    "key-list": ("me/keys",),
}
# Opened by a signature, a file rather than rows: accounts/tests/test_exports.py.
_NOT_HERE = {"export-file"}


def test_every_read_stands_in_the_table() -> None:
    found = set()
    for route in (*of_movies, *of_accounts):
        callback: Any = route.callback
        known = getattr(callback, "actions", None)
        if "get" in known if known is not None else hasattr(callback.view_class, "get"):
            found.add(str(route.name))
    assert set(READS) == found - _NOT_HERE


def scene(size: int) -> tuple[APIClient, dict[str, int]]:
    """An admin's client and the numbers of things; of most there are `size`."""
    admin = account(f"admin{size}", role="admin")
    client = bearer(tokens(admin.username)["access"])
    client.get("/api/genres")  # notes when the session was last seen
    movie, person, run = MovieFactory.create(tmdb_id=949 * size), PersonFactory.create(), ImportRunFactory.create()
    Profile.objects.create(user=admin)
    for number in range(size):
        MovieFactory.create()
        CreditFactory.create(movie=movie)
        CreditFactory.create(person=person)
        ImageFactory.create(movie=movie)
        VideoFactory.create(movie=movie)
        Award.objects.create(movie=movie, award="Award", category=f"{number}", won=True)
        ChangeFactory.create(movie=movie)
        SuggestionFactory.create(suggested_by=admin)
        create_key(user_id=admin.pk, name=f"{number}", scopes=["read"])
    export = request_export(user_id=admin.pk)
    return client, {"movie": movie.pk, "person": person.pk, "run": run.pk, "export": export.pk}


@pytest.mark.django_db
def test_reads_take_at_most_three_statements_however_much_there_is() -> None:
    def taken(size: int) -> dict[str, int]:
        client, names = scene(size)
        found = {}
        for path in (path for paths in READS.values() for path in paths):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get("/api/" + path.format(**names).replace("949", str(949 * size)))
            assert answer.status_code == 200, (path, answer.content)
            found[path] = len(queries) - 1  # the session, its user and permissions
        return found

    one = taken(1)
    assert taken(20) == one
    assert {path: count for path, count in one.items() if count > 3} == {}
