"""POST /api/movies/import and GET /api/imports/{id}: a job with a preview, progress and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from movies.models import ImportRun, Movie
from movies.tasks import import_movies
from movies.tests.factories import MovieFactory
from movies.tests.importing import import_file, lay

pytestmark = pytest.mark.django_db

NDJSON = b"""{"title": "Heat", "year": 1995, "genres": ["Crime"], "imdb_id": "tt0113277"}
{"title": "Ronin", "year": "soon"}
{"titel": "Thief"}
"""


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path


def upload(client: APIClient, content: bytes = NDJSON, **fields: Any) -> Any:
    file = SimpleUploadedFile("films.ndjson", content)
    return client.post("/api/movies/import", {"file": file, **fields}, format="multipart")


def test_a_file_is_taken_in_by_a_job(curator: APIClient) -> None:
    accepted = upload(curator)
    assert accepted.status_code == 202, accepted.content
    location = accepted.headers["Location"]
    assert location == f"/api/imports/{accepted.json()['id']}"
    assert (accepted.json()["state"], Movie.objects.count()) == ("pending", 0)
    import_movies(run_id=accepted.json()["id"])
    report = curator.get(location).json()
    assert (report["state"], report["progress"], report["files"]) == ("done", 1.0, ["films.ndjson"])
    assert {name: report["counts"][name] for name in ("created", "rejected")} == {"created": 1, "rejected": 2}
    assert [(reject["line"], bool(reject["detail"])) for reject in report["rejects"]] == [(2, True), (3, True)]
    assert curator.get("/api/movies?genre=crime&fields=title").json()["results"] == [{"title": "Heat"}]


def test_a_preview_says_what_would_change_and_waits_for_start(curator: APIClient) -> None:
    movie = MovieFactory.create(title="Heat", year=1995, imdb_id="tt0113277", runtime=None)
    content = b'{"title": "Heat", "year": 1995, "imdb_id": "tt0113277", "runtime": 170}\n{"title": "Ronin"}\n'
    run_id = upload(curator, content, preview="true", update_existing="true").json()["id"]
    import_movies(run_id=run_id)
    preview = curator.get(f"/api/imports/{run_id}").json()
    assert (preview["state"], preview["preview"]) == ("done", True)
    assert {name: preview["counts"][name] for name in ("created", "updated")} == {"created": 1, "updated": 1}
    assert preview["changes"]
    movie.refresh_from_db()
    assert (movie.runtime, Movie.objects.count()) == (None, 1)

    assert curator.post(f"/api/imports/{run_id}/start").status_code == 202
    import_movies(run_id=run_id)
    assert curator.get(f"/api/imports/{run_id}").json()["state"] == "done"
    movie.refresh_from_db()
    assert (movie.runtime, Movie.objects.count()) == (170, 2)
    again = curator.post(f"/api/imports/{run_id}/start")
    assert (again.status_code, again.json()["code"]) == (409, "not_previewed")


def test_a_dry_run_of_the_command_line_cannot_be_started(curator: APIClient, tmp_path: Path) -> None:
    run = import_file(lay(tmp_path, "films.ndjson", NDJSON), preview=True)

    response = curator.post(f"/api/imports/{run.pk}/start")

    assert (response.status_code, response.json()["code"]) == (409, "not_previewed")
    assert "without --dry-run" in response.json()["detail"]
    run.refresh_from_db()
    assert (run.state, run.preview) == ("previewed", True)


def test_an_import_can_be_cancelled(curator: APIClient) -> None:
    run_id = upload(curator).json()["id"]
    assert curator.post(f"/api/imports/{run_id}/cancel").json()["state"] == "cancelled"
    import_movies(run_id=run_id)
    assert not Movie.objects.exists()


@pytest.mark.parametrize(
    ("content", "fields", "status", "pointer"),
    [
        (b"", {}, 400, "/file"),
        (b"\x00\x01\x02 nothing of the kind", {}, 400, "/file"),
        (NDJSON, {"format": "xml"}, 400, "/format"),
        (NDJSON, {"prevew": "true"}, 400, "/prevew"),
        (NDJSON, {"preview": "perhaps"}, 400, "/preview"),
    ],
)
def test_what_cannot_be_read_is_refused_at_once(
    curator: APIClient, content: bytes, fields: dict[str, str], status: int, pointer: str
) -> None:
    response = upload(curator, content, **fields)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (status, pointer), response.content
    assert not ImportRun.objects.exists()


def test_a_file_is_needed_and_may_not_be_too_large(curator: APIClient, settings: Any) -> None:
    assert curator.post("/api/movies/import", {}, format="multipart").status_code == 400
    settings.IMPORT_MAX_BYTES = 1024
    response = upload(curator, NDJSON * 100)
    assert (response.status_code, ImportRun.objects.count()) == (413, 0)


def test_importing_takes_its_permission(anyone: APIClient, alice: APIClient, curator: APIClient) -> None:
    run_id = upload(curator).json()["id"]
    for client, status in ((anyone, 401), (alice, 403)):
        assert upload(client).status_code == status
        assert client.get(f"/api/imports/{run_id}").status_code == status
        assert client.post(f"/api/imports/{run_id}/cancel").status_code == status
    assert curator.get("/api/imports/0").status_code == 404
    assert curator.get("/api/imports/x").status_code == 404
    assert ImportRun.objects.get().state == "waiting"


def test_kinds_of_imdb_titles_are_chosen_and_what_is_not_wanted_is_counted(curator: APIClient) -> None:
    content = (
        b"tconst\ttitleType\tprimaryTitle\tisAdult\tstartYear\n"
        b"tt0000001\tmovie\tOne\t0\t1990\ntt0000002\ttvSpecial\tTwo\t0\t1991\ntt0000003\ttvSpecial\tThree\t1\t1992\n"
    )

    refused = upload(curator, content, types="film")
    assert refused.status_code == 400
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/types"]
    run_id = upload(curator, content, types="tvSpecial").json()["id"]
    import_movies(run_id=run_id)

    counts = curator.get(f"/api/imports/{run_id}").json()["counts"]
    assert (counts["created"], counts["skipped"]) == (1, 2)
    assert Movie.objects.get().title == "Two"
    import_movies(run_id=upload(curator, content, types="tvSpecial", adult="true").json()["id"])
    assert set(Movie.objects.values_list("title", flat=True)) == {"Two", "Three"}
