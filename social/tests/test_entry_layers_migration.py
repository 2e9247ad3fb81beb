"""Entries of before others saw anything but the owner's facts: what narrower plays and reviews said stays behind."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from social.models import Activity, ActivityGroup, LibraryEntry
from social.services.activities import record_activity
from social.services.library_figures import recount_entries
from social.tests.factories import LibraryEntryFactory, PlayFactory, ReviewFactory


@pytest.mark.django_db
def test_existing_entries_show_nothing_of_narrower_plays_and_reviews() -> None:
    plain = LibraryEntryFactory.create(status="watched", status_before="planned", half_stars=8, plays=1)
    PlayFactory.create(user=plain.user, movie=plain.movie, half_stars=8)
    hidden = LibraryEntryFactory.create(status="watched", status_before="planned", half_stars=6, plays=1)
    PlayFactory.create(user=hidden.user, movie=hidden.movie, half_stars=6, visibility="private")
    told: dict[str, Any] = {"actor_id": hidden.user_id, "verb": "rated", "movie_id": hidden.movie_id, "half_stars": 6}
    record_activity(visibility="public", **told)
    reviewed = LibraryEntryFactory.create(status="watched", status_before="watched", half_stars=4)
    ReviewFactory.create(user=reviewed.user, movie=reviewed.movie, half_stars=4, visibility="followers")
    both = LibraryEntryFactory.create(status="watched", half_stars=2, plays=2)
    for stars, visibility in ((2, "public"), (10, "private")):
        PlayFactory.create(user=both.user, movie=both.movie, half_stars=stars, visibility=visibility)
    LibraryEntry.objects.update(shown_status=None, shown_half_stars=None, shown_plays=0)

    with connection.cursor() as cursor:
        for operation in import_module("social.migrations.0007_fill_entry_layers").Migration.operations:
            cursor.execute(operation.sql)

    found = (
        dict(LibraryEntry.objects.values_list("pk", "shown_status")),
        dict(LibraryEntry.objects.values_list("pk", "shown_half_stars")),
    )
    assert found == (
        {plain.pk: "watched", hidden.pk: "planned", reviewed.pk: None, both.pk: "watched"},
        {plain.pk: 8, hidden.pk: None, reviewed.pk: None, both.pk: 2},
    )
    assert recount_entries() == 0
    assert not Activity.objects.exists()
    assert ActivityGroup.objects.get().shown == 0
