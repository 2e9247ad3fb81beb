"""What a person has not opened to a reader is found nowhere: every route that is read, generated from the URLs.

Ann has one thing of each kind that is public, one for followers, one for herself. A stranger, nobody, somebody whom she
blocks, and an accepted follower read everything there is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.models import Movie
from movies.tests.factories import MovieFactory, PersonFactory
from social.models import Comment, MovieList, Review
from social.services.activities import record_activity
from social.tests.factories import (
    BlockFactory,
    CommentFactory,
    FollowFactory,
    LibraryEntryFactory,
    ListItemFactory,
    MovieListFactory,
    PlayFactory,
    ReviewFactory,
)
from watchly.tests.test_access import ROUTES

# What it runs is measured by the tests of each part, and following every line of it would take a minute.
pytestmark = pytest.mark.no_cover

VISIBILITIES = ("public", "followers", "private")
SEEN_BY: dict[str, tuple[str, ...]] = {
    "nobody": ("public",),
    "stranger": ("public",),
    "follower": ("public", "followers"),
    "blocked": (),
}
# What a route asks for, so that it answers with something.
QUERIES = {
    "api/search": "q=ann",
    "api/users": "search=ann",
    "api/movies/suggest": "q=film",
    "api/movies/lookup": "tmdb_id=1",
    "api/movies/<str:pk>/watch-providers": "country=DE",
}
# Where a movie in the answer tells of a person.
ABOUT_PEOPLE = ("api/users/", "api/feed", "api/movies/<str:pk>/friends")


def mark(visibility: str) -> str:
    """A word that stands in the texts of this visibility alone."""
    return f"zq{visibility}zq"


@dataclass
class World:
    """Ann's things by visibility."""

    ann: User
    recorded: dict[str, Movie] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    lists: dict[str, MovieList] = field(default_factory=dict)
    person: int = 0

    def paths(self, route: str) -> Iterator[str]:
        """Every path of a route that could tell of one of them."""
        of_movies = [movie.pk for movie in (*self.recorded.values(), *(one.movie for one in self.reviews.values()))]
        kind = route.split("/")[1]
        ids: dict[str, list[int]] = {
            "movies": of_movies,
            "people": [self.person],
            "reviews": [one.pk for one in self.reviews.values()],
            "lists": [one.pk for one in self.lists.values()],
        }
        for pk in ids.get(kind, [1]):
            path = route.replace("<str:pk>", str(pk)).replace("<str:username>", "ann")
            yield "/" + path.replace("<str:token>", "nothing").replace("<str:item>", "1").replace(
                "<str:field>", "title"
            )


@pytest.fixture
def world(db: None) -> World:
    ann, other = UserFactory.create(username="ann"), UserFactory.create(username="other")
    world = World(ann, person=PersonFactory.create().pk)
    for visibility in VISIBILITIES:
        movie = MovieFactory.create(title=f"Film {visibility} ann")
        LibraryEntryFactory.create(user=ann, movie=movie, half_stars=7, favorite=True, visibility=visibility)
        PlayFactory.create(user=ann, movie=movie, visibility=visibility)
        world.recorded[visibility] = movie
        text = mark(visibility)
        review = ReviewFactory.create(user=ann, body=text, html=text, excerpt=text, visibility=visibility)
        world.reviews[visibility] = review
        world.comments[visibility] = CommentFactory.create(review=review, user=ann, body=text, html=text)
        own_list = MovieListFactory.create(user=ann, title=f"ann {text}", visibility=visibility)
        ListItemFactory.create(list=own_list, movie=movie, note=text)
        world.lists[visibility] = own_list
        if visibility != "private":
            for verb, about in (("rated", movie), ("reviewed", review.movie)):
                record_activity(actor_id=ann.pk, verb=verb, visibility=visibility, movie_id=about.pk, half_stars=7)
    CommentFactory.create(review=ReviewFactory.create(user=other), user=ann, body=mark("public"), html=mark("public"))
    return world


def reader(world: World, who: str) -> APIClient:
    client = APIClient()
    if who != "nobody":
        user = UserFactory.create(username=who)
        client.force_authenticate(user)
        if who == "follower":
            FollowFactory.create(follower=user, followed=world.ann)
        if who == "blocked":
            BlockFactory.create(blocker=world.ann, blocked=user)
    return client


def answers(client: APIClient, world: World) -> Iterator[tuple[str, str, Any]]:
    for route, methods in ROUTES.items():
        if "GET" in methods:
            for path in world.paths(route):
                query = QUERIES.get(route)
                yield route, path, client.get(f"{path}?{query}" if query else path)


@pytest.mark.parametrize("who", SEEN_BY)
def test_what_a_reader_may_not_see_is_found_nowhere(world: World, who: str) -> None:
    client, hidden = reader(world, who), [each for each in VISIBILITIES if each not in SEEN_BY[who]]
    for route, path, answer in answers(client, world):
        text = answer.content.decode()
        told = f"{text} {dict(answer.headers)}"
        for visibility in hidden:
            assert mark(visibility) not in told, (path, visibility)
            if route.startswith(ABOUT_PEOPLE):
                assert world.recorded[visibility].slug not in text, (path, visibility)
        if who == "blocked" and answer.status_code == 200:
            assert '"ann"' not in text, path


@pytest.mark.parametrize("who", SEEN_BY)
def test_what_a_reader_may_see_is_there(world: World, who: str) -> None:
    """The other side: a rule that hides everything would pass the test above."""
    client, seen = reader(world, who), SEEN_BY[who]
    everything = " ".join(answer.content.decode() for _, _, answer in answers(client, world))
    assert {each for each in VISIBILITIES if mark(each) in everything} == set(seen)
    for path in ("library", "favorites", "history"):
        answer = client.get(f"/api/users/ann/{path}")
        assert answer.status_code == (404 if who == "blocked" else 200)
        shown = [row["movie"]["slug"] for row in answer.json().get("results", [])]
        assert {world.recorded[each].slug for each in seen} == set(shown)


@pytest.mark.parametrize("who", SEEN_BY)
def test_what_is_hidden_is_answered_as_what_never_was(world: World, who: str) -> None:
    client = reader(world, who)
    things: tuple[tuple[str, dict[str, Any]], ...] = (("reviews", world.reviews), ("lists", world.lists))
    for kind, by_visibility in things:
        never = told(client.get(f"/api/{kind}/999999999"))
        for visibility, thing in by_visibility.items():
            for path in ("", "/share", "/items" if kind == "lists" else "/comments"):
                answer = client.get(f"/api/{kind}/{thing.pk}{path}")
                if visibility in SEEN_BY[who]:
                    assert answer.status_code == 200, (kind, visibility, path)
                else:
                    assert told(answer) == never, (kind, visibility, path)
                    assert "ETag" not in answer.headers


def told(answer: Any) -> dict[str, Any]:
    """What a refusal says, without what names the request and the id."""
    found = json.loads(answer.content)
    return {name: found.get(name) for name in ("type", "title", "status", "code", "errors")}
