"""The parameter `ordering` says in which direction each name orders, and what a leading `-` does."""

from __future__ import annotations

from movies.api.filters import MOVIE_ORDERINGS
from watchly.api.parameters import ordering

HIGHEST = ("newest", "rating", "popularity")
LOWEST = ("oldest", "title", "runtime", "year")


def test_named_orderings_are_best_first_and_a_minus_reverses() -> None:
    for names, descending in ((HIGHEST, True), (LOWEST, False)):
        for name in names:
            forward, reverse = MOVIE_ORDERINGS[name]
            assert (forward[0].descending, reverse[0].descending) == (descending, not descending), name


def test_the_parameter_documents_the_rule_with_examples() -> None:
    told = ordering(MOVIE_ORDERINGS, "popularity", ("relevance",))

    assert told["description"] == (
        "The order of the results. `newest`, `rating`, `popularity`: the highest or latest first; a leading `-`"
        " reverses it, so `ordering=-newest` lists the lowest or earliest first. `oldest`, `title`, `runtime`, `year`:"
        " the lowest or earliest first; a leading `-` reverses it, so `ordering=-oldest` lists the highest or latest"
        " first. `relevance` has no reverse. Unknown values come last both ways. Default: `popularity`."
    )
    assert told["schema"]["enum"] == [*MOVIE_ORDERINGS, *(f"-{name}" for name in MOVIE_ORDERINGS), "relevance"]
