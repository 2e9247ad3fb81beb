"""Work on many rows in the back office: a pasted cast, rows put in order by dragging, and going through a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from movies.admin.cast_paste import MOST_LINES, parse_cast
from movies.models import Change, Credit, Movie, Person
from movies.services.people_merging import merge_people
from movies.tests.back_office import LIST, form_data, page, signed_in
from movies.tests.factories import CreditFactory, MovieFactory, PersonFactory, VideoFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


# --- a pasted cast ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name", "character"),
    [
        ("Al Pacino as Vincent Hanna", "Al Pacino", "Vincent Hanna"),
        ("  * Al Pacino  AS  Vincent  Hanna ", "Al Pacino", "Vincent Hanna"),
        ("1. Al Pacino ... Vincent Hanna", "Al Pacino", "Vincent Hanna"),
        ("Al Pacino\tVincent Hanna", "Al Pacino", "Vincent Hanna"),
        ("Al Pacino…Vincent Hanna", "Al Pacino", "Vincent Hanna"),
        ("Al Pacino – Vincent Hanna as himself", "Al Pacino", "Vincent Hanna as himself"),
        ("Jean-Claude Van Damme", "Jean-Claude Van Damme", ""),
        ("Asia Argento as As", "Asia Argento", "As"),
    ],
)
def test_a_line_of_a_cast_is_a_name_and_a_character(line: str, name: str, character: str) -> None:
    (parsed,) = parse_cast(f"\n{line}\n\n")
    assert (parsed.name, parsed.character, parsed.problem) == (name, character, "")


def test_a_line_that_cannot_be_a_credit_says_why() -> None:
    problems = [line.problem for line in parse_cast(f"as as\n{'x' * 301}\nA as {'x' * 501}\n...\n")]
    assert [bool(problem) for problem in problems] == [False, True, True, True]


def test_a_pasted_cast_is_shown_first_and_then_added(browser: Client) -> None:
    movie = MovieFactory.create()
    pacino = PersonFactory.create(name="Al Pacino", credit_count=9)
    PersonFactory.create(name="Al Pacino", born=1900)
    kilmer, alias = PersonFactory.create(name="Val Kilmer"), PersonFactory.create(name="V. Kilmer")
    CreditFactory.create(movie=movie, person=kilmer, character="Chris", position=4)
    merge_people(survivor_id=kilmer.pk, merged_id=alias.pk)
    address = f"{LIST}{movie.pk}/cast/"
    assert "at least one line" in browser.post(address, {"cast": " "}).content.decode()
    assert "at most" in browser.post(address, {"cast": "A\n" * (MOST_LINES + 1)}).content.decode()
    text = "al pacino as Vincent Hanna\nV. Kilmer as Chris\nAmy Brenneman as Eady\nAmy Brenneman as Herself"
    lines = browser.post(address, {"cast": text}).context["lines"]
    assert [(line.chosen, len(line.choices), line.there) for line in lines] == [
        (pacino.pk, 2, False), (kilmer.pk, 1, True), (None, 0, False), (None, 0, False)
    ]  # fmt: skip
    assert Credit.objects.count() == 1
    data: dict[str, Any] = {"lines": len(lines)}
    for number, line in enumerate(lines):
        data |= {
            f"name-{number}": line.name,
            f"person-{number}": line.chosen or "",
            f"character-{number}": line.character,
        }
        data |= {} if line.there else {f"add-{number}": "1"}
    assert browser.post(address, data).headers["Location"] == f"{page(movie)}#credits"
    brenneman = Person.objects.get(name="Amy Brenneman")
    assert list(movie.credits.order_by("position").values_list("person", "character", "position")) == [
        (kilmer.pk, "Chris", 4), (pacino.pk, "Vincent Hanna", 5),
        (brenneman.pk, "Eady", 6), (brenneman.pk, "Herself", 7),
    ]  # fmt: skip
    assert (brenneman.credit_count, Change.objects.filter(movie=movie).count()) == (2, 1)
    assert Movie.objects.get(pk=movie.pk).locked_fields == ["credits"]
    browser.post(address, data)
    assert movie.credits.count() == 4


def test_a_moderator_pastes_nothing(make_user: Callable[..., Any]) -> None:
    movie = MovieFactory.create()
    address = f"{LIST}{movie.pk}/cast/"
    moderator = signed_in(make_user(role="moderator"))
    assert moderator.get(address).status_code == 403
    assert moderator.post(address, {"lines": 1, "name-0": "A", "add-0": "1"}).status_code == 403
    assert Credit.objects.count() == 0


# --- order -----------------------------------------------------------------------------------------------------------


def dragged(browser: Client, movie: Movie, order: list[int], prefix: str = "credits", query: str = "") -> None:
    """Sends the page as it is sent after rows were dragged: numbered from 0 in the new order."""
    data = form_data(browser.get(page(movie) + query))
    for place, row in enumerate(order):
        data[f"{prefix}-{row}-position"] = place
    assert browser.post(page(movie) + query, data).status_code == 302


def names(movie: Movie, **which: Any) -> list[tuple[str, int | None]]:
    rows = movie.credits.filter(**which).order_by("position", "pk")
    return [(credit.character or credit.job or "", credit.position) for credit in rows]


def test_dragged_rows_share_out_the_positions_of_their_group(browser: Client) -> None:
    movie = MovieFactory.create()
    for character, position in (("A", 0), ("B", 3), ("C", 5)):
        CreditFactory.create(movie=movie, character=character, position=position)
    CreditFactory.create(movie=movie, kind="crew", job="Director", position=0)
    CreditFactory.create(movie=movie, kind="crew", job="Editor", position=7)
    # C first, then A and B; the crew as it was.
    dragged(browser, movie, [2, 0, 1, 3, 4])
    assert names(movie, kind="cast") == [("C", 0), ("A", 3), ("B", 5)]
    assert names(movie, kind="crew") == [("Director", 0), ("Editor", 7)]
    assert Movie.objects.get(pk=movie.pk).locked_fields == ["credits"]


def test_rows_of_the_second_page_are_dragged_behind_those_of_the_first(browser: Client) -> None:
    movie = MovieFactory.create()
    for number in range(28):
        CreditFactory.create(movie=movie, character=f"{number:02}", position=number)
    dragged(browser, movie, [2, 1, 0], query="?credits-page=2")
    assert [name for name, _ in names(movie)][-4:] == ["24", "27", "26", "25"]
    assert [position for _, position in names(movie)] == list(range(28))


def test_rows_without_positions_get_some_and_typed_numbers_are_taken(browser: Client) -> None:
    movie = MovieFactory.create()
    videos = [VideoFactory.create(movie=movie, key=key) for key in "abc"]
    dragged(browser, movie, [1, 2, 0], prefix="videos")
    assert list(movie.videos.order_by("position").values_list("key", "position")) == [("b", 0), ("c", 1), ("a", 2)]
    data = form_data(browser.get(page(movie)))
    number = next(at for at in range(3) if data[f"videos-{at}-id"] == videos[0].pk)
    assert browser.post(page(movie), data | {f"videos-{number}-position": 90}).status_code == 302
    assert movie.videos.get(key="a").position == 90


def test_a_new_row_without_a_position_comes_last(browser: Client) -> None:
    movie, person = MovieFactory.create(), PersonFactory.create()
    CreditFactory.create(movie=movie, character="A", position=4)
    data = form_data(browser.get(page(movie))) | {"credits-TOTAL_FORMS": 2}
    data |= {f"credits-1-{name}": value for name, value in {"person": person.pk, "kind": "cast"}.items()}
    data |= {"credits-1-character": "B", "credits-1-movie": movie.pk}
    assert browser.post(page(movie), data).status_code == 302
    assert names(movie) == [("A", 4), ("B", 5)]


# --- going through a list --------------------------------------------------------------------------------------------


def test_save_and_next_goes_through_the_list_that_the_page_was_opened_from(browser: Client) -> None:
    bare = [MovieFactory.create(title=f"Bare {n}", popularity=9 - n, runtime=None) for n in range(3)]
    MovieFactory.create(title="Whole", popularity=8.5, runtime=90)
    filters = "?_changelist_filters=lacks%3Druntime"
    address = page(bare[0]) + filters
    response = browser.get(address)
    assert 'name="_next"' in response.content.decode()
    # What is repaired leaves the list, and the next one follows all the same.
    saved = browser.post(address, form_data(response) | {"runtime": 90, "_next": ""})
    assert saved.headers["Location"] == page(bare[1]) + filters
    saved = browser.post(page(bare[2]) + filters, form_data(browser.get(page(bare[2]))) | {"_next": ""}, follow=True)
    assert saved.redirect_chain[0][0] == f"{LIST}?lacks=runtime"
    assert "last one of the list" in saved.content.decode()


def test_save_and_next_works_for_people_and_without_filters(browser: Client, make_user: Callable[..., Any]) -> None:
    first, second = (PersonFactory.create(credit_count=count) for count in (5, 3))
    address = f"/admin/movies/person/{first.pk}/change/"
    data = form_data(browser.get(address)) | {"_next": ""}
    assert browser.post(address, data).headers["Location"] == f"/admin/movies/person/{second.pk}/change/"
    moderator = signed_in(make_user(role="moderator"))
    assert 'name="_next"' not in moderator.get(address).content.decode()
