"""Codes of countries and languages: other spellings become the code that filters find, unknown ones are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.forms import modelform_factory
from rest_framework.test import APIClient

from movies.admin.parts import PartForm
from movies.importers.record import Refused
from movies.importers.watchly import clean_object
from movies.models import AlternativeTitle, Company, Movie
from movies.tests.factories import MovieFactory
from watchly.tests.pictures import upload

pytestmark = pytest.mark.django_db

GIVEN: dict[str, Any] = {
    "title": "Brazil",
    "original_language": "eng",
    "languages": ["EN", "ger", "English"],
    "countries": ["UK", "usa", "GB"],
    "alternative_titles": [{"title": "Brasilien", "country": "Germany", "language": "de-DE"}],
    "release_dates": [{"country": "uk", "kind": "theatrical", "date": "1985-02-22"}],
    "videos": [{"provider": "youtube", "key": "abc", "language": "fre"}],
}


def test_the_api_stores_the_code_that_filters_find(curator: APIClient, anyone: APIClient) -> None:
    created = curator.post("/api/movies", GIVEN)
    assert created.status_code == 201, created.content

    movie = Movie.objects.get()
    assert (movie.original_language, movie.languages, movie.countries) == ("en", ["en", "de"], ["GB", "US"])
    assert movie.alternative_titles.values_list("country", "language").get() == ("DE", "de")
    assert movie.release_dates.get().country == "GB"
    assert movie.videos.get().language == "fr"
    for query in ("country=UK", "country=gbr", "country=GB", "language=eng", "language=en-US", "language=en"):
        assert [row["id"] for row in anyone.get(f"/api/movies?{query}").json()["results"]] == [movie.pk], query


@pytest.mark.parametrize(
    ("values", "pointer", "nearest"),
    [
        ({"countries": ["GB", "XX"]}, "/countries/1", "XK (Kosovo)"),
        ({"countries": ["Frankreich"]}, "/countries/0", "FR (France)"),
        ({"original_language": "Englsh"}, "/original_language", "en (English)"),
        (
            {"release_dates": [{**GIVEN["release_dates"][0], "country": "ZZZ"}]},
            "/release_dates/0/country",
            "such as FR",
        ),
    ],
)
def test_the_api_refuses_unknown_codes(curator: APIClient, values: dict[str, Any], pointer: str, nearest: str) -> None:
    response = curator.post("/api/movies", {**GIVEN, **values})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["pointer"]) == (400, pointer)
    assert nearest in error["detail"]
    assert not Movie.objects.exists()


def test_unknown_codes_in_filters_are_errors(anyone: APIClient) -> None:
    response = anyone.get("/api/movies?country=XX&language=eng")

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/country"
    assert "XK (Kosovo)" in response.json()["errors"][0]["detail"]


def test_imports_store_the_code_that_filters_find() -> None:
    record = clean_object(GIVEN, this_year=2026)

    assert (record.original_language, record.languages, record.countries) == ("en", ["en", "de"], ["GB", "US"])
    assert record.alternative_titles[0][1:3] == ("DE", "de")
    assert record.release_dates[0].country == "GB"
    with pytest.raises(Refused, match=r"countries: 'XX' is not .* XK \(Kosovo\)"):
        clean_object({"title": "A", "countries": ["XX"]}, this_year=2026)


def test_admin_forms_store_the_code_that_filters_find() -> None:
    titles = modelform_factory(AlternativeTitle, form=PartForm, fields=("title", "country", "language"))
    form = titles(data={"title": "A", "country": "UK", "language": "eng"})
    assert (form.errors, form.cleaned_data["country"], form.cleaned_data["language"]) == ({}, "GB", "en")
    company = modelform_factory(Company, form=PartForm, fields=("name", "country"))
    assert "XK (Kosovo)" in str(company(data={"name": "A", "country": "XX"}).errors["country"])


def test_an_image_takes_its_language_by_any_code(curator: APIClient, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    address = f"/api/movies/{MovieFactory.create().pk}/images"

    def post(language: str) -> Any:
        return curator.post(address, {"file": upload(), "kind": "poster", "language": language}, format="multipart")

    assert post("qqq").json()["errors"][0]["pointer"] == "/language"
    assert post("eng").json()["language"] == "en"
