"""The table of docs/library.md, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from accounts.tests.factories import UserFactory
from movies.models import Movie, MovieFigures
from movies.services.figures import RECOUNTS
from movies.tests.factories import MovieFactory
from social.models import Activity, LibraryEntry, Play, Review, Tombstone
from social.services import entries
from social.services.plays import add_play, change_play, delete_play
from social.services.reviews import change_review, write_review
from social.services.zones import UNKNOWN, Moment, moment, zone_of

Line = tuple[str, str, str, str, str]


def lines(heading: str = "| done before |") -> list[Any]:
    text = (settings.BASE_DIR / "docs" / "library.md").read_text(encoding="utf-8")
    table = text.split(heading, 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table]


@dataclass
class Acting:
    """Somebody who does what the table says with one movie."""

    user: User
    movie: Movie
    plays: dict[str, list[int]] = field(default_factory=dict)

    def do(self, act: str) -> None:
        word, *rest = act.split()
        who: dict[str, Any] = {"user_id": self.user.pk, "movie_id": self.movie.pk}
        match word, rest:
            case "status", [status]:
                entries.set_status(**who, status=status)
            case "no", ["status"]:
                entries.clear_status(**who)
            case "rate", [stars, *quietly]:
                entries.rate_movie(**who, half_stars=int(float(stars) * 2), mark_watched=not quietly)
            case "unrate", []:
                entries.unrate_movie(**who)
            case "favorite" | "unfavorite", []:
                entries.set_favorite(**who, favorite=word == "favorite")
            case "play", [day, *stars]:
                half_stars = int(float(stars[0]) * 2) if stars else None
                play_id, _ = add_play(**who, when=self.when(day), half_stars=half_stars)
                self.plays.setdefault(day, []).append(play_id)
            case "stars", [day, stars]:
                half = None if stars == "none" else int(float(stars) * 2)
                self.change(day, {"half_stars": half})
            case "move", [day, other]:
                self.change(day, {}, self.when(other))
                self.plays[other] = self.plays.pop(day)
            case "private", ["play", day, stars]:
                play_id, _ = add_play(
                    **who, when=self.when(day), half_stars=int(float(stars) * 2), visibility="private"
                )
                self.plays.setdefault(day, []).append(play_id)
            case ("review", [stars]) | ("private", ["review", stars]):
                visibility = "private" if word == "private" else "public"
                write_review(**who, body="Good.", half_stars=int(float(stars) * 2), visibility=visibility)
            case "narrow" | "widen", [what]:
                values = {"visibility": "private" if word == "narrow" else "public"}
                if what == "review":
                    review = Review.objects.get(user=self.user, movie=self.movie)
                    change_review(user_id=self.user.pk, review_id=review.pk, values=values)
                else:
                    change_play(user_id=self.user.pk, play_id=self.plays[what][-1], values=values)
            case "entry", [visibility]:
                entries.describe_entry(**who, visibility=visibility)
            case "delete", [day, *status]:
                delete_play(user_id=self.user.pk, play_id=self.plays[day].pop(), status=status[0] if status else None)
            case _:
                raise AssertionError(f"The table names an act that there is not: {act}")

    def change(self, day: str, values: dict[str, int | None], when: Moment | None = None) -> None:
        change_play(user_id=self.user.pk, play_id=self.plays[day][-1], values=values, when=when)

    def when(self, day: str) -> Moment:
        return UNKNOWN if day == "?" else moment(f"2024-{day}", zone=zone_of(self.user))


@pytest.mark.django_db
@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line[0]} then {line[1]}".replace("`", ""))
def test_each_line_of_the_table(line: Line) -> None:
    before, act, status, stars, plays = line
    acting = Acting(UserFactory.create(), MovieFactory.create())
    for earlier in re.findall(r"`([^`]+)`", before):
        acting.do(earlier)
    acting.do(act.strip("`"))
    entry = LibraryEntry.objects.filter(user=acting.user).first()
    if status == "not in the library":
        assert entry is None
        assert Tombstone.objects.filter(user=acting.user, kind="entry").exists() == (before != "nothing")
    else:
        assert entry is not None
        assert entry.status == (None if status == "–" else status)
        assert entry.half_stars == (None if stars == "–" else int(float(stars) * 2))
        assert entry.plays == int(plays)
    assert Play.objects.count() == (0 if entry is None else entry.plays)
    # What is kept beside the rows is as if it were counted.
    figures = MovieFigures.objects.filter(movie=acting.movie).first()
    counted = (0, 0, 0) if figures is None else (figures.rating_count, figures.plays, figures.favorites)
    has = entry or LibraryEntry()
    assert counted == (int(has.half_stars is not None), has.plays, int(has.favorite))
    assert {name: recount() for name, recount in RECOUNTS.items() if "libraries" in name or "plays" in name} == {
        "library entries with plays that were off": 0,
        "movies with figures of libraries that were off": 0,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line", lines("| done on a public entry |"), ids=lambda line: f"{line[0]} then {line[1]}".replace("`", "")
)
def test_what_is_narrower_than_an_entry_never_shows_through_it(line: tuple[str, str, str, str]) -> None:
    before, act, own, others = line
    acting = Acting(UserFactory.create(), MovieFactory.create())
    for each in [*re.findall(r"`([^`]+)`", before), act.strip("`")]:
        acting.do(each)
    entry = LibraryEntry.objects.get(user=acting.user)

    def said(status: str | None, half_stars: int | None) -> str:
        return f"{status or '–'} {'–' if half_stars is None else half_stars // 2}"

    assert said(entry.status, entry.half_stars) == own
    assert said(entry.shown_status, entry.shown_half_stars) == others
    assert (entry.shown_rated_at is None) == (entry.shown_half_stars is None)
    public = entry.shown_half_stars if entry.visibility == "public" else None
    figures = MovieFigures.objects.filter(movie=acting.movie).first()
    assert (figures.rating_sum if figures else 0) == (public or 0)
    told = Activity.objects.filter(verb="rated").values_list("half_stars", flat=True)
    assert list(told) == (
        [] if entry.visibility == "private" or not entry.shown_half_stars else [entry.shown_half_stars]
    )
    assert {recount() for name, recount in RECOUNTS.items() if "libraries" in name or "plays" in name} == {0}


def test_the_table_has_every_operation_in_every_state() -> None:
    acts = {line[1].strip("`").split()[0] for line in lines()}
    assert acts == {
        "status", "no", "rate", "unrate", "play", "stars", "move", "delete", "favorite", "unfavorite",
    }  # fmt: skip
    befores = {line[0] for line in lines()}
    assert {"nothing", *(f"`status {name}`" for name in LibraryEntry.Status.values), "`rate 4`"} <= befores
