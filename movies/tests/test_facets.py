"""The database's facets are those of the code."""

from __future__ import annotations

import pytest

from movies.models import Movie
from movies.models.facets import country_facet, genre_facet, language_facet, status_facet, tag_facet
from movies.tests.factories import GenreFactory, MovieFactory, TagFactory


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "cmn"])
@pytest.mark.parametrize("status", Movie.ReleaseStatus.values)
def test_the_database_computes_the_same_facets(language: str, status: str) -> None:
    genre, tag = GenreFactory.create(), TagFactory.create()
    movie = MovieFactory.create(
        genres=[genre], tags=[tag], countries=["FR", "IT"], original_language=language, release_status=status
    )
    assert movie.facets == [
        genre_facet(genre.pk),
        tag_facet(tag.pk),
        country_facet("FR"),
        country_facet("IT"),
        language_facet(language),
        status_facet(status),
    ]


@pytest.mark.django_db
def test_nothing_known_gives_no_facets() -> None:
    assert MovieFactory.create().facets == []


def test_no_two_kinds_share_a_facet() -> None:
    everything = [
        *(genre_facet(n) for n in range(1, 200)),
        *(tag_facet(n) for n in range(1, 200)),
        *(country_facet(code) for code in ("FR", "US", "IT")),
        *(language_facet(code) for code in ("fr", "us", "cmn")),
        *(status_facet(status) for status in Movie.ReleaseStatus.values),
    ]
    assert len(set(everything)) == len(everything)
    assert max(everything) < 2**31
