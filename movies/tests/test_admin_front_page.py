"""The first page of the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from movies.models import CatalogueCount
from movies.tests.back_office import signed_in
from movies.tests.factories import ImportRunFactory, MovieFactory

pytestmark = pytest.mark.django_db


def test_it_tells_how_large_the_catalogue_is_and_what_was_imported(make_user: Callable[..., Any]) -> None:
    CatalogueCount.objects.update_or_create(name=CatalogueCount.PUBLISHED_MOVIES, defaults={"value": 200_000})
    MovieFactory.create(state="draft")
    ImportRunFactory.create(state="running", names=["films.json"], total_bytes=4, read_bytes=1, created=1234)
    client = signed_in(make_user(role="curator"))
    response = client.get("/admin/")
    figures = {figure["label"]: figure["count"] for figure in response.context["figures"]}
    assert (figures["Movies"], figures["Drafts"], figures["Withdrawn"]) == ("200,000", "1", "0")
    text = response.content.decode()
    for said in ("films.json", "Running, 25 %", "1,234", "Import movies"):
        assert said in text, said


@pytest.mark.parametrize("key", [None, "0123456789abcdef0123456789abcdef"])
def test_without_a_key_the_page_says_what_one_brings(
    make_user: Callable[..., Any], settings: Any, key: str | None
) -> None:
    settings.TMDB_API_KEY = key
    text = signed_in(make_user(role="curator")).get("/admin/").content.decode()
    assert ("TMDB_API_KEY is not set. A key" in text) is (key is None)
    assert ("posters and backdrops" in text) is (key is None)


def test_a_moderator_sees_no_imports(make_user: Callable[..., Any]) -> None:
    ImportRunFactory.create(names=["secret.json"])
    text = signed_in(make_user(role="moderator")).get("/admin/").content.decode()
    assert "secret.json" not in text
    assert "Needs attention" in text


def test_who_may_nothing_is_told_so(make_user: Callable[..., Any]) -> None:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.create(name="newcomers"))
    assert "no role yet" in signed_in(user).get("/admin/").content.decode()
