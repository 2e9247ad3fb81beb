"""Every limit of the catalogue at every entry: API, importer, admin form and database column."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, models, transaction
from django.forms import ModelForm, modelform_factory
from rest_framework.test import APIClient

from movies.admin.movie_form import MovieForm
from movies.admin.parts import AwardForm, CreditForm, PartForm
from movies.admin.person import PersonForm
from movies.api.filters import MovieFilter
from movies.api.serializers.movie_input import MovieInputSerializer
from movies.api.serializers.suggestion import SuggestionInputSerializer
from movies.definition.limits import LIMITS, Day, Many, Number, Text
from movies.importers.record import Refused
from movies.importers.watchly import clean_object
from movies.models import Movie
from movies.tests.factories import CreditFactory, MovieFactory, SuggestionFactory, VideoFactory
from movies.tests.imdb import tsv
from movies.tests.importing import counts, import_file, lay, report

pytestmark = pytest.mark.django_db

Body = Callable[[Any], dict[str, Any]]
_PERSON = {"person": {"name": "Al Pacino"}}
_AWARD = {"award": "Saturn Award", "category": "Writing", "won": False}
_RELEASE = {"country": "US", "kind": "theatrical", "date": "1995-12-15"}
_VIDEO = {"provider": "youtube", "key": "abc"}

# How the API takes each limited value. Those of the movie itself are fields of its body.
API: dict[str, Body] = {
    "tag.name": lambda value: {"tags": [value]},
    "company.name": lambda value: {"companies": [value]},
    "collection.name": lambda value: {"collection": value},
    "person.name": lambda value: {"directors": [value]},
    "credit.character": lambda value: {"credits": [{**_PERSON, "kind": "cast", "character": value}]},
    "credit.department": lambda value: {"credits": [{**_PERSON, "kind": "crew", "job": "Gaffer", "department": value}]},
    "credit.job": lambda value: {"credits": [{**_PERSON, "kind": "crew", "job": value}]},
    "credit.position": lambda value: {"credits": [{**_PERSON, "kind": "cast", "position": value}]},
    "alternative_title.title": lambda value: {"alternative_titles": [{"title": value}]},
    "alternative_title.kind": lambda value: {"alternative_titles": [{"title": "A", "kind": value}]},
    "award.award": lambda value: {"awards": [{**_AWARD, "award": value}]},
    "award.ceremony": lambda value: {"awards": [{**_AWARD, "ceremony": value}]},
    "award.category": lambda value: {"awards": [{**_AWARD, "category": value}]},
    "award.people": lambda value: {"awards": [{**_AWARD, "people": value}]},
    "award.person": lambda value: {"awards": [{**_AWARD, "people": [value]}]},
    "release_date.date": lambda value: {"release_dates": [{**_RELEASE, "date": value}]},
    "release_date.certification": lambda value: {"release_dates": [{**_RELEASE, "certification": value}]},
    "release_date.note": lambda value: {"release_dates": [{**_RELEASE, "note": value}]},
    "video.key": lambda value: {"videos": [{**_VIDEO, "key": value}]},
    "video.name": lambda value: {"videos": [{**_VIDEO, "name": value}]},
}
# Where a file writes it otherwise than the API.
FILE: dict[str, Body] = {
    "genre.name": lambda value: {"genres": [value]},
    "figures.known_raters": lambda value: {"known_raters": value},
    "figures.popularity_seed": lambda value: {"popularity_seed": value},
    "movie.overview_source": lambda value: {"overview": "A heist.", "overview_source": value},
    "movie.overview_license": lambda value: {"overview": "A heist.", "overview_license": value},
    "movie.overview_url": lambda value: {"overview": "A heist.", "overview_url": f"https://a.b/{value[12:]}"},
    "credit.character": lambda value: {"cast": [{"name": "Al Pacino", "character": value}]},
    "credit.department": lambda value: {"crew": [{"name": "Al Pacino", "job": "Gaffer", "department": value}]},
    "credit.job": lambda value: {"crew": [{"name": "Al Pacino", "job": value}]},
    "person.tmdb_id": lambda value: {"directors": [{"name": "Al Pacino", "tmdb_id": value}]},
}
_NOT_IN_API = {
    "movie.cast": "a part of credits",
    "movie.crew": "a part of credits",
    "movie.state_reason": "withdrawing takes it",
    "figures.known_raters": "imports alone give it",
    "figures.popularity_seed": "imports alone give it",
    "movie.overview_source": "imports alone give it",
    "movie.overview_license": "imports alone give it",
    "movie.overview_url": "imports alone give it",
    "genre.name": "the API makes no genre",
    "company.tmdb_id": "the admin alone gives it",
    "collection.tmdb_id": "the admin alone gives it",
    "person.biography": "the admin alone gives it",
    "person.born": "the admin and imports give it",
    "person.died": "the admin and imports give it",
    "person.tmdb_id": "the admin and imports give it",
}
_NOT_IN_FILES = {
    "movie.credits": "directors, cast and crew apart",
    "movie.state_reason": "withdrawing takes it",
    "company.tmdb_id": "the admin alone gives it",
    "collection.tmdb_id": "the admin alone gives it",
    "person.biography": "the admin alone gives it",
    "person.born": "title.basics alone has it: see test_import_imdb",
    "person.died": "title.basics alone has it: see test_import_imdb",
    "credit.position": "the order of the file gives it",
}
_MODELS = {
    "movie": "Movie", "figures": "MovieFigures", "genre": "Genre", "tag": "Tag", "company": "Company",
    "collection": "Collection", "person": "Person", "credit": "Credit", "alternative_title": "AlternativeTitle",
    "award": "Award", "release_date": "ReleaseDate", "video": "Video", "suggestion": "Suggestion",
}  # fmt: skip
_FORMS: dict[str, type[ModelForm[Any]]] = {
    "movie": MovieForm, "person": PersonForm, "credit": CreditForm, "award": AwardForm, "company": PartForm,
    "alternative_title": PartForm, "release_date": PartForm, "video": PartForm,
}  # fmt: skip
# Columns without a limit here, each with the reason.
_EXEMPT = {
    "slug": "the server makes it of the name, within its length",
    "title_key": "the server makes it of the title, within its length",
    "name_key": "the server makes it of the name, within its length",
    "original_language": "a code: see test_codes_at_every_entry",
    "country": "a code: see test_codes_at_every_entry",
    "language": "a code: see test_codes_at_every_entry",
    "imdb_id": "a form, not a length",
    "wikidata_id": "a form, not a length",
    "poster_path": "the server writes it",
    "backdrop_path": "the server writes it",
    "trailer_url": "made of the key of a video",
    "release_order": "the database computes it",
    "facets": "the database computes it",
    "version": "the server counts it",
    "locked_fields": "names of fields",
    "genre_ids": "a copy",
    "tag_ids": "a copy",
    "rating_count": "the server counts it",
    "credit_count": "the server counts it",
    "plays": "the server counts it",
    "people": "the server counts it",
    "rating_rank": "the database computes it",
    "favorites": "the server counts it",
    "rating_sum": "the server counts it",
    "reason": "the service cuts it",
    "position": "the server counts it",
}


def _model(name: str) -> type[models.Model]:
    return apps.get_model("movies", _MODELS[name.split(".")[0]])


def _values(name: str) -> Iterator[tuple[Any, bool]]:
    """Values at and beyond a limit, with whether they are accepted."""
    match LIMITS[name]:
        case Text(most):
            yield from (("x" * most, True), ("x" * (most + 1), False))
        case Number(least, most):
            yield from ((least, True), (most, True), (least - 1, False), (most + 1, False))
        case Day(first, last):
            one = datetime.timedelta(days=1)
            yield from ((first, True), (last, True), (first - one, False), (last + one, False))
        case Many(most):
            yield from ((_entries(name, most), True), (_entries(name, most + 1), False))


def _entries(name: str, count: int) -> list[Any]:
    """That many different entries of a list. Codes are checked after the list was counted, and may repeat."""
    made: dict[str, Callable[[int], Any]] = {
        "movie.languages": lambda _: "fr",
        "movie.countries": lambda _: "FR",
        "movie.crew": lambda n: {"name": f"N{n}", "job": "Gaffer"},
        "movie.alternative_titles": lambda n: {"title": f"T{n}"},
        "movie.awards": lambda n: {**_AWARD, "ceremony": n + 1},
        "movie.release_dates": lambda n: {**_RELEASE, "note": str(n)},
        "movie.videos": lambda n: {**_VIDEO, "key": f"k{n}"},
    }
    return [made.get(name, lambda n: f"N{n}")(n) for n in range(count)]


@pytest.mark.parametrize("name", [name for name in LIMITS if name not in _NOT_IN_API])
def test_the_api_keeps_every_limit(name: str) -> None:
    noun, field = name.split(".")
    serializer = SuggestionInputSerializer if noun == "suggestion" else MovieInputSerializer
    if isinstance(LIMITS[name], Many) and noun != "award":
        # Counted before the entries are looked at: a thousand rows are not made for it.
        assert serializer().fields[field].max_length == LIMITS[name].most  # type: ignore[attr-defined, union-attr]
        return
    for value, accepted in _values(name):
        written = value.isoformat() if isinstance(value, datetime.date) else value
        body = API[name](written) if name in API else {field: written}
        assert serializer(data={"title": "A", **body}).is_valid() is accepted, (name, value)


@pytest.mark.parametrize(
    "name", [name for name in LIMITS if name not in _NOT_IN_FILES and not name.startswith("suggestion.")]
)
def test_imports_keep_every_limit(name: str) -> None:
    field = name.split(".")[1]
    for value, accepted in _values(name):
        written = value.isoformat() if isinstance(value, datetime.date) else value
        made = FILE.get(name) or API.get(name)
        row = {"title": "A", **(made(written) if made else {field: written})}
        if accepted:
            clean_object(row, this_year=2026)
            continue
        with pytest.raises(Refused) as refusal:
            clean_object(row, this_year=2026)
        assert refusal.value.code in ("too_long", "out_of_range", "too_many", "bad_id")


@pytest.mark.parametrize("name", [name for name in LIMITS if hasattr(_model(name), name.split(".")[1])])
def test_admin_forms_keep_every_limit(name: str) -> None:
    noun, field = name.split(".")
    model_field = _model(name)._meta.get_field(field)
    if not model_field.editable or model_field.is_relation or noun == "suggestion":
        return
    form = modelform_factory(_model(name), form=_FORMS.get(noun, ModelForm), fields=(field,))
    for value, accepted in _values(name):
        data = "\n".join(value) if noun == "award" and field == "people" else value
        errors = form(data={field: data}).errors
        assert (field not in errors) is accepted, (name, value, errors)


def _stored(noun: str) -> models.Model:
    """A row to write to."""
    movie = MovieFactory.create()
    made: dict[str, Callable[[], models.Model]] = {
        "movie": lambda: movie,
        "person": lambda: CreditFactory.create().person,
        "credit": lambda: CreditFactory.create(kind="crew", job="Gaffer"),
        "video": VideoFactory.create,
        "suggestion": SuggestionFactory.create,
    }
    if noun in made:
        return made[noun]()
    values: dict[str, dict[str, Any]] = {
        "figures": {"movie": movie},
        "alternative_title": {"movie": movie, "title": "A"},
        "award": {"movie": movie, **_AWARD},
        "release_date": {"movie": movie, **_RELEASE},
    }
    model = _model(f"{noun}.")
    manager = model._default_manager
    return manager.get_or_create(**values[noun])[0] if noun in values else manager.create(name="A")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, limit in LIMITS.items()
        if hasattr(_model(name), name.split(".")[1])
        and not (isinstance(limit, Many) and name.split(".")[1] not in ("languages", "countries", "people"))
    ],
)
def test_columns_keep_every_limit(name: str) -> None:
    noun, field = name.split(".")
    row = _stored(noun)
    rows = type(row)._default_manager.filter(pk=row.pk)
    if name == "credit.character":
        rows.update(kind="cast", job=None)
    for value, accepted in _values(name):
        if accepted:
            rows.update(**{field: value})
            continue
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**{field: value})


@pytest.mark.parametrize("noun", _MODELS)
def test_every_column_has_a_limit_or_a_reason_for_none(noun: str) -> None:
    for field in _model(f"{noun}.")._meta.concrete_fields:
        limited = isinstance(field, models.CharField | models.TextField | models.DateField | ArrayField) or (
            isinstance(field, models.IntegerField) and not field.primary_key
        )
        if limited and not field.is_relation and not isinstance(field, models.DateTimeField) and not field.choices:
            assert f"{noun}.{field.name}" in LIMITS or field.name in _EXEMPT, field.name


def test_filters_take_what_columns_hold() -> None:
    for name, column in (
        ("year", "year"),
        ("year_min", "year"),
        ("runtime_min", "runtime"),
        ("runtime_max", "runtime"),
    ):
        limits = LIMITS[f"movie.{column}"]
        assert isinstance(limits, Number)
        assert MovieFilter.base_filters[name].extra["most"] == limits.most


def test_the_documentation_of_formats_names_the_limits() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "formats.md").read_text()
    rows = {cells[1].strip(): cells[2] for line in text.splitlines() if len(cells := line.split("|")) == 4}
    for row, limited in (("`year`", "year"), ("`runtime`", "runtime"), ("`overview`, `tagline`", "overview")):
        limits = LIMITS[f"movie.{limited}"]
        assert isinstance(limits, Number | Text)
        assert f"{limits.most:,}" in rows[row] or str(limits.most) in rows[row]


def test_a_movie_of_51420_minutes_is_imported(tmp_path: Path) -> None:
    header = (
        "tconst | titleType | primaryTitle | originalTitle | isAdult | startYear | endYear | runtimeMinutes | genres"
    )
    rows = (
        r"tt2659636 | movie | Logistics | Logistics | 0 | 2012 | \N | 51420 | \N",
        r"tt0000011 | movie | Too Long | Too Long | 0 | 2012 | \N | 60001 | \N",
        r"tt0000012 | movie | Ronin | Ronin | 0 | 1998 | \N | 121 | \N",
    )
    path = lay(tmp_path, "title.basics.tsv", tsv(header, *rows))

    preview, run = import_file(path, preview=True), import_file(path)

    assert counts(preview) == counts(run) == (2, 0, 0, 1)
    assert report(run) == [(3, "out_of_range")]
    assert Movie.objects.get(imdb_id="tt2659636").runtime == 51_420


def test_a_nomination_larger_than_an_index_entry_is_refused() -> None:
    people = [f"{n:03}" + chr(0x4E00 + n) * 297 for n in range(10)]
    award = {**_AWARD, "people": people}

    assert "awards" in _errors({"title": "A", "awards": [award]})
    with pytest.raises(Refused, match="name fewer people"):
        clean_object({"title": "A", "awards": [award]}, this_year=2026)
    form = modelform_factory(_model("award."), form=AwardForm, fields=("award", "category", "people"))
    assert "people" in form(data={**_AWARD, "people": "\n".join(people)}).errors


def test_a_release_date_must_fit_the_stored_year(curator: APIClient) -> None:
    movie = MovieFactory.create(year=1995, release_date=datetime.date(1995, 12, 15))

    response = curator.patch(f"/api/movies/{movie.pk}", {"year": 1970})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/release_date")
    movie.refresh_from_db()
    assert movie.year == 1995


def test_a_large_cast_that_is_sent_back_is_read_in_one_statement(
    curator: APIClient, django_assert_max_num_queries: Any
) -> None:
    movie = MovieFactory.create()
    people = [CreditFactory.create(movie=movie, position=place).person_id for place in range(40)]
    rows = [{"person": person, "kind": "cast", "position": place} for place, person in enumerate(people)]

    with django_assert_max_num_queries(30):
        assert curator.patch(f"/api/movies/{movie.pk}", {"credits": rows}).status_code == 200


def _errors(body: dict[str, Any]) -> Any:
    serializer = MovieInputSerializer(data=json.loads(json.dumps(body)))
    serializer.is_valid()
    return serializer.errors
