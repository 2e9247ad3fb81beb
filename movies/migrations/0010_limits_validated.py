"""Checks stored rows against the constraints of limits, without a lock that stops reads or writes."""

from __future__ import annotations

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

_CONSTRAINTS = (
    ("award", "movies_award_ceremony_range"),
    ("award", "movies_award_people_most"),
    ("collection", "movies_collection_tmdb_id_range"),
    ("company", "movies_company_tmdb_id_range"),
    ("movie", "movies_movie_runtime_range"),
    ("movie", "movies_movie_wikidata_id_form"),
    ("movie", "movies_movie_release_date_range"),
    ("movie", "movies_movie_overview_length"),
    ("movie", "movies_movie_tmdb_id_range"),
    ("movie", "movies_movie_languages_most"),
    ("movie", "movies_movie_countries_most"),
    ("person", "movies_person_biography_length"),
    ("person", "movies_person_born_range"),
    ("person", "movies_person_died_range"),
    ("person", "movies_person_tmdb_id_range"),
    ("releasedate", "movies_releasedate_date_range"),
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("movies", "0009_correct_values")]

    operations = [ValidateConstraint(model_name=model, name=name) for model, name in _CONSTRAINTS]
