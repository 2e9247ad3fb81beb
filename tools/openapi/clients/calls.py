"""Ten calls with the client that openapi-python-client makes of openapi.yaml. Type-checked by mypy before it runs.

python calls.py ADDRESS PASSWORD
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TypeVar

from watchly_client import AuthenticatedClient, Client
from watchly_client.api.community import search
from watchly_client.api.library import add_play, list_changes, list_history, rate_movie
from watchly_client.api.lists import add_item, make_list
from watchly_client.api.movies import change_movie, get_movie, list_movie_history, list_movies
from watchly_client.api.sign_in import login
from watchly_client.models import (
    ChangePage,
    Found,
    ItemInput,
    KeptItem,
    List,
    ListChangesResponse200,
    ListInput,
    ListMoviesExpandItem,
    ListMoviesFieldsItem,
    Login,
    LoginInput,
    Me,
    Movie,
    MoviePage,
    OwnPlayChange,
    PartialMovie,
    PatchedMovieInput,
    Play,
    PlayInput,
    PlayPage,
    Problem,
    RatingInput,
)

T = TypeVar("T")


def expect(kind: type[T], found: object) -> T:
    """Returns what was found if it is of this kind, and ends the program if not."""
    if not isinstance(found, kind):
        sys.exit(f"Expected {kind.__name__}, found {found!r}")
    return found


def check(holds: bool, found: object) -> None:
    """Ends the program with what was found unless something holds of it."""
    if not holds:
        sys.exit(f"Not as expected: {found!r}")


def main(address: str, password: str) -> None:
    signed_in = expect(Login, login.sync(client=Client(address), body=LoginInput(username="admin", password=password)))
    client = AuthenticatedClient(address, signed_in.access, raise_on_unexpected_status=True)

    page = expect(
        MoviePage,
        list_movies.sync(
            client=client,
            fields=[ListMoviesFieldsItem.ID, ListMoviesFieldsItem.TITLE],
            expand=[ListMoviesExpandItem.CREDITS, ListMoviesExpandItem.ME],
            page_size=2,
        ),
    )
    picked = expect(PartialMovie, page.results[0])
    check(set(picked.to_dict()) == {"id", "title", "credits", "me"}, picked)
    movie_id = expect(int, picked.id)

    edited = PatchedMovieInput(tagline="Ten calls.")
    expect(Movie, change_movie.sync(movie_id, client=client, body=edited))
    history = expect(ChangePage, list_movie_history.sync(str(movie_id), client=client, limit=5))
    check(bool(history.results), "The edit is missing from the history.")

    me = expect(Me, rate_movie.sync(movie_id, client=client, body=RatingInput(stars=4.5)))
    check(me.stars == 4.5, me)
    play = expect(Play, add_play.sync(movie_id, client=client, body=PlayInput(watched_at="2026-11-20", stars=4.0)))
    plays = expect(PlayPage, list_history.sync(client=client))
    check(expect(Play, plays.results[0]).id == play.id, plays)

    changes = expect(ListChangesResponse200, list_changes.sync(client=client))
    (change,) = (each for each in changes.results if isinstance(each, OwnPlayChange))
    check(expect(Play, change.data).movie.id == movie_id, change)

    title = f"Ten calls, {datetime.now(UTC):%H:%M:%S}"
    made = expect(List, make_list.sync(client=client, body=ListInput(title=title)))
    item = expect(KeptItem, add_item.sync(made.id, client=client, body=ItemInput(movie_id=movie_id)))
    check(item.movie.id == movie_id, item)

    found = expect(Found, search.sync(client=client, q=item.movie.title))
    check(movie_id in {movie.id for movie in found.movies}, found)

    problem = expect(Problem, get_movie.sync("999999999", client=client))
    check((problem.status, problem.code) == (404, "not_found"), problem)


if __name__ == "__main__":
    main(*sys.argv[1:])
