"""Who is who: people by ids and by name, across films, batches and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from movies.exporters.formats import export
from movies.models import Credit, Movie, Person
from movies.tests.factories import PersonFactory
from movies.tests.importing import contents, counts, forget, import_file, lay, mended, report

pytestmark = pytest.mark.django_db


def film(title: str, *cast: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": title, "year": 2000, "cast": list(cast), **more}


def smith(**ids: Any) -> dict[str, Any]:
    return {"name": "John Smith", **ids}


def people() -> list[tuple[str, str | None, int | None]]:
    return list(Person.objects.order_by("pk").values_list("name", "imdb_id", "tmdb_id"))


def cast_of(title: str) -> list[int]:
    parts = Credit.objects.filter(movie__title=title, kind="cast").order_by("position")
    return list(parts.values_list("person_id", flat=True))


@pytest.mark.parametrize("size", [1, 10])
def test_somebody_found_by_an_id_is_that_person_whatever_they_are_called(tmp_path: Path, size: int) -> None:
    pacino = PersonFactory.create(name="Al Pacino", imdb_id="nm0000199", tmdb_id=1158)
    mended()
    films = [
        film("A", {"name": "Alfredo Pacino", "imdb_id": "nm0000199"}),
        film("B", {"name": "A. Pacino", "tmdb_id": 1158}),
        film("C", directors=[{"name": "Al Pacino", "imdb_id": "nm0000199"}], cast=["Al Pacino"]),
    ]

    import_file(lay(tmp_path, "f.ndjson", films), batch_size=size)

    assert set(Credit.objects.values_list("person_id", flat=True)) == {pacino.pk}
    assert people() == [("Al Pacino", "nm0000199", 1158)]
    assert mended() == 0


@pytest.mark.parametrize("size", [1, 10])
def test_a_name_without_an_id_adopts_the_first_that_comes_and_no_other(tmp_path: Path, size: int) -> None:
    known = PersonFactory.create(name="John Smith")
    mended()
    films = [film("A", smith(imdb_id="nm0000001")), film("B", smith(imdb_id="nm0000002")), film("C", "John Smith")]

    for _ in range(2):
        import_file(lay(tmp_path, "f.ndjson", films), batch_size=size)

    assert people() == [("John Smith", "nm0000001", None), ("John Smith", "nm0000002", None)]
    known.refresh_from_db()
    assert (known.imdb_id, known.version) == ("nm0000001", 2)
    assert cast_of("A") == cast_of("C") == [known.pk]
    assert cast_of("B") != [known.pk]
    assert mended() == 0


def test_two_people_of_one_name_in_one_film_stay_two(tmp_path: Path) -> None:
    PersonFactory.create(name="John Smith")
    films = [film("A", smith(imdb_id="nm0000001"), smith(imdb_id="nm0000002")), film("B", smith(tmdb_id=5))]

    import_file(lay(tmp_path, "f.ndjson", films))

    assert len(set(cast_of("A"))) == 2
    assert len({*cast_of("A"), *cast_of("B")}) == 3


def test_ids_of_two_kinds_meet_in_one_person(tmp_path: Path) -> None:
    import_file(lay(tmp_path, "a.ndjson", [film("A", smith(imdb_id="nm0000001"))]))
    import_file(lay(tmp_path, "b.ndjson", [film("B", smith(tmdb_id=5))]))
    import_file(lay(tmp_path, "c.ndjson", [film("C", {"name": "J. S.", "imdb_id": "nm0000001", "tmdb_id": 6})]))

    assert people() == [("John Smith", "nm0000001", 5)]
    assert cast_of("A") == cast_of("B") == cast_of("C")


def test_two_ways_to_name_one_person_are_one_part(tmp_path: Path) -> None:
    names: list[str | dict[str, Any]] = [
        "John Smith",
        smith(imdb_id="nm0000001"),
        smith(imdb_id="nm0000001", tmdb_id=5),
    ]

    run = import_file(lay(tmp_path, "f.ndjson", [film("A", *names, directors=names)]))

    assert counts(run) == (1, 0, 0, 0)
    assert people() == [("John Smith", "nm0000001", 5)]
    assert sorted(Credit.objects.values_list("kind", flat=True)) == ["cast", "crew"]


def test_an_id_that_staff_have_emptied_stays_empty(tmp_path: Path) -> None:
    locked = PersonFactory.create(name="John Smith", locked_fields=["imdb_id"])

    import_file(lay(tmp_path, "f.ndjson", [film("A", smith(imdb_id="nm0000001"))]))

    locked.refresh_from_db()
    assert locked.imdb_id is None
    assert cast_of("A") != [locked.pk]


@pytest.mark.parametrize("size", [1, 10])
def test_people_of_one_name_survive_an_export_and_import(tmp_path: Path, size: int) -> None:
    films = [
        film("A", smith(imdb_id="nm0000001"), smith(imdb_id="nm0000002", character="B")),
        film("B", smith(imdb_id="nm0000002"), directors=[smith(imdb_id="nm0000001", tmdb_id=1), "Ann"]),
        film("C", crew=[smith(imdb_id="nm0000003", job="Editor"), {"name": "Ann", "job": "Editor"}]),
    ]
    import_file(lay(tmp_path, "a.ndjson", films), batch_size=size)
    before, exported, known = contents(), b"".join(export("ndjson")), sorted(people(), key=str)
    assert b'"directors":[{"name":"John Smith","imdb_id":"nm0000001","tmdb_id":1},"Ann"]' in exported
    assert exported.count(b"tmdb_id") == 2  # nothing that is not known, and the same person wherever they stand
    forget()

    run = import_file(lay(tmp_path, "b.ndjson", exported), batch_size=size)

    assert counts(run) == (3, 0, 0, 0)
    assert contents() == before
    assert sorted(people(), key=str) == known


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"cast": [{"name": "A", "imdb_id": "tt0000001"}]}, "bad_id"),
        ({"crew": [{"name": "A", "job": "Editor", "tmdb_id": "5"}]}, "not_a_number"),
        ({"directors": [{"name": "A", "tmdb_id": 0}]}, "out_of_range"),
        ({"directors": [{"imdb_id": "nm0000001"}]}, "missing"),
        ({"directors": [{"name": "A", "job": "Director"}]}, "unknown_field"),
    ],
)
def test_a_wrong_id_of_a_person_refuses_the_row(tmp_path: Path, part: dict[str, Any], code: str) -> None:
    run = import_file(lay(tmp_path, "f.ndjson", [{"title": "A", **part}]))

    assert report(run) == [(1, code)]
    assert not Movie.objects.exists()
