"""The films on top of a profile, as the account's own document shows and takes them."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from accounts.tests.factories import UserFactory
from movies.models import Movie
from movies.tests.factories import MovieFactory
from social.models import TopFilm
from social.services.top_films import set_top_films
from watchly.api.profile_sections import ProfileSection, sections
from watchly.common.errors import RuleViolation

pytestmark = pytest.mark.django_db


@pytest.fixture
def section() -> ProfileSection:
    return sections()["top_films"]


def shown(section: ProfileSection, user_id: int) -> list[int]:
    return [film["id"] for film in section.output().to_representation(section.read(user_id))]


def test_they_stand_in_the_order_that_was_sent(section: ProfileSection, django_assert_num_queries: Any) -> None:
    user, other = UserFactory.create().pk, UserFactory.create().pk
    films = [MovieFactory.create().pk for _ in range(5)]
    for wanted in (films[:4], films[1:3], [films[2], films[1], films[4]], []):
        section.write(user, section.input().run_validation(wanted))
        with django_assert_num_queries(1):
            assert shown(section, user) == wanted
    assert shown(section, other) == []


def test_what_does_not_change_takes_no_revision(section: ProfileSection) -> None:
    user, films = UserFactory.create().pk, [MovieFactory.create().pk for _ in range(2)]
    section.write(user, films)
    before = list(TopFilm.objects.values_list("position", "revision"))
    section.write(user, films)
    assert list(TopFilm.objects.values_list("position", "revision")) == before


def test_what_is_wrong_is_named_and_nothing_changes(section: ProfileSection) -> None:
    user, film = UserFactory.create().pk, MovieFactory.create().pk
    gone = MovieFactory.create(state=Movie.State.WITHDRAWN).pk
    section.write(user, [film])
    for wrong, pointers in (
        ([film, film], ["/top_films/1"]),
        ([gone, 2**62], ["/top_films/0", "/top_films/1"]),
        ([film] * 5, ["/top_films", *(f"/top_films/{n}" for n in range(1, 5))]),
    ):
        with pytest.raises(RuleViolation) as refused:
            section.write(user, wrong)
        assert [error.pointer for error in refused.value.errors] == pointers
    for malformed in ([1, 2, 3, 4, 5], ["heat"], "heat", [0]):
        with pytest.raises(ValidationError):
            section.input().run_validation(malformed)
    assert shown(section, user) == [film]


def test_a_film_that_was_withdrawn_since_may_stay(section: ProfileSection) -> None:
    user, kept, new = UserFactory.create().pk, MovieFactory.create().pk, MovieFactory.create().pk
    set_top_films(user_id=user, movie_ids=[kept])
    Movie.objects.filter(pk=kept).update(state=Movie.State.WITHDRAWN)
    set_top_films(user_id=user, movie_ids=[new, kept])
    assert shown(section, user) == [new, kept]
