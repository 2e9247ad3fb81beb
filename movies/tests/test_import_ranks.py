"""What a source may change of a film that is known: rank, union, locks (docs/adr/0012)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.text import slugify

from movies.importers.ranks import RANKS, overrules
from movies.importers.record import (
    CastMember,
    Clip,
    CrewMember,
    Nomination,
    PersonRef,
    Record,
    Release,
    TitleElsewhere,
)
from movies.models import Genre, Movie, Person
from movies.search.query import find_movies
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory
from movies.tests.importing import load, told

pytestmark = pytest.mark.django_db

Source = Movie.Source
HEAT = "tt0113277"


def heat(**facts: Any) -> Record:
    return Record(**{"title": "Heat", "year": 1995, "imdb_id": HEAT, **facts})


def now() -> Record:
    return told(Movie.objects.get())


def characters() -> list[tuple[str, str | None]]:
    return [(member.name, member.character) for member in now().cast]


class TestFacts:
    @pytest.mark.parametrize("source", list(RANKS))
    @pytest.mark.parametrize("other", list(RANKS))
    def test_a_source_overrules_those_that_it_ranks_with_or_above_and_fills_in_the_rest(
        self, source: str, other: str
    ) -> None:
        MovieFactory.create(title="Heat", year=1995, imdb_id=HEAT, runtime=170, source=other)

        load(heat(runtime=171, tagline="A saga"), source=source)
        load(heat(runtime=171, tagline="A saga"), source=source)

        assert (now().runtime, now().tagline) == (171 if overrules(source, other) else 170, "A saga")
        movie = Movie.objects.get()
        assert movie.source == (source if RANKS[source] > RANKS[other] else other)
        assert movie.version == 2

    @pytest.mark.parametrize("source", sorted(set(RANKS) - {"catalogue"}))
    def test_every_source_corrects_the_packaged_catalogue(self, source: str) -> None:
        MovieFactory.create(title="Heat", year=1995, imdb_id=HEAT, runtime=99, source=Source.CATALOGUE)

        load(heat(runtime=170), source=source)

        assert (now().runtime, Movie.objects.get().source) == (170, source)

    def test_a_title_that_loses_becomes_an_alternative_title(self) -> None:
        MovieFactory.create(title="Ahlat Agaci", year=2018, imdb_id=HEAT, source=Source.TMDB)
        said = heat(title="The Wild Pear Tree", original_title="Ahlat Ağacı: Filmi", year=2018)

        for _ in range(2):
            load(said, source=Source.IMDB)

        movie = Movie.objects.get()
        assert (movie.title, movie.original_title, movie.version) == ("Ahlat Agaci", "Ahlat Ağacı: Filmi", 2)
        assert now().alternative_titles == [TitleElsewhere("The Wild Pear Tree", kind="other title")]
        assert find_movies("the wild pear tree") == [movie.pk]

    @pytest.mark.parametrize("locked", [["title"], ["title", "alternative_titles"]])
    def test_a_title_that_loses_to_a_locked_one_is_kept_unless_titles_are_locked_too(self, locked: list[str]) -> None:
        MovieFactory.create(title="Heat", year=1995, imdb_id=HEAT, source=Source.IMDB, locked_fields=locked)

        load(heat(title="Fuego contra fuego"), source=Source.TMDB)

        assert [row.title for row in now().alternative_titles] == ["Fuego contra fuego"][: 2 - len(locked)]

    def test_a_list_of_titles_that_is_replaced_keeps_those_that_lost(self) -> None:
        MovieFactory.create(title="Heat", year=1995, imdb_id=HEAT, source=Source.TMDB)
        load(heat(title="Fuego contra fuego"), source=Source.IMDB)

        load(heat(alternative_titles=[TitleElsewhere("Sakin")]), source=Source.WATCHLY)

        assert [row.title for row in now().alternative_titles] == ["Fuego contra fuego", "Sakin"]

    def test_every_source_has_a_rank(self) -> None:
        assert sorted(RANKS) == sorted(Source.values)
        order = ["catalogue", "suggestion", "wikipedia", "imdb", "tmdb", "watchly", "staff"]
        assert sorted(order, key=RANKS.__getitem__) == order
        assert RANKS["facts"] == RANKS["wikipedia"]
        assert RANKS["movielens"] == RANKS["movietweetings"] == RANKS["suggestion"]

    def test_refreshes_of_two_sources_do_not_flap(self) -> None:
        load(heat(runtime=170), source=Source.IMDB)
        for _ in range(3):
            for source, runtime in ((Source.TMDB, 171), (Source.IMDB, 170), (Source.MOVIELENS, 172)):
                load(heat(runtime=runtime), source=source)

        assert now().runtime == 171
        assert Movie.objects.get().version == 2

    def test_nothing_that_is_not_given_overwrites(self) -> None:
        load(heat(runtime=170, overview="Two men.", genres=["Crime"]), source=Source.MOVIELENS)

        load(heat(genres=[], overview="", cast=[]), source=Source.TMDB)

        assert (now().runtime, now().overview, now().genres) == (170, "Two men.", ["Crime"])

    def test_a_title_that_is_overruled_is_kept_as_another(self) -> None:
        load(heat(title="Feu", original_title="Heat"), source=Source.MOVIELENS)
        load(heat(title="Chaleur", original_title="Heat"), source=Source.IMDB)
        load(heat(title="Heat", original_title="Heat"), source=Source.TMDB)
        load(heat(title="heat!", original_title="Heat"), source=Source.TMDB)

        assert now().title == "heat!"
        assert [(title.title, title.kind) for title in now().alternative_titles] == [
            ("Chaleur", "former title"),
            ("Feu", "former title"),
        ]

    def test_a_title_is_not_kept_where_alternative_titles_are_locked(self) -> None:
        load(heat(title="Feu"), source=Source.MOVIELENS)
        Movie.objects.update(locked_fields=["alternative_titles"])

        load(heat(), source=Source.TMDB)

        assert (now().title, now().alternative_titles) == ("Heat", [])

    def test_a_watchly_file_that_lists_titles_leaves_the_former_one_and_says_so_once(self) -> None:
        load(heat(title="Feu", alternative_titles=[TitleElsewhere("Hitze")]), source=Source.TMDB)

        for updated in (1, 0):
            outcome = load(heat(alternative_titles=[TitleElsewhere("Fuego")]), source=Source.WATCHLY)
            assert outcome.updated == updated

        assert sorted(title.title for title in now().alternative_titles) == ["Feu", "Fuego"]

    def test_the_largest_number_of_people_who_know_it_is_kept(self) -> None:
        for source, raters in ((Source.TMDB, 500), (Source.MOVIETWEETINGS, 900), (Source.WATCHLY, 10)):
            load(heat(known_raters=raters), source=source)

        assert now().known_raters == 900
        assert Movie.objects.get().source == "tmdb"

    def test_a_date_that_contradicts_the_year_of_a_better_source_is_not_taken(self) -> None:
        load(heat(), source=Source.TMDB)

        outcome = load(heat(year=2010, release_date=date(2010, 1, 1), runtime=170), source=Source.IMDB)

        assert outcome.updated == 1
        assert (now().year, now().release_date, now().runtime) == (1995, None, 170)

    def test_a_record_of_the_merged_half_fills_in_and_overrules_nothing(self) -> None:
        load(heat(runtime=170), source=Source.IMDB)
        MovieFactory.create(
            title="Hitze", year=1995, imdb_id="tt0000002", state="merged", merged_into=Movie.objects.get()
        )
        before = Movie.objects.get(state="published")

        load(heat(imdb_id="tt0000002", runtime=171, tagline="A saga"), source=Source.TMDB)
        load(Record(title="Hitze", year=1995, runtime=172), source=Source.TMDB)

        after = Movie.objects.get(state="published")
        assert (after.runtime, after.tagline, after.source, after.imdb_id) == (170, "A saga", "imdb", HEAT)
        assert told(after).alternative_titles == [TitleElsewhere("Hitze", kind="other title")]
        assert after.version == before.version + 2


class TestLists:
    def test_what_outside_sources_say_is_united(self) -> None:
        load(
            heat(
                genres=["Crime"], tags=["heist"], companies=["Regency"], countries=["US"], languages=["en"],
                alternative_titles=[TitleElsewhere("Hitze", "DE")], videos=[Clip("youtube", "b")],
                release_dates=[Release("US", "theatrical", date(1995, 12, 15))],
                directors=[PersonRef("Michael Mann")], crew=[CrewMember("Dante Spinotti", None, "Cinematographer")],
                awards=[Nomination("Saturn Award", 22, "Writing", False)],
            ),
            source=Source.TMDB,
        )  # fmt: skip
        more = heat(
            genres=["Drama"], tags=["Heist", "los angeles"], companies=["Forward Pass"], countries=["GB", "US"],
            languages=["es"], alternative_titles=[TitleElsewhere("Hitze", "DE", kind="DVD"), TitleElsewhere("Fuego")],
            videos=[Clip("youtube", "a"), Clip("youtube", "b", "teaser", "Official")],
            release_dates=[Release("US", "theatrical", date(1995, 12, 15), "R")],
            directors=[PersonRef("Somebody Else")],
            crew=[CrewMember("Dante Spinotti", "Camera", "Cinematographer"), CrewMember("Dov Hoenig", None, "Editor")],
            awards=[Nomination("Saturn Award", 22, "Writing", True), Nomination("Saturn Award", 22, "Action", False)],
        )  # fmt: skip

        outcomes = [load(more, source=Source.IMDB).updated for _ in range(2)]

        assert outcomes == [1, 0]
        found = now()
        assert (found.genres, found.tags) == (["Crime", "Drama"], ["heist", "los angeles"])
        assert (found.companies, found.countries) == (["Forward Pass", "Regency"], ["US", "GB"])
        assert found.languages == ["en", "es"]
        assert found.alternative_titles == [TitleElsewhere("Fuego"), TitleElsewhere("Hitze", "DE", None, "DVD")]
        assert found.videos == [Clip("youtube", "b", "trailer", "Official"), Clip("youtube", "a")]
        assert found.release_dates == [Release("US", "theatrical", date(1995, 12, 15), "R")]
        assert [person.name for person in found.directors] == ["Michael Mann", "Somebody Else"]
        assert found.crew == [
            CrewMember("Dante Spinotti", "Camera", "Cinematographer"),
            CrewMember("Dov Hoenig", None, "Editor"),
        ]
        assert [(award.category, award.won) for award in found.awards] == [("Action", False), ("Writing", False)]

    def test_a_nomination_is_completed_by_who_was_nominated_and_not_doubled_by_who_does_not_say(self) -> None:
        nameless = Nomination("Saturn Award", 22, "Writing", True)
        named = nameless._replace(people=("Michael Mann",))
        for award in (nameless, named, nameless):
            load(heat(awards=[award]), source=Source.FACTS)

        assert now().awards == [named]

    def test_watchly_files_replace_lists_but_not_those_of_a_film_that_staff_made(self) -> None:
        load(heat(genres=["Crime"], tags=["heist"]), source=Source.TMDB)
        load(heat(genres=["Drama"]), source=Source.WATCHLY)

        assert (now().genres, now().tags) == (["Drama"], ["heist"])

        Movie.objects.update(source="staff")
        load(heat(genres=["Crime"]), source=Source.WATCHLY)

        assert now().genres == ["Crime", "Drama"]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Sci-Fi", "Science Fiction"),
            ("science fiction", "Science Fiction"),
            ("Animation", "Animated"),
            ("History", "Historical"),
            ("Film-Noir", "Noir"),
            ("Film Noir", "Noir"),
            ("Sport", "Sports"),
            ("Children's", "Children"),
        ],
    )
    @pytest.mark.parametrize("there", [False, True])
    def test_two_words_for_one_genre_are_one(self, one: str, other: str, there: bool) -> None:
        if there:
            Genre.objects.create(name=one, slug=slugify(one))
        for name in (one, other, one):
            load(heat(genres=[name]), source=Source.IMDB)
        load(Record(title="New", genres=[one, other]), source=Source.TMDB)

        assert Genre.objects.count() == 1
        assert set(Movie.objects.values_list("genres__name", flat=True)) == {one if there else other}
        assert set(Movie.objects.values_list("version", flat=True)) == {1}

    def test_genres_of_a_film_that_has_both_words_already_are_left(self) -> None:
        for name in ("Sci-Fi", "Science Fiction"):
            Genre.objects.create(name=name, slug=name.lower().replace(" ", "-"))
        movie = MovieFactory.create(imdb_id=HEAT, genres=[Genre.objects.get(name="Sci-Fi")])

        load(heat(genres=["Science Fiction", "Music", "Musical"]), source=Source.TMDB)

        assert sorted(genre.name for genre in movie.genres.all()) == ["Music", "Musical", "Sci-Fi"]

    @pytest.mark.parametrize("lock", ["credits", "directors", "genres", "countries", "title", "awards", "known_raters"])
    def test_a_lock_holds_against_the_highest_source(self, lock: str) -> None:
        full = heat(
            title="Hot", genres=["Crime"], countries=["US"], directors=[PersonRef("Michael Mann")], known_raters=5,
            cast=[CastMember("Al Pacino")], crew=[CrewMember("Dov Hoenig", None, "Editor")],
            awards=[Nomination("Saturn Award", 22, "Writing", False)],
        )  # fmt: skip
        MovieFactory.create(title="Heat", imdb_id=HEAT, source="imdb", locked_fields=[lock])
        held = {"credits": ("directors", "cast", "crew")}.get(lock, (lock,))
        before = now()

        load(full, source=Source.WATCHLY)

        for name in ("title", "genres", "countries", "directors", "cast", "crew", "awards", "known_raters"):
            assert (getattr(now(), name) == getattr(before, name)) is (name in held), name
        assert Person.objects.exists() is (lock != "credits")


class TestCast:
    def test_who_is_there_keeps_the_place_and_gets_the_character_that_was_missing(self) -> None:
        load(heat(cast=[CastMember("Al Pacino"), CastMember("Val Kilmer", "Chris")]), source=Source.TMDB)

        new = [CastMember("Jon Voight", "Nate"), CastMember("Val Kilmer", "Someone"), CastMember("Al Pacino", "Hanna")]
        assert [load(heat(cast=new), source=Source.IMDB).updated for _ in range(2)] == [1, 0]

        assert characters() == [("Al Pacino", "Hanna"), ("Val Kilmer", "Chris"), ("Jon Voight", "Nate")]

    def test_a_different_character_is_taken_from_a_source_that_ranks_as_high_and_none_is_lost(self) -> None:
        load(heat(cast=[CastMember("A", "One"), CastMember("A", "Two"), CastMember("B", "Three")]), source=Source.IMDB)

        new = [CastMember("A", "Two"), CastMember("A", "Uno"), CastMember("A", "Four"), CastMember("B")]
        assert [load(heat(cast=new), source=Source.TMDB).updated for _ in range(2)] == [1, 0]

        assert characters() == [("A", "Uno"), ("A", "Two"), ("B", "Three"), ("A", "Four")]

    def test_who_is_there_by_name_adopts_the_id_and_stays(self) -> None:
        first, second = PersonFactory.create(name="Al Pacino"), PersonFactory.create(name="Al Pacino")
        movie = MovieFactory.create(imdb_id=HEAT, cast=[second])
        CreditFactory.create(movie=movie, person=first, kind="crew", job="Editor")

        for _ in range(2):
            load(heat(cast=[CastMember("Al Pacino", "Hanna", "nm0000199")]), source=Source.IMDB)

        assert [(credit.person, credit.character) for credit in movie.credits.filter(kind="cast")] == [
            (second, "Hanna")
        ]
        assert list(Person.objects.order_by("pk").values_list("imdb_id", "version")) == [(None, 1), ("nm0000199", 2)]

    def test_ids_alone_change_no_film(self) -> None:
        load(heat(cast=[CastMember("Al Pacino", "Hanna")]), source=Source.IMDB)

        outcome = load(heat(cast=[CastMember("Al Pacino", None, None, 1158)]), source=Source.TMDB)

        assert (outcome.updated, outcome.unchanged, outcome.changes) == (0, 1, [])
        assert Movie.objects.get().version == 1
        assert Person.objects.get().tmdb_id == 1158

    def test_two_of_one_name_in_one_film_stay_two(self) -> None:
        load(heat(cast=[CastMember("J", "A", "nm0000001"), CastMember("J", "B", "nm0000002")]), source=Source.IMDB)

        load(heat(cast=[CastMember("J", "B"), CastMember("J", "C", "nm0000003")]), source=Source.TMDB)

        assert [(member.imdb_id, member.character) for member in now().cast] == [
            ("nm0000001", "A"),
            ("nm0000002", "B"),
            ("nm0000003", "C"),
        ]

    def test_a_watchly_file_of_names_keeps_who_bears_them_here(self) -> None:
        people = [PersonFactory.create(name="Ann") for _ in range(3)]
        movie = MovieFactory.create(
            title="Heat", year=1995, imdb_id=HEAT, source="watchly", cast=people[1:], directors=people[2:]
        )

        outcome = load(heat(cast=[CastMember("Ann")], directors=[PersonRef("Ann")]), source=Source.WATCHLY)

        assert outcome.unchanged == 1
        assert movie.credits.count() == 3

    def test_a_preview_shows_each_field_and_writes_nothing(self) -> None:
        load(heat(cast=[CastMember("Al Pacino")], genres=["Crime"]), source=Source.MOVIELENS)

        more = heat(cast=[CastMember("Al Pacino", "Hanna", "nm0000199"), CastMember("Jon Voight")], runtime=170)
        outcome = load(more, source=Source.IMDB, preview=True)

        assert outcome.changes[0]["fields"] == {
            "runtime": {"old": None, "new": 170},
            "cast": {
                "old": [{"name": "Al Pacino", "imdb_id": "nm0000199"}],
                "new": [
                    {"name": "Al Pacino", "character": "Hanna", "imdb_id": "nm0000199"},
                    {"name": "Jon Voight"},
                ],
            },
            "source": {"old": "movielens", "new": "imdb"},
        }
        assert list(Person.objects.values_list("imdb_id", flat=True)) == [None]
