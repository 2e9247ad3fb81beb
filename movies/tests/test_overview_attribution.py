"""Overviews that others wrote keep their source, license and page, and lose them with the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from movies.importers.record import Record
from movies.importers.watchly import clean_object
from movies.models import Change, Movie
from movies.services.merging import merge_movies, unmerge_movie
from movies.services.movies import update_movie
from movies.tests.back_office import form_data, signed_in
from movies.tests.factories import MovieFactory
from movies.tests.importing import load, told

pytestmark = pytest.mark.django_db

PAGE = "https://en.wikipedia.org/wiki/Heat_(1995_film)"
ATTRIBUTION = {"overview_source": "Wikipedia", "overview_license": "CC BY-SA 4.0", "overview_url": PAGE}
NOBODY = dict.fromkeys(ATTRIBUTION)
TEXT = "Heat is a 1995 American crime film."


def attribution_of(movie: Movie) -> dict[str, str | None]:
    movie.refresh_from_db()
    return {name: getattr(movie, name) for name in Movie.ATTRIBUTION}


def heat(**facts: object) -> Record:
    return Record(title="Heat", year=1995, imdb_id="tt0113277", **facts)  # type: ignore[arg-type]


@pytest.fixture
def quoted() -> Movie:
    facts = {"title": "Heat", "year": 1995, "imdb_id": "tt0113277", "overview": TEXT, **ATTRIBUTION}
    return MovieFactory.create(source="imdb", **facts)


class TestReading:
    def test_the_api_says_where_an_overview_is_from(self, client: APIClient, quoted: Movie) -> None:
        found = client.get(f"/api/movies/{quoted.pk}").json()
        assert {name: found[name] for name in ATTRIBUTION} == ATTRIBUTION

    def test_the_admin_links_to_the_page(self, make_user: Callable[..., Any], quoted: Movie) -> None:
        browser = signed_in(make_user(role="curator"))
        page = browser.get(reverse("admin:movies_movie_change", args=[quoted.pk])).content.decode()
        assert f'<a href="{PAGE}" rel="noopener">From Wikipedia, CC BY-SA 4.0</a>' in page

    def test_an_export_reads_back_with_the_attribution(self, quoted: Movie) -> None:
        record = told(quoted)
        assert {name: getattr(record, name) for name in ATTRIBUTION} == ATTRIBUTION

    def test_a_shared_card_says_where_its_text_is_from(self, client: APIClient, quoted: Movie) -> None:
        Movie.objects.filter(pk=quoted.pk).update(overview=f"{TEXT} " * 20)
        described = client.get(f"/api/movies/{quoted.pk}/share").json()["card"]["og:description"]
        assert described.endswith("… (From Wikipedia, CC BY-SA 4.0)")
        assert len(described) <= 200

    def test_a_text_of_our_own_has_no_attribution(self) -> None:
        assert MovieFactory.create(overview="A heist.").overview_attribution is None


class TestEditing:
    def test_an_edit_of_the_overview_clears_the_attribution(self, quoted: Movie) -> None:
        update_movie(movie_id=quoted.pk, values={"overview": "A detective and a thief."})
        assert attribution_of(quoted) == NOBODY
        fields = Change.objects.latest("pk").fields
        assert fields["overview_url"] == {"old": PAGE, "new": None}

    def test_an_edit_of_another_field_keeps_the_attribution(self, quoted: Movie) -> None:
        update_movie(movie_id=quoted.pk, values={"runtime": 170, "overview": TEXT})
        assert attribution_of(quoted) == ATTRIBUTION

    def test_an_edit_in_the_admin_clears_the_attribution(self, make_user: Callable[..., Any], quoted: Movie) -> None:
        browser = signed_in(make_user(role="curator"))
        url = reverse("admin:movies_movie_change", args=[quoted.pk])
        browser.post(url, {**form_data(browser.get(url)), "overview": "A detective and a thief."})
        assert attribution_of(quoted) == NOBODY

    def test_the_api_takes_no_attribution(self, curator: APIClient, quoted: Movie) -> None:
        response = curator.patch(f"/api/movies/{quoted.pk}", {"overview_url": None}, format="json")
        assert response.json()["errors"][0]["pointer"] == "/overview_url"
        assert attribution_of(quoted) == ATTRIBUTION


class TestImporting:
    def test_the_attribution_comes_in_with_the_overview(self) -> None:
        load(heat(overview=TEXT, **ATTRIBUTION), source="watchly")
        assert attribution_of(Movie.objects.get()) == ATTRIBUTION

    def test_an_overview_of_a_stronger_source_clears_the_attribution(self, quoted: Movie) -> None:
        load(heat(overview="Obsessive master thief."), source="tmdb")
        assert attribution_of(quoted) == NOBODY

    def test_a_weaker_source_changes_neither_text_nor_attribution(self, quoted: Movie) -> None:
        load(heat(overview="Other words.", overview_source="Elsewhere"), source="movielens")
        assert attribution_of(quoted) == ATTRIBUTION
        assert quoted.overview == TEXT

    def test_a_source_that_owns_up_to_the_text_attributes_it(self) -> None:
        movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0113277", source="tmdb", overview=TEXT)
        load(heat(overview=TEXT, **ATTRIBUTION), source="movielens")
        assert attribution_of(movie) == ATTRIBUTION

    def test_an_attribution_without_an_overview_is_left_out(self) -> None:
        record = clean_object({"title": "Heat", **ATTRIBUTION}, 2026)
        assert record.overview_source is record.overview_license is record.overview_url is None


class TestMerging:
    def test_a_merge_brings_the_attribution_with_the_overview_and_back(self, quoted: Movie) -> None:
        survivor = MovieFactory.create(title="Heat", year=1995)
        merge = merge_movies(survivor_id=survivor.pk, merged_id=quoted.pk)
        assert attribution_of(survivor) == ATTRIBUTION
        unmerge_movie(merge_id=merge.pk)
        assert attribution_of(survivor) == NOBODY
        assert attribution_of(quoted) == ATTRIBUTION

    def test_a_merge_leaves_the_survivors_own_overview_alone(self, quoted: Movie) -> None:
        survivor = MovieFactory.create(title="Heat", year=1995, overview="A heist.")
        merge_movies(survivor_id=survivor.pk, merged_id=quoted.pk)
        assert attribution_of(survivor) == NOBODY


class TestPopularity:
    def test_popularity_starts_from_the_seed(self) -> None:
        load(heat(popularity_seed=7.5), source="watchly")
        assert Movie.objects.get().popularity == 7.5

    def test_raters_elsewhere_count_where_they_say_more(self) -> None:
        load(heat(popularity_seed=2.0), source="watchly")
        load(heat(known_raters=1_000_000), source="imdb")
        assert Movie.objects.get().popularity == pytest.approx(13.8155)

    def test_a_newer_seed_takes_the_place_of_the_old_one(self) -> None:
        load(heat(popularity_seed=7.5), source="watchly")
        load(heat(popularity_seed=6.25), source="watchly")
        assert Movie.objects.get().popularity == 6.25
