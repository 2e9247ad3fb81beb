"""Every editorial write leaves one line in the history, that says who changed what from what to what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pillow

from movies.models import Change, Credit, Movie, Person
from movies.services.bulk import BulkItem, apply_each
from movies.services.credits import remove_credits, save_credit
from movies.services.differences import difference
from movies.services.images import add_image, make_first, remove_image, set_language
from movies.services.movies import create_movie, update_movie
from movies.services.people import create_person, remove_people, update_person
from movies.services.publishing import publish_movies, restore_movies, withdraw_movies
from movies.services.suggestions import accept_suggestion, reject_suggestion
from movies.services.vocabulary import add_genres, remove_genres
from movies.tests.factories import (
    CreditFactory,
    GenreFactory,
    MovieFactory,
    PersonFactory,
    SuggestionFactory,
)
from watchly.common.actor import acting
from watchly.common.errors import WatchlyError

pytestmark = pytest.mark.django_db


def lines(movie: Movie | int) -> list[tuple[str, dict[str, Any], int]]:
    """Action, fields and version of each line of a movie, the oldest first."""
    rows = Change.objects.filter(movie=movie).order_by("pk")
    return list(rows.values_list("action", "fields", "version"))


def last(movie: Movie) -> dict[str, Any]:
    """What the last line of a movie tells, but for what it locked."""
    fields: dict[str, Any] = lines(movie)[-1][1]
    fields.pop("locked_fields", None)
    return fields


# --- what differs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (None, 101, {"old": None, "new": 101}),
        (None, date(1995, 12, 15), {"old": None, "new": "1995-12-15"}),
        (["a", "b"], ["b", "c"], {"old": ["a"], "new": ["c"]}),
        (["a", "b"], ["b", "a"], {"old": ["a", "b"], "new": ["b", "a"]}),
        ([{"n": 1}], [{"n": 1}, {"n": 2}], {"old": [], "new": [{"n": 2}]}),
        (["a", "a"], ["a"], {"old": ["a"], "new": []}),
        ([], None, {"old": [], "new": []}),
    ],
)
def test_facts_are_told_whole_and_lists_by_what_went_and_came(old: Any, new: Any, told: dict[str, Any]) -> None:
    assert difference(old, new) == told


# --- one movie -------------------------------------------------------------------------------------------------------


def test_a_movie_is_made_with_what_is_known_of_it() -> None:
    drama, mann = GenreFactory.create(name="Drama"), PersonFactory.create(name="Michael Mann")
    values = {"title": "Heat", "year": 1995, "runtime": None, "genres": [drama], "directors": [{"id": mann.pk}]}
    movie = create_movie(values=values)
    assert lines(movie) == [
        (
            "created",
            {
                "title": {"old": None, "new": "Heat"},
                "year": {"old": None, "new": 1995},
                "genres": {"old": [], "new": ["Drama"]},
                "directors": {"old": [], "new": [{"person": mann.pk, "name": "Michael Mann"}]},
            },
            1,
        )
    ]


def test_an_edit_tells_facts_and_relations_and_what_it_locked(make_user: Callable[..., Any]) -> None:
    drama, crime = GenreFactory.create(name="Drama"), GenreFactory.create(name="Crime")
    pacino, other = PersonFactory.create(name="Al Pacino"), PersonFactory.create(name="Al Pacino")
    movie = MovieFactory.create(genres=[drama], cast=[pacino], runtime=100)
    Movie.objects.filter(pk=movie.pk).update(locked_fields=["title"])
    editor = make_user(role="curator")
    credit = {"person": {"id": other.pk}, "kind": "cast", "character": "Hanna", "position": 0}
    values = {"title": "New", "runtime": 101, "genres": [drama, crime], "tags": [], "credits": [credit]}
    with acting(via="api", user_id=editor.pk):
        update_movie(movie_id=movie.pk, values=values)
    change = Change.objects.get()
    assert (change.action, change.via, change.actor_id, change.version) == ("edited", "api", editor.pk, 2)
    assert change.fields == {
        "title": {"old": movie.title, "new": "New"},
        "runtime": {"old": 100, "new": 101},
        "genres": {"old": [], "new": ["Crime"]},
        "credits": {
            "old": [{"person": pacino.pk, "name": "Al Pacino"}],
            "new": [{"person": other.pk, "name": "Al Pacino", "character": "Hanna"}],
        },
        "locked_fields": {"old": [], "new": ["credits", "genres", "runtime"]},
    }


def test_an_edit_that_changes_nothing_or_is_refused_leaves_no_line() -> None:
    movie = MovieFactory.create(runtime=100, imdb_id="tt0000001")
    other = MovieFactory.create()
    update_movie(movie_id=movie.pk, values={"runtime": 100, "genres": []})
    with pytest.raises(WatchlyError):
        update_movie(movie_id=other.pk, values={"runtime": 7, "imdb_id": "tt0000001"})
    assert not Change.objects.exists()


def test_the_history_of_an_edit_takes_one_statement_and_two_to_read_its_relations(
    django_assert_num_queries: Any,
) -> None:
    movie, genre = MovieFactory.create(runtime=100), GenreFactory.create()
    with django_assert_num_queries(16 + 1):
        update_movie(movie_id=movie.pk, values={"runtime": 101})
    with django_assert_num_queries(17 + 1 + 2):
        update_movie(movie_id=movie.pk, values={"genres": [genre]})


def test_pictures_tell_which_came_went_and_moved(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    movie = MovieFactory.create()
    first, second = (add_image(movie_id=movie.pk, kind="poster", upload=picture(red)) for red in (10, 200))
    assert last(movie)["images"] == {"old": [], "new": [shown(second)]}
    make_first(image_id=second.pk)
    assert last(movie)["images"] == {"old": [shown(first), shown(second)], "new": [shown(second), shown(first)]}
    set_language(image_id=first.pk, language="fr")
    assert last(movie)["images"] == {"old": [shown(first)], "new": [shown(first, language="fr")]}
    set_language(image_id=first.pk, language="fr")
    remove_image(image_id=first.pk)
    assert last(movie)["images"] == {"old": [shown(first, language="fr")], "new": []}
    assert [version for _, _, version in lines(movie)] == [2, 3, 4, 5, 6]


def picture(red: int) -> ContentFile[bytes]:
    stream = BytesIO()
    Pillow.new("RGB", (20, 30), (red, 0, 0)).save(stream, "PNG")
    return ContentFile(stream.getvalue(), "p.png")


def shown(image: Any, **more: str) -> dict[str, Any]:
    return {"id": image.pk, "kind": "poster", "width": 20, "height": 30, **more}


# --- many movies -----------------------------------------------------------------------------------------------------


def test_each_step_of_publishing_is_told_with_its_reason(django_assert_num_queries: Any) -> None:
    draft, there = MovieFactory.create(state="draft"), MovieFactory.create()
    ids = [draft.pk, there.pk]
    publish_movies(movie_ids=ids)
    withdraw_movies(movie_ids=ids, reason="A double.")
    restore_movies(movie_ids=ids, reason="It is not.")
    assert lines(draft) == [
        ("published", {"state": {"old": "draft", "new": "published"}}, 2),
        ("withdrawn", {"state": {"old": "published", "new": "withdrawn"}}, 3),
        ("restored", {"state": {"old": "withdrawn", "new": "published"}}, 4),
    ]
    assert [action for action, _, _ in lines(there)] == ["withdrawn", "restored"]
    assert list(draft.changes.order_by("pk").values_list("reason", flat=True)) == [None, "A double.", "It is not."]
    assert Movie.objects.get(pk=draft.pk).state_reason is None


def test_genres_of_many_are_told_of_each_that_changed() -> None:
    drama, crime = GenreFactory.create(name="Drama"), GenreFactory.create(name="Crime")
    some, all_of_it = MovieFactory.create(genres=[drama]), MovieFactory.create(genres=[drama, crime])
    ids = [some.pk, all_of_it.pk]
    add_genres(movie_ids=ids, genre_ids=[drama.pk, crime.pk])
    assert lines(all_of_it) == []
    assert lines(some) == [
        ("edited", {"genres": {"old": [], "new": ["Crime"]}, "locked_fields": {"old": [], "new": ["genres"]}}, 2)
    ]
    remove_genres(movie_ids=ids, genre_ids=[drama.pk])
    assert lines(some)[1] == ("edited", {"genres": {"old": ["Drama"], "new": []}}, 3)


def test_a_bulk_call_tells_of_what_it_did() -> None:
    movie, gone = MovieFactory.create(), MovieFactory.create()
    items = [BulkItem("update", movie.pk, None, {"runtime": 7}), BulkItem("delete", gone.pk), BulkItem("update", 0)]
    apply_each(items=items)
    assert list(Change.objects.order_by("pk").values_list("movie", "action")) == [
        (movie.pk, "edited"), (gone.pk, "withdrawn")
    ]  # fmt: skip


def test_a_suggestion_is_told_from_its_making_to_the_decision() -> None:
    accepted = SuggestionFactory.create(directors=["Ada Example"])
    accept_suggestion(suggestion_id=accepted.pk)
    ada = Person.objects.get(name="Ada Example")
    assert [(action, version) for action, _, version in lines(accepted.movie_id)] == [("edited", 2), ("published", 3)]
    directors = {"old": [], "new": [{"person": ada.pk, "name": "Ada Example"}]}
    assert lines(accepted.movie_id)[0][1] == {"directors": directors}
    rejected = SuggestionFactory.create()
    reject_suggestion(suggestion_id=rejected.pk, reason="Not a film.")
    assert Change.objects.filter(movie=rejected.movie_id).values_list("action", "reason").get() == (
        "withdrawn", "Not a film."
    )  # fmt: skip


# --- credits and people ----------------------------------------------------------------------------------------------


def test_a_credit_that_comes_to_another_movie_is_told_of_both() -> None:
    credit = CreditFactory.create(character="Hanna")
    before, after = Movie.objects.get(pk=credit.movie_id), MovieFactory.create()
    row = {"person": credit.person_id, "name": credit.person.name, "character": "Hanna"}
    credit.movie = after
    save_credit(credit=credit)
    assert last(before)["credits"] == {"old": [row], "new": []}
    assert last(after)["credits"] == {"old": [], "new": [row]}
    remove_credits(credit_ids=[credit.pk])
    assert last(after)["credits"] == {"old": [row], "new": []}
    assert not Credit.objects.exists()


def test_people_have_a_history_of_their_own() -> None:
    person = create_person(values={"name": "Friz Lang", "born": None})
    update_person(person_id=person.pk, values={"name": "Fritz Lang", "born": None})
    update_person(person_id=person.pk, values={"name": "Fritz Lang"})
    assert list(person.changes.order_by("pk").values_list("action", "fields", "version")) == [
        ("created", {"name": {"old": None, "new": "Friz Lang"}}, 1),
        (
            "edited",
            {"name": {"old": "Friz Lang", "new": "Fritz Lang"}, "locked_fields": {"old": [], "new": ["name"]}},
            2,
        ),
    ]
    person.refresh_from_db()
    assert (person.name_key, person.locked_fields, person.version) == ("fritz lang", ["name"], 2)
    assert remove_people(person_ids=[person.pk]) == 1


def test_an_id_of_somebody_else_is_refused() -> None:
    PersonFactory.create(imdb_id="nm0000485")
    person = PersonFactory.create()
    with pytest.raises(WatchlyError) as refused:
        update_person(person_id=person.pk, values={"imdb_id": "nm0000485"})
    assert (refused.value.code, refused.value.errors[0].pointer) == ("duplicate", "/imdb_id")
    assert not Change.objects.exists()
