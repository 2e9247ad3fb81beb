"""The list and the page of movies in the back office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.models import CatalogueCount, Change, Movie
from movies.tests.back_office import LIST, form_data, page, signed_in
from movies.tests.factories import CreditFactory, GenreFactory, ImageFactory, MovieFactory, PersonFactory, TagFactory
from watchly.common.admin import lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


def listed(browser: Client, query: str = "") -> list[str]:
    response = browser.get(f"{LIST}?{query}")
    assert response.status_code == 200, response.headers
    return [movie.title for movie in response.context["cl"].result_list]


def test_the_list_shows_published_movies_the_best_known_first(browser: Client) -> None:
    for title, popularity, state in (("Low", 1, "published"), ("High", 9, "published"), ("Draft", 5, "draft")):
        MovieFactory.create(title=title, popularity=popularity, state=state)
    assert listed(browser) == ["High", "Low"]
    assert listed(browser, "state=draft") == ["Draft"]
    assert listed(browser, "state=any") == ["Draft", "High", "Low"]
    assert listed(browser, "state=nonsense") == ["High", "Low"]


def test_a_row_tells_directors_and_genres(browser: Client) -> None:
    people = [PersonFactory.create(name=name) for name in ("Lilly", "Lana", "Joe")]
    MovieFactory.create(genres=[GenreFactory.create(name="Drama"), GenreFactory.create(name="Crime")], directors=people)
    text = browser.get(LIST).content.decode()
    assert "Lilly, Lana and 1 more" in text
    assert "Drama, Crime" in text


def test_columns_sort_both_ways_with_the_unknown_last(browser: Client) -> None:
    for title, year in (("The Beta", 1990), ("Alpha", None), ("Gamma", 1980)):
        MovieFactory.create(title=title, year=year)
    assert listed(browser, "o=1") == ["Alpha", "The Beta", "Gamma"]
    assert listed(browser, "o=-1") == ["Gamma", "The Beta", "Alpha"]
    assert listed(browser, "o=2") == ["Gamma", "The Beta", "Alpha"]
    assert listed(browser, "o=-2") == ["The Beta", "Gamma", "Alpha"]


def test_filters_narrow_the_list(browser: Client) -> None:
    drama, tag = GenreFactory.create(name="Drama"), TagFactory.create()
    MovieFactory.create(title="Japan", genres=[drama], tags=[tag], countries=["JP"], original_language="ja", year=1954)
    MovieFactory.create(title="France", countries=["FR"], original_language="fr", year=1962, source="wikipedia")
    assert listed(browser, f"genre={drama.pk}") == ["Japan"]
    assert listed(browser, f"tags__id__exact={tag.pk}") == ["Japan"]
    assert listed(browser, "country=FR") == ["France"]
    assert listed(browser, "language=ja") == ["Japan"]
    assert listed(browser, "year_from=1960&year_to=1969") == ["France"]
    assert listed(browser, "source__exact=wikipedia") == ["France"]


@pytest.mark.parametrize(
    "query",
    ["genre=x", "genre=99999999999999999999", "tags__id__exact=99999999999", "country=XX%00", "language=zzzzzzzzzz",
     "year_from=x", "lacks=x", "q=%00", "o=99", "p=0"],
)  # fmt: skip
def test_a_nonsense_address_is_answered(browser: Client, query: str) -> None:
    assert browser.get(f"{LIST}?{query}").status_code in (200, 302)


def test_what_lacks_something_is_found(browser: Client) -> None:
    whole = MovieFactory.create(title="Whole", runtime=90, directors=[PersonFactory.create()])
    Movie.objects.filter(pk=whole.pk).update(poster_path="images/1-w1280.webp")
    MovieFactory.create(title="Bare", year=None)
    for what in ("year", "runtime", "poster", "director"):
        assert listed(browser, f"lacks={what}") == ["Bare"], what


def test_what_most_lack_is_found_too(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movies.admin.filters.COUNTED", 1)
    MovieFactory.create(title="Whole", directors=[PersonFactory.create()])
    for number in range(3):
        MovieFactory.create(title=f"Bare {number}", popularity=number)
    assert listed(browser, "lacks=director") == ["Bare 2", "Bare 1", "Bare 0"]


def test_search_finds_titles_and_ids(browser: Client) -> None:
    movie = MovieFactory.create(title="The Third Man", imdb_id="tt0041959", wikidata_id="Q271830")
    MovieFactory.create(title="Heat")
    MovieFactory.create(title="Third Draft", state="draft")
    assert listed(browser, "q=third+man") == ["The Third Man"]
    assert listed(browser, "q=third&state=draft") == ["Third Draft"]
    assert listed(browser, "q=draft") == listed(browser, "q=hird+dra") == ["Third Draft"]
    assert listed(browser, "q=third&state=published") == ["The Third Man"]
    assert set(listed(browser, "q=third&state=any")) == {"The Third Man", "Third Draft"}
    assert listed(browser, "q=tt0041959") == listed(browser, "q=Q271830") == listed(browser, f"q=%23{movie.pk}")
    assert listed(browser, "q=nothing+of+the+kind") == []
    assert "Nothing matches" in browser.get(f"{LIST}?q=nothing+of+the+kind").content.decode()


def test_the_total_is_read_and_a_filtered_count_is_bounded(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    CatalogueCount.objects.update_or_create(name=CatalogueCount.PUBLISHED_MOVIES, defaults={"value": 123_456})
    for _ in range(3):
        MovieFactory.create(countries=["FR"])
    assert "123,456 movies" in browser.get(LIST).content.decode()
    monkeypatch.setattr(lists, "COUNTED", 2)
    monkeypatch.setattr(lists.bounded_count, "__kwdefaults__", {"limit": 2})
    assert "2+ movies" in browser.get(f"{LIST}?country=FR").content.decode()


def test_saving_changes_what_was_touched_and_locks_it(browser: Client) -> None:
    movie = MovieFactory.create(title="Metropole", year=1927)
    data = form_data(browser.get(page(movie)))
    # Meanwhile somebody rates it.
    Movie.objects.filter(pk=movie.pk).update(rating_count=7)
    drama = GenreFactory.create(name="Drama")
    response = browser.post(page(movie), {**data, "title": "Metropolis", "genres": [drama.pk], "countries": ["DE"]})
    assert response.status_code == 302, response.context["errors"]
    movie.refresh_from_db()
    assert (movie.title, movie.title_key, movie.genre_ids) == ("Metropolis", "metropolis", [drama.pk])
    assert (movie.countries, movie.rating_count, movie.version) == (["DE"], 7, 2)
    assert movie.locked_fields == ["countries", "genres", "title"]
    change = Change.objects.get(movie=movie)
    assert (change.via, change.version) == ("admin", 2)
    assert change.fields == {
        "title": {"old": "Metropole", "new": "Metropolis"},
        "genres": {"old": [], "new": ["Drama"]},
        "countries": {"old": [], "new": ["DE"]},
        "locked_fields": {"old": [], "new": ["countries", "genres", "title"]},
    }
    assert listed(browser, "q=metropolis") == ["Metropolis"]


def test_saving_nothing_changes_nothing(browser: Client) -> None:
    movie = MovieFactory.create(languages=["de", "qya"], countries=["DE", "AT"], original_language="nds")
    CreditFactory.create(movie=movie)
    ImageFactory.create(movie=movie)
    assert browser.post(page(movie), form_data(browser.get(page(movie)))).status_code == 302
    fresh = Movie.objects.get(pk=movie.pk)
    assert (fresh.version, fresh.locked_fields) == (1, [])
    assert (fresh.languages, fresh.countries, fresh.original_language) == (["de", "qya"], ["DE", "AT"], "nds")


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(browser: Client) -> None:
    movie = MovieFactory.create(title="Before")
    data = form_data(browser.get(page(movie)))
    Movie.objects.filter(pk=movie.pk).update(title="Theirs", version=2)
    response = browser.post(page(movie), {**data, "title": "Mine"})
    assert "Somebody else has changed this movie" in response.content.decode()
    assert Movie.objects.get(pk=movie.pk).title == "Theirs"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("imdb_id", "0133093", "tt and seven to ten digits"),
        ("wikidata_id", "83495", "Q and digits"),
        ("imdb_id", "tt0133093", "already exists"),
        ("year", "1500", ""),
        ("title", "", "required"),
    ],
)
def test_a_refusal_is_said_in_words(browser: Client, field: str, value: str, said: str) -> None:
    MovieFactory.create(imdb_id="tt0133093")
    movie = MovieFactory.create()
    response = browser.post(page(movie), {**form_data(browser.get(page(movie))), field: value})
    assert response.status_code == 200
    assert said in response.content.decode()
    assert Movie.objects.get(pk=movie.pk).version == 1


def test_a_new_movie_is_a_draft_with_a_slug(browser: Client) -> None:
    genre = GenreFactory.create()
    form = form_data(browser.get(f"{LIST}add/"))
    response = browser.post(
        f"{LIST}add/", {**form, "title": "Heat", "release_date": "1995-12-15", "genres": [genre.pk]}
    )
    movie = Movie.objects.get(title="Heat")
    assert response.headers["Location"] == page(movie)
    assert (movie.state, movie.slug, movie.year, movie.genre_ids) == ("draft", "heat-1995", 1995, [genre.pk])


def test_a_credit_is_added_changed_and_taken_away(browser: Client) -> None:
    gone, kept, new = (PersonFactory.create() for _ in range(3))
    movie = MovieFactory.create(cast=[gone, kept])
    data = form_data(browser.get(page(movie)))
    data |= {
        "credits-0-DELETE": "on",
        "credits-1-character": "Freder",
        "credits-TOTAL_FORMS": 3,
        "credits-2-person": new.pk,
        "credits-2-kind": "crew",
        "credits-2-job": "Director",
        "credits-2-movie": movie.pk,
    }
    assert browser.post(page(movie), data).status_code == 302
    assert set(movie.credits.values_list("person", "character", "job")) == {
        (kept.pk, "Freder", None), (new.pk, None, "Director")
    }  # fmt: skip
    assert Change.objects.get().fields["credits"] == {
        "old": [{"person": gone.pk, "name": gone.name}, {"person": kept.pk, "name": kept.name}],
        "new": [
            {"person": kept.pk, "name": kept.name, "character": "Freder"},
            {"person": new.pk, "name": new.name, "job": "Director"},
        ],
    }
    for person, count in ((gone, 0), (kept, 1), (new, 1)):
        person.refresh_from_db()
        assert person.credit_count == count
    assert Movie.objects.get(pk=movie.pk).locked_fields == ["credits"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "crew"}, "The crew needs a job"),
        ({"kind": "crew", "job": "Writer", "character": "Maria"}, "The crew has a job instead"),
        ({"kind": "cast", "job": "Writer"}, "The cast has a character instead"),
    ],
)
def test_a_credit_that_is_neither_cast_nor_crew_is_refused(browser: Client, values: dict[str, str], said: str) -> None:
    movie = MovieFactory.create()
    data = form_data(browser.get(page(movie)))
    data |= {"credits-TOTAL_FORMS": 1, "credits-0-person": PersonFactory.create().pk, "credits-0-movie": movie.pk}
    data |= {f"credits-0-{name}": value for name, value in values.items()}
    assert said in browser.post(page(movie), data).content.decode()
    assert not movie.credits.exists()


def test_a_part_takes_a_country_by_name(browser: Client) -> None:
    movie = MovieFactory.create()
    data = form_data(browser.get(page(movie)))
    data |= {
        "alternative_titles-TOTAL_FORMS": 1,
        "alternative_titles-0-title": "Metrópolis",
        "alternative_titles-0-country": "Brazil",
        "alternative_titles-0-language": "Portuguese",
        "alternative_titles-0-movie": movie.pk,
    }
    assert browser.post(page(movie), data).status_code == 302
    assert movie.alternative_titles.values_list("title", "country", "language").get() == ("Metrópolis", "BR", "pt")
    refused = browser.post(page(movie), {**data, "alternative_titles-0-country": "Nowhere"})
    assert "is not an ISO 3166-1 code or the English name of a country" in refused.content.decode()


def test_the_second_page_of_credits_is_saved_as_itself(browser: Client) -> None:
    movie = MovieFactory.create(cast=[PersonFactory.create() for _ in range(30)])
    address = f"{page(movie)}?credits-page=2"
    data = form_data(browser.get(address))
    assert data["credits-TOTAL_FORMS"] == 5
    assert browser.post(address, {**data, "credits-0-character": "The twenty-sixth"}).status_code == 302
    in_order = list(movie.credits.order_by("position").values_list("character", flat=True))
    assert in_order.index("The twenty-sixth") == 25


def test_to_delete_is_to_withdraw_and_then_to_remove_for_good(make_user: Callable[..., Any]) -> None:
    admin = signed_in(make_user(role="admin"))
    movie = MovieFactory.create()
    address = f"{LIST}{movie.pk}/delete/"
    assert admin.post(address, {"post": "yes"}).headers["Location"] == f"{LIST}{movie.pk}/withdraw/"
    assert Movie.objects.get(pk=movie.pk).state == "published"
    Movie.objects.filter(pk=movie.pk).update(state="withdrawn")
    assert "for good" in admin.get(address).content.decode()
    assert admin.post(address).headers["Location"] == LIST
    assert not Movie.objects.filter(pk=movie.pk).exists()
    assert admin.get(address).status_code == 404
