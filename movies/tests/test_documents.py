"""What PostgreSQL renders equals what DRF renders from the same rows."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from movies.api.serializers.change import CHANGE
from movies.api.serializers.movie import AWARD, CREDIT, IMAGE, MOVIE, SUGGESTION, VIDEO
from movies.api.serializers.person import PERSON, PERSON_CREDIT
from movies.api.serializers.suggestion import OWN_SUGGESTION
from movies.models import Collection, Company, Movie
from movies.tests.factories import (
    ChangeFactory,
    CreditFactory,
    GenreFactory,
    ImageFactory,
    MovieFactory,
    PersonFactory,
    SuggestionFactory,
    TagFactory,
    VideoFactory,
)
from watchly.api.documents import Document
from watchly.api.renderers import JSONRenderer
from watchly.api.statements import fetch

pytestmark = pytest.mark.django_db


def rendered(document: Document, pk: int, **how: Any) -> dict[str, Any]:
    """By PostgreSQL."""
    ((text,),) = fetch(f"SELECT {document.expression(**how)} FROM {document.table} d WHERE d.id = %(id)s", {"id": pk})
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def by_drf(document: Document, pk: int) -> dict[str, Any]:
    """By the serializer itself."""
    row = document.model._default_manager.get(pk=pk)
    parsed: dict[str, Any] = json.loads(JSONRenderer().render(document.serializer_class(row).data))
    return parsed


def full_movie() -> Movie:
    movie = MovieFactory.create(
        title="L'Été “meurtrier” \\ / \u2028 💥",
        original_title="Zoë",
        release_date=date(1983, 5, 11),
        runtime=133,
        overview='A "quoted"\nline & <b>tag</b>',
        countries=["FR", "IT"],
        languages=["fr"],
        original_language="fr",
        rating_average="3.70",
        rating_count=7,
        popularity=12.345678901234,
        release_status="released",
        imdb_id="tt0085933",
        tmdb_id=1,
        collection=Collection.objects.create(name="C", slug="c"),
        genres=[GenreFactory.create(name="Western"), GenreFactory.create(name="Crime")],
        tags=[TagFactory.create(name="heat wave")],
        directors=[PersonFactory.create(), PersonFactory.create()],
        cast=[PersonFactory.create()],
    )
    CreditFactory.create(movie=movie, character=None, position=None)
    movie.companies.add(Company.objects.create(name="SNC", country="FR"))
    movie.alternative_titles.create(title="One Deadly Summer", country="US")
    movie.release_dates.create(country="FR", kind="theatrical", date=date(1983, 5, 11))
    movie.awards.create(award="César", ceremony=9, category="Actress", won=True, people=["Isabelle Adjani"])
    ImageFactory.create(movie=movie, renditions={"1280": "a/w1280.webp", "185": "a/w185.webp"})
    ImageFactory.create(movie=movie, kind="backdrop")
    VideoFactory.create(movie=movie, provider="vimeo", key="123", name="Trailer")
    movie.refresh_from_db()
    return movie


@pytest.mark.parametrize("make", [full_movie, lambda: MovieFactory.create(year=None)], ids=["full", "bare"])
def test_a_movie(make: Any) -> None:
    movie = make()
    for document in (MOVIE, SUGGESTION):
        assert rendered(document, movie.pk) == by_drf(document, movie.pk)
        assert list(rendered(document, movie.pk)) == list(by_drf(document, movie.pk))


def test_every_expansion() -> None:
    movie = full_movie()
    embedded = rendered(MOVIE, movie.pk, fields=("id",), expand=tuple(MOVIE.expansion_fields))
    for name, field in MOVIE.expansion_fields.items():
        source = getattr(movie, name)
        if hasattr(field, "child"):
            source = source.order_by(*field.child.Meta.ordering) if name != "credits" else source.all()
        expected = json.loads(JSONRenderer().render(field.to_representation(source)))
        if name == "credits":
            by_id = sorted(expected, key=lambda credit: credit["id"])
            assert sorted(embedded[name], key=lambda credit: credit["id"]) == by_id
            places = [(credit["kind"], credit["position"] is None, credit["position"]) for credit in embedded[name]]
            assert places == sorted(places)
        else:
            assert embedded[name] == expected, name


def test_a_suggestion() -> None:
    suggestion = SuggestionFactory.create(note="x", directors=["Ada Example"])
    assert rendered(OWN_SUGGESTION, suggestion.pk) == by_drf(OWN_SUGGESTION, suggestion.pk)


@pytest.mark.parametrize("by_somebody", [True, False])
def test_a_line_of_a_history(by_somebody: bool, make_user: Any) -> None:
    fields = {"title": {"old": 'a "b"', "new": None}, "tags": {"old": [], "new": ["x"]}}
    actor = make_user() if by_somebody else None
    change = ChangeFactory.create(actor=actor, fields=fields, reason="Why not?")
    assert rendered(CHANGE, change.pk) == by_drf(CHANGE, change.pk)


def test_what_hangs_on_a_movie_and_people() -> None:
    movie = full_movie()
    credit = movie.credits.first()
    assert credit is not None
    rows: tuple[tuple[Document, Any], ...] = (
        (CREDIT, credit),
        (PERSON_CREDIT, credit),
        (PERSON, credit.person),
        (IMAGE, movie.images.first()),
        (VIDEO, movie.videos.get()),
        (AWARD, movie.awards.get()),
    )
    for document, row in rows:
        assert rendered(document, row.pk) == by_drf(document, row.pk), document.serializer_class.__name__
