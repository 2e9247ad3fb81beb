"""Each role sees in the back office what it may and nothing else, and a refused write changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.admin.selection import pack
from movies.models import Genre, ImportReject, ImportRun, Movie
from movies.tests.back_office import LIST, form_data, page, signed_in
from movies.tests.factories import (
    CreditFactory,
    DuplicatePairFactory,
    GenreFactory,
    ImportRunFactory,
    MergeFactory,
    MovieFactory,
    PersonFactory,
    ProviderRecordFactory,
    SuggestionFactory,
)

pytestmark = pytest.mark.django_db

MakeUser = Callable[..., Any]

# Address (`{movie}`, `{withdrawn}` … stand for ids) to the status for curator, moderator, admin.
TABLE = {
    "/admin/": (200, 200, 200),
    "/admin/movies/": (200, 200, 200),
    "/admin/movies/movie/": (200, 200, 200),
    "/admin/movies/movie/add/": (200, 403, 200),
    "/admin/movies/movie/{movie}/change/": (200, 200, 200),
    "/admin/movies/movie/{movie}/history/": (200, 200, 200),
    "/admin/movies/movie/{movie}/withdraw/": (200, 403, 200),
    "/admin/movies/movie/{movie}/publish/": (200, 403, 200),
    "/admin/movies/movie/{movie}/restore/": (200, 403, 200),
    "/admin/movies/movie/{movie}/delete/": (302, 403, 302),
    "/admin/movies/movie/{withdrawn}/delete/": (403, 403, 200),
    "/admin/movies/movie/do/vocabulary/": (302, 403, 302),
    "/admin/movies/movie/do/withdraw/": (302, 403, 302),
    "/admin/movies/movie/do/nonsense/": (403, 403, 403),
    "/admin/movies/person/": (200, 200, 200),
    "/admin/movies/person/add/": (200, 403, 200),
    "/admin/movies/person/{person}/change/": (200, 200, 200),
    "/admin/movies/person/{person}/delete/": (403, 403, 200),
    "/admin/movies/credit/": (200, 200, 200),
    "/admin/movies/credit/add/": (200, 403, 200),
    "/admin/movies/credit/{credit}/change/": (200, 200, 200),
    "/admin/movies/credit/{credit}/delete/": (200, 403, 200),
    "/admin/movies/genre/": (200, 200, 200),
    "/admin/movies/genre/add/": (200, 403, 200),
    "/admin/movies/genre/{genre}/change/": (200, 200, 200),
    "/admin/movies/genre/{genre}/delete/": (403, 403, 200),
    "/admin/movies/tag/": (200, 200, 200),
    "/admin/movies/tag/add/": (200, 403, 200),
    "/admin/movies/collection/": (200, 200, 200),
    "/admin/movies/collection/add/": (200, 403, 200),
    "/admin/movies/company/": (200, 200, 200),
    "/admin/movies/company/add/": (200, 403, 200),
    "/admin/movies/movie/{movie}/unlock/": (405, 405, 405),
    "/admin/movies/person/{person}/history/": (200, 200, 200),
    "/admin/movies/person/{person}/unlock/": (405, 405, 405),
    "/admin/movies/suggestion/": (200, 200, 200),
    "/admin/movies/suggestion/add/": (403, 403, 403),
    "/admin/movies/suggestion/{suggestion}/change/": (200, 200, 200),
    "/admin/movies/suggestion/{suggestion}/accept/": (405, 405, 405),
    "/admin/movies/suggestion/{suggestion}/delete/": (403, 403, 403),
    "/admin/movies/importreject/": (200, 403, 200),
    "/admin/movies/importreject/add/": (403, 403, 403),
    "/admin/movies/importreject/{reject}/delete/": (403, 403, 403),
    "/admin/movies/providerrecord/": (200, 403, 200),
    "/admin/movies/providerrecord/add/": (403, 403, 403),
    "/admin/movies/providerrecord/{record}/delete/": (403, 403, 403),
    "/admin/movies/importrun/": (200, 403, 200),
    "/admin/movies/importrun/add/": (200, 403, 200),
    "/admin/movies/importrun/{run}/change/": (200, 403, 200),
    "/admin/movies/importrun/{run}/report.csv": (200, 403, 200),
    "/admin/movies/importrun/{run}/delete/": (403, 403, 403),
    "/admin/movies/duplicatepair/": (200, 403, 200),
    "/admin/movies/duplicatepair/add/": (403, 403, 403),
    "/admin/movies/duplicatepair/{pair}/change/": (200, 403, 200),
    "/admin/movies/duplicatepair/{pair}/delete/": (403, 403, 403),
    "/admin/movies/duplicatepair/compare/{movie}/{withdrawn}/": (200, 403, 200),
    "/admin/movies/merge/": (200, 200, 200),
    "/admin/movies/merge/add/": (403, 403, 403),
    "/admin/movies/merge/of/{movie}/": (200, 403, 200),
    "/admin/movies/merge/{merge}/change/": (200, 200, 200),
    "/admin/movies/merge/{merge}/delete/": (403, 403, 403),
    "/admin/accounts/user/": (403, 403, 200),
    "/admin/accounts/user/add/": (403, 403, 200),
    "/admin/auth/group/": (403, 403, 200),
}


@pytest.fixture
def ids() -> dict[str, int]:
    movie, run = MovieFactory.create(), ImportRunFactory.create(state="previewed", path="/nonexistent/upload")
    return {
        "movie": movie.pk,
        "withdrawn": MovieFactory.create(state="withdrawn").pk,
        "person": PersonFactory.create().pk,
        "credit": CreditFactory.create(movie=movie).pk,
        "genre": GenreFactory.create().pk,
        "run": run.pk,
        "reject": ImportReject.objects.create(run=run, file="a", line=1, code="x", detail="y").pk,
        "suggestion": SuggestionFactory.create().pk,
        "record": ProviderRecordFactory.create(movie=movie).pk,
        "pair": DuplicatePairFactory.create().pk,
        "merge": MergeFactory.create().pk,
    }


@pytest.mark.parametrize(("place", "role"), [(0, "curator"), (1, "moderator"), (2, "admin")])
def test_who_may_open_what(place: int, role: str, ids: dict[str, int], make_user: MakeUser) -> None:
    client = signed_in(make_user(role=role))
    found = {address: client.get(address.format(**ids)).status_code for address in TABLE}
    assert found == {address: statuses[place] for address, statuses in TABLE.items()}


def test_who_has_no_role_is_asked_to_sign_in(ids: dict[str, int], make_user: MakeUser) -> None:
    for client in (Client(), signed_in(make_user())):
        for address in TABLE:
            response = client.get(address.format(**ids))
            assert response.status_code == 302, address
            assert response.headers["Location"].startswith("/admin/login/"), address


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (
            "curator",
            {"Movies", "Genres", "Suggestions", "Imports", "Refused rows", "Provider data"},
            {"Users", "Roles"},
        ),
        (
            "moderator",
            {"Movies", "Credits", "Genres", "Suggestions"},
            {"Imports", "Refused rows", "Provider data", "Users", "Roles"},
        ),
        ("admin", {"Movies", "Imports", "Users", "Roles"}, set()),
    ],
)
def test_the_sidebar_leads_only_where_one_may_go(
    role: str, shown: set[str], hidden: set[str], make_user: MakeUser
) -> None:
    response = signed_in(make_user(role=role)).get("/admin/")
    groups = response.context["sidebar_navigation"]
    found = {str(item["title"]) for group in groups for item in group["items"] if item["has_permission"]}
    assert shown <= found
    assert not hidden & found
    text = response.content.decode()
    assert ("/admin/accounts/user/" in text) == ("Users" in shown)
    assert ("/admin/movies/importrun/" in text) == ("Imports" in shown)


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("curator", ["vocabulary_movies", "publish_movies", "withdraw_movies", "restore_movies"]),
        ("moderator", []),
    ],
)
def test_an_action_is_offered_to_those_who_may(role: str, actions: list[str], make_user: MakeUser) -> None:
    MovieFactory.create()
    response = signed_in(make_user(role=role)).get(LIST)
    form = response.context["action_form"]
    assert [name for name, _ in form.fields["action"].choices if name] == actions if form else actions == []


def test_a_moderator_changes_nothing(make_user: MakeUser, ids: dict[str, int]) -> None:
    client = signed_in(make_user(role="moderator"))
    movie = Movie.objects.get(pk=ids["movie"])
    posts: dict[str, dict[str, Any]] = {
        page(movie): {**form_data(signed_in(make_user(role="curator")).get(page(movie))), "title": "Another"},
        f"{LIST}add/": {"title": "Another"},
        f"{LIST}do/withdraw/": {"movies": pack([movie.pk]), "reason": "No."},
        f"{LIST}do/vocabulary/": {"movies": pack([movie.pk]), "add_genres": ids["genre"]},
        f"{LIST}{ids['withdrawn']}/delete/": {"post": "yes"},
        "/admin/movies/genre/add/": {"name": "New", "slug": "new"},
        f"/admin/movies/credit/{ids['credit']}/delete/": {"post": "yes"},
        f"/admin/movies/importrun/{ids['run']}/start/": {},
    }
    before = (Movie.objects.count(), Genre.objects.count(), movie.credits.count())
    assert {address: client.post(address, data).status_code for address, data in posts.items()} == dict.fromkeys(
        posts, 403
    )
    # An action that is not offered is not taken.
    client.post(LIST, {"action": "withdraw_movies", "_selected_action": [movie.pk]})
    assert (Movie.objects.count(), Genre.objects.count(), movie.credits.count()) == before
    movie.refresh_from_db()
    assert (movie.title, movie.state, movie.genre_ids, movie.version) == ("Movie " + movie.slug[6:], "published", [], 1)
    assert ImportRun.objects.get(pk=ids["run"]).state == "previewed"


def test_a_curator_does_not_remove_for_good(make_user: MakeUser) -> None:
    movie = MovieFactory.create(state="withdrawn")
    assert signed_in(make_user(role="curator")).post(f"{LIST}{movie.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Movie.objects.filter(pk=movie.pk).exists()
