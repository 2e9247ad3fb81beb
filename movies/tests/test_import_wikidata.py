"""Movies from Wikidata: the query service's etiquette, its rows, and the command, against a stand-in on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from movies.importers.wikidata import document
from movies.models import Credit, ImportRun, Movie
from movies.providers import wikidata
from movies.providers.wikidata import Service
from movies.tests.factories import MovieFactory
from movies.tests.tmdb_server import StandIn, say, standing_in
from watchly.common.errors import ProviderUnavailable, RuleViolation

HEAT = {
    "film": "http://www.wikidata.org/entity/Q42198",
    "title": "Heat",
    "original_title": "Heat",
    "original_language": "en",
    "release_date": "1995-12-15T00:00:00Z",
    "runtime": "170",
    "directors": "Michael Mann",
    "countries": "US",
    "genres": "crime film|drama film|heist film|neo-noir|romantic drama",
    "imdb_id": "tt0113277",
    "tmdb_id": "949",
    "wikipedia_page": "Heat (1995 film)",
    "sitelinks": "61",
}


def results(*rows: dict[str, str]) -> dict[str, Any]:
    """Rows as the service answers them."""
    bindings = [{name: {"type": "literal", "value": value} for name, value in row.items()} for row in rows]
    return {"head": {"vars": list(HEAT)}, "results": {"bindings": bindings}}


@pytest.fixture
def server() -> Iterator[StandIn]:
    with standing_in() as found:
        found.answers["/sparql"] = results(HEAT)
        yield found


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def service(server: StandIn, pauses: list[float]) -> Service:
    return Service(contact="ops@example.org", endpoint=f"{server.url}/sparql", sleep=pauses.append)


def intervals(server: StandIn) -> list[tuple[str, str]]:
    """From when to when each query asked."""
    queries = [asked["query"] for _, asked in server.asked]
    return [(q.split('>= "')[1][:10], q.split('?date < "')[1][:10]) for q in queries]


class TestEtiquette:
    def test_the_user_agent_says_who_asks(self, server: StandIn, service: Service) -> None:
        list(service.movies_of(1995))
        assert server.headers[0]["user-agent"] == "Watchly (ops@example.org) import_wikidata"

    @pytest.mark.parametrize("contact", ["", "me", "me@", "a@b.c\r\nX: y", "ftp://example.org"])
    def test_a_contact_that_reaches_nobody_is_refused(self, contact: str) -> None:
        with pytest.raises(RuleViolation):
            Service(contact=contact)

    def test_a_year_is_one_query(self, server: StandIn, service: Service, pauses: list[float]) -> None:
        assert list(service.movies_of(1995)) == [[HEAT]]
        assert intervals(server) == [("1995-01-01", "1996-01-01")]
        assert pauses == []

    def test_there_is_a_pause_between_queries(self, service: Service, pauses: list[float]) -> None:
        for year in (1995, 1996, 1997):
            list(service.movies_of(year))
        assert pauses == [wikidata.PAUSE] * 2

    def test_retry_after_is_waited_for(self, server: StandIn, service: Service, pauses: list[float]) -> None:
        later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        server.answers["/sparql"] = [
            say(429, Retry_After="37"), say(503, Retry_After=later), say(429, Retry_After="99999999"), results(HEAT)
        ]  # fmt: skip
        assert list(service.movies_of(1995)) == [[HEAT]]
        asked = [pause for pause in pauses if pause != wikidata.PAUSE]
        assert (asked[0], asked[2]) == (37, wikidata.LONGEST_PAUSE)
        assert 80 <= asked[1] <= 90

    def test_failures_are_tried_again_after_longer_pauses(
        self, server: StandIn, service: Service, pauses: list[float]
    ) -> None:
        server.answers["/sparql"] = say(502)
        with pytest.raises(ProviderUnavailable, match="5 attempts"):
            list(service.movies_of(1995))
        assert [pause for pause in pauses if pause != wikidata.PAUSE] == [5, 10, 20, 40]

    def test_a_refusal_is_not_tried_again(self, server: StandIn, service: Service) -> None:
        server.answers["/sparql"] = say(403)
        with pytest.raises(ProviderUnavailable, match="403"):
            list(service.movies_of(1995))
        assert len(server.asked) == 1

    @pytest.mark.parametrize("heavy", [say(500), say(504), say(200, b'{"results": {"bindings": [')])
    def test_a_query_that_is_too_heavy_is_halved(self, server: StandIn, service: Service, heavy: Any) -> None:
        server.answers["/sparql"] = [heavy, results(HEAT), results()]
        assert list(service.movies_of(1995)) == [[HEAT], []]
        assert intervals(server)[1:] == [("1995-01-01", "1995-07-02"), ("1995-07-02", "1996-01-01")]

    def test_an_answer_that_is_too_large_is_halved(
        self, server: StandIn, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wikidata, "MOST_BYTES", 2_000)
        server.answers["/sparql"] = [results(*[HEAT] * 20), results(HEAT), results()]
        assert list(service.movies_of(1995)) == [[HEAT], []]

    def test_halving_ends_at_a_week(self, server: StandIn, service: Service) -> None:
        server.answers["/sparql"] = say(504)
        with pytest.raises(ProviderUnavailable, match="from 1995-01-01 to 1995-01-12"):
            list(service.movies_of(1995))


class TestRows:
    def test_a_row_becomes_an_object_of_our_format(self) -> None:
        assert document(HEAT) == {
            "title": "Heat", "wikidata_id": "Q42198", "original_language": "en", "release_date": "1995-12-15",
            "runtime": 170, "imdb_id": "tt0113277", "tmdb_id": 949, "wikipedia_page": "Heat (1995 film)",
            "directors": ["Michael Mann"], "countries": ["US"], "genres": ["Crime", "Drama", "Noir", "Romance"],
            "popularity_seed": 8.22,
        }  # fmt: skip

    def test_a_movie_without_an_english_title_has_its_own(self) -> None:
        row = {"film": HEAT["film"], "original_title": "七人の侍", "original_language": "ja"}
        assert document(row) == {"title": "七人の侍", "wikidata_id": "Q42198", "original_language": "ja"}

    @pytest.mark.parametrize("row", [{"film": HEAT["film"]}, {"title": "Heat"}, {"film": "Q1", "title": "Heat"}])
    def test_a_row_without_title_or_item_is_left_out(self, row: dict[str, str]) -> None:
        assert document(row) is None

    def test_values_that_no_import_takes_are_left_out(self) -> None:
        bad = {
            "runtime": "1e999", "imdb_id": "nm0000001", "tmdb_id": "-4", "release_date": "t1234", "countries": "XX|US|",
            "sitelinks": "many", "genres": "web series", "original_language": "mul",
        }  # fmt: skip
        found = document({"film": HEAT["film"], "title": "Heat", **bad})
        assert found == {"title": "Heat", "wikidata_id": "Q42198", "countries": ["US"]}


@pytest.mark.django_db
class TestCommand:
    def run(self, server: StandIn, *options: str) -> str:
        out = StringIO()
        endpoint = f"--endpoint={server.url}/sparql"
        call_command("import_wikidata", endpoint, "--contact=ops@example.org", *options, stdout=out)
        return out.getvalue()

    def test_a_year_comes_in_through_the_importer(self, server: StandIn) -> None:
        assert self.run(server, "--years=1995").startswith("1995: 1 movies, 1 created")
        movie = Movie.objects.get()
        assert (movie.title, movie.source, movie.runtime, movie.popularity) == ("Heat", "wikidata", 170, 8.22)
        assert Credit.objects.get(movie=movie).person.name == "Michael Mann"
        assert ImportRun.objects.get().names == ["wikidata-1995.ndjson"]

    def test_movies_that_are_known_are_completed_on_request(self, server: StandIn) -> None:
        movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0113277", source="catalogue", runtime=None)
        self.run(server, "--years=1995")
        movie.refresh_from_db()
        assert movie.runtime is None
        self.run(server, "--years=1995", "--update-existing")
        movie.refresh_from_db()
        assert (movie.runtime, movie.wikidata_id) == (170, "Q42198")

    def test_a_movie_of_two_halves_of_a_year_is_imported_once(self, server: StandIn, monkeypatch: Any) -> None:
        monkeypatch.setattr(wikidata, "PAUSE", 0)
        server.answers["/sparql"] = [say(504), results(HEAT), results(HEAT)]
        assert "1995: 1 movies, 1 created" in self.run(server, "--years=1995")

    def test_a_year_without_movies_imports_nothing(self, server: StandIn) -> None:
        server.answers["/sparql"] = results()
        assert self.run(server, "--years=1889") == "1889: no movies.\n"
        assert not ImportRun.objects.exists()

    def test_a_failure_ends_with_an_error(self, server: StandIn) -> None:
        server.answers["/sparql"] = say(403)
        with pytest.raises(CommandError, match="403"):
            self.run(server, "--years=1995")

    @pytest.mark.parametrize("years", ["95", "1999-1990", "1500", "1990-", "1990-2999"])
    def test_years_that_are_none_are_refused(self, server: StandIn, years: str) -> None:
        with pytest.raises(CommandError, match="year"):
            self.run(server, f"--years={years}")
        assert server.asked == []
