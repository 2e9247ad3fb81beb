"""The seed of popularity: how well known a movie is before any user has seen it, from the signals of the lists."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final

from tools.catalogue.duplicates import OSCAR
from tools.catalogue.entry import Entry

# Raters are a sample of one year, 2013, in which few rated old movies: they count beside those of movies of their time.
COHORT: Final = 2


def seed_popularity(entries: list[Entry]) -> dict[int, float]:
    """The seed of each entry that has a signal, above 0 and rarely above 12, by the entry's identity."""
    means = _means(entries)
    seeds = {}
    for entry in entries:
        seed = _seed(entry, means.get(entry.year or 0, 1.0))
        if seed > 0:
            seeds[id(entry)] = round(seed, 2)
    return seeds


def _seed(entry: Entry, mean: float) -> float:
    signals = entry.signals
    oscars = [award for award in entry.awards if award.award == OSCAR]
    nominations = max(len(oscars), signals.get("oscar_nominations", 0))
    wins = max(sum(award.won for award in oscars), signals.get("oscar_wins", 0))
    prizes = sum(award.won for award in entry.awards if award.award != OSCAR)
    revenue = signals.get("revenue_usd", 0)
    return (
        math.log1p(signals.get("raters", 0) / mean)
        + min(2.5, 0.9 * math.log1p(signals.get("omdb_votes", 0)))
        + (0.25 * max(0.0, math.log10(revenue) - 5) if revenue > 0 else 0)
        + 0.35 * math.log1p(nominations)
        + 0.35 * math.log1p(wins)
        + 0.5 * bool(signals.get("notable_list"))
        + 0.6 * prizes
        + 0.35 * math.log1p(signals.get("sight_and_sound_2022_votes", 0))
    )


def _means(entries: list[Entry]) -> dict[int, float]:
    """How many raters the rated movies of each year and of the years around it have on average."""
    raters: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        if entry.year and entry.signals.get("raters"):
            raters[entry.year].append(entry.signals["raters"])
    means = {}
    for year in range(min(raters, default=0), max(raters, default=0) + 1):
        around = [count for near in range(year - COHORT, year + COHORT + 1) for count in raters.get(near, ())]
        if around:
            means[year] = sum(around) / len(around)
    return means
