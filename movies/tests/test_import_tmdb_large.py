"""What TMDB's files hold beside facts, and much of it: where pictures are, and casts of hundreds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from movies.models import ProviderRecord
from movies.tests.importing import import_file, lay, read_all
from movies.tests.tmdb import BLANK, HEAT


@pytest.mark.django_db
def test_where_its_pictures_are_is_kept_beside_a_film_and_never_forgotten(tmp_path: Path) -> None:
    def told() -> list[tuple[Any, ...]]:
        return list(ProviderRecord.objects.values_list("external_id", "poster_path", "backdrop_path", "fetched_at"))

    shown = {"backdrops": [{"file_path": "/../no.jpg"}, {"file_path": "/first.jpg"}, {"file_path": "/second.jpg"}]}
    path = lay(tmp_path, "films", [{**HEAT, "backdrop_path": None, "images": shown}, BLANK])
    import_file(path)
    assert told() == [(949, "/heat-poster.jpg", "/first.jpg", None)]
    import_file(lay(tmp_path, "later", [{**HEAT, "poster_path": "/new.jpg", "backdrop_path": ""}]), update=True)
    assert told() == [(949, "/new.jpg", "/first.jpg", None)]
    import_file(path)  # without update, what is known is left alone
    assert told() == [(949, "/new.jpg", "/first.jpg", None)]
    read = timezone.now()
    ProviderRecord.objects.update(fetched_at=read)  # what TMDB itself said last is newer than any file
    import_file(path, update=True)
    assert told() == [(949, "/new.jpg", "/first.jpg", read)]


def test_a_batch_holds_fewer_films_where_much_hangs_on_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("movies.importers.batches._MOST_PARTS", 1000)
    cast = [{"id": number, "name": f"Somebody {number}", "order": number} for number in range(1, 101)]
    films = [{**HEAT, "id": number, "credits": {"cast": cast}} for number in range(1, 31)]

    found = read_all(lay(tmp_path, "films", films), size=100)

    assert sum(len(batch.rows) for batch in found) == 30
    parts = [sum(row.record.parts() for row in batch.rows) for batch in found]
    assert max(parts) < 1000 + 200  # with the film that fills it
    assert len(parts) == 4
    assert all(len(row.content) <= 200 for batch in found for row in batch.rows)
