"""Every page of the catalogue's back office opens in at most 15 queries, whatever hangs on what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from movies.models import Change, Collection, Company, Genre, ImportReject, ImportRun, Movie, Person, Suggestion, Tag
from movies.tests.back_office import LIST, page, rich_movie, signed_in
from movies.tests.factories import (
    GenreFactory,
    ImportRunFactory,
    MovieFactory,
    PersonFactory,
    ProviderRecordFactory,
    SuggestionFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db

MOST = 15


@pytest.fixture
def catalogue() -> Movie:
    movie = rich_movie()
    for number in range(20):
        MovieFactory.create(
            genres=[GenreFactory.create()], tags=[TagFactory.create()], directors=[PersonFactory.create()]
        )
        Company.objects.create(name=f"Company {number}")
        Collection.objects.create(name=f"Collection {number}", slug=f"collection-{number}")
    run = ImportRunFactory.create(
        state="previewed", changes=[{"action": "created", "title": "Heat", "file": "a", "line": 1}]
    )
    ImportReject.objects.bulk_create(
        ImportReject(run=run, file="a.csv", line=n, code="x", detail="y") for n in range(60)
    )
    return movie


@pytest.fixture
def curated(catalogue: Movie) -> Movie:
    """The same with a history and locks, suggestions and a provider's data."""
    Movie.objects.filter(pk=catalogue.pk).update(locked_fields=["title", "credits", "genres"])
    told = {"locked_fields": {"old": [], "new": ["title", "credits"]}}
    run = ImportRun.objects.latest("pk")
    Change.objects.bulk_create(
        Change(movie=catalogue, run=run, action="edited", via="import", fields=told, version=n) for n in range(60)
    )
    for _ in range(5):
        ProviderRecordFactory.create(movie=MovieFactory.create())
        SuggestionFactory.create(movie=MovieFactory.create(title="Metropolis", state="draft"), directors=["A", "B"])
    return catalogue


def _lists() -> list[str]:
    nouns = ("movie", "person", "credit", "genre", "tag", "collection", "company", "importrun",
             "suggestion", "importreject", "providerrecord")  # fmt: skip
    attention = ("importreject/?code=x", "providerrecord/?freshness=old", "suggestion/?state=any")
    searches = ("", "?q=metropolis", "?state=draft", "?state=any", "?lacks=director", "?genre=1", "?tags__id__exact=1")
    return [*(f"/admin/movies/{noun}/" for noun in nouns), *(f"{LIST}{search}" for search in searches),
            *(f"/admin/movies/{address}" for address in attention)]  # fmt: skip


def _pages(movie: Movie) -> list[str]:
    things = [Person.objects.latest("pk"), Genre.objects.latest("pk"), Tag.objects.latest("pk"),
              Collection.objects.latest("pk"), Company.objects.latest("pk"), movie.credits.latest("pk")]  # fmt: skip
    own = [f"/admin/movies/{thing._meta.model_name}/{thing.pk}/" for thing in things]
    run = ImportRun.objects.latest("pk")
    return [
        "/admin/",
        *_lists(),
        page(movie),
        *(f"{LIST}{movie.pk}/{name}/" for name in ("history", "withdraw")),
        *(f"{address}{name}/" for address in own for name in ("change", "delete", "history")),
        *(f"/admin/movies/{noun}/add/" for noun in ("movie", "person", "credit", "genre", "tag", "importrun")),
        f"/admin/movies/importrun/{run.pk}/change/",
        f"/admin/movies/importrun/{run.pk}/report.csv",
        f"/admin/movies/suggestion/{Suggestion.objects.latest('pk').pk}/change/",
        "/admin/autocomplete/?app_label=movies&model_name=credit&field_name=person&term=person",
        "/admin/autocomplete/?app_label=movies&model_name=movie&field_name=genres&term=genre",
    ]


@pytest.mark.parametrize("role", ["curator", "moderator", "admin"])
def test_every_page_opens_in_few_queries(
    role: str, curated: Movie, make_user: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    client = signed_in(make_user(role=role))
    opened = 0
    for address in _pages(curated):
        with django_assert_max_num_queries(MOST, info=f"{address} as {role}"):
            response = client.get(address)
        assert response.status_code in (200, 403), (address, response.status_code)
        opened += response.status_code == 200
    assert opened > (40 if role == "admin" else 25)


@pytest.mark.parametrize("action", ["vocabulary_movies", "publish_movies", "withdraw_movies", "restore_movies"])
def test_the_page_before_a_deed_does_not_read_every_movie_by_itself(
    action: str, catalogue: Movie, make_user: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    client = signed_in(make_user(role="curator"))
    chosen = list(Movie.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(MOST):
        response = client.post(LIST, {"action": action, "_selected_action": chosen})
    assert f"{len(chosen)} movies" in response.content.decode()


def test_a_list_of_many_takes_as_many_queries_as_a_list_of_one(
    make_user: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    client = signed_in(make_user(role="curator"))
    MovieFactory.create(genres=[GenreFactory.create()], directors=[PersonFactory.create()])
    client.get(LIST)  # the session comes from the cache from now on
    with django_assert_num_queries(10):
        client.get(LIST)
    for _ in range(19):
        MovieFactory.create(genres=[GenreFactory.create()], directors=[PersonFactory.create(), PersonFactory.create()])
    with django_assert_num_queries(10):
        assert len(client.get(LIST).context["cl"].result_list) == 20
