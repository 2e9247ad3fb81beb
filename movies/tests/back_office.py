"""Signing in to the back office in tests, and sending its forms back as a browser would."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client

from movies.models import Movie
from movies.tests.factories import (
    CreditFactory,
    GenreFactory,
    ImageFactory,
    MovieFactory,
    PersonFactory,
    TagFactory,
    VideoFactory,
)

LIST = "/admin/movies/movie/"


def page(movie: Movie) -> str:
    """The address of a movie's page."""
    return f"{LIST}{movie.pk}/change/"


def signed_in(user: Any) -> Client:
    """A browser in which this user has signed in."""
    client = Client()
    client.force_login(user)
    return client


def form_data(response: Any) -> dict[str, Any]:
    """All fields of a page's form and inlines as they stand, to be changed and posted."""
    data: dict[str, Any] = {}
    for bound in response.context["adminform"].form:
        _put(data, bound)
    for inline in response.context["inline_admin_formsets"]:
        for bound in inline.formset.management_form:
            _put(data, bound)
        for form in inline.formset.forms:
            for bound in form:
                _put(data, bound)
    return data


def _put(data: dict[str, Any], bound: Any) -> None:
    value = bound.value()
    if value is None or value is False or bound.field.disabled:
        return
    if isinstance(value, list | tuple):
        if not value and not hasattr(bound.field, "delimiter"):
            return
        delimiter = getattr(bound.field, "delimiter", None)
        value = delimiter.join(value) if delimiter else [getattr(each, "pk", each) for each in value]
    elif isinstance(value, date):
        value = value.isoformat()
    data[bound.html_name] = getattr(value, "pk", value)


def rich_movie() -> Movie:
    """A movie with a hundred credits, ten images and five videos."""
    movie = MovieFactory.create(
        title="Metropolis",
        year=1927,
        genres=[GenreFactory.create(), GenreFactory.create()],
        tags=[TagFactory.create(), TagFactory.create()],
    )
    for _ in range(99):
        CreditFactory.create(movie=movie, person=PersonFactory.create())
    CreditFactory.create(
        movie=movie, person=PersonFactory.create(), kind="crew", job="Director", department="Directing"
    )
    for _ in range(10):
        ImageFactory.create(movie=movie)
    for _ in range(5):
        VideoFactory.create(movie=movie)
    return movie
