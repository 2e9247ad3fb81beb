"""The seed of popularity."""

from __future__ import annotations

import math

import pytest

from movies.importers.record import Nomination
from tools.catalogue.popularity import seed_popularity
from tools.catalogue.tests.factories import entry


def test_raters_count_beside_those_of_movies_of_the_same_years() -> None:
    old, new = entry("Old", 1950, signals={"raters": 30}), entry("New", 2013, signals={"raters": 300})
    rest = [entry(f"Old {n}", 1951, signals={"raters": 10}) for n in range(10)]
    rest += [entry(f"New {n}", 2012, signals={"raters": 300}) for n in range(10)]
    seeds = seed_popularity([old, new, *rest])
    assert seeds[id(old)] > seeds[id(new)]
    assert seeds[id(new)] == pytest.approx(math.log(2), abs=0.01)


def test_each_signal_adds_to_the_seed() -> None:
    signals = {"omdb_votes": 70, "revenue_usd": 10_000_000, "notable_list": 1, "sight_and_sound_2022_votes": 9}
    won = Nomination("Academy Award", 50, "Directing", True, ())
    prize = Nomination("Cannes Film Festival", None, "Palme d'Or", True, ())
    movie = entry("Everything", 1979, signals=signals, awards=[won, prize])
    right = 2.5 + 0.25 * 2 + 0.35 * math.log(2) * 2 + 0.5 + 0.6 + 0.35 * math.log(10)
    assert seed_popularity([movie])[id(movie)] == pytest.approx(right, abs=0.01)


def test_a_movie_without_a_signal_has_no_seed() -> None:
    assert seed_popularity([entry("Unknown", 1979, signals={"revenue_usd": 0})]) == {}
