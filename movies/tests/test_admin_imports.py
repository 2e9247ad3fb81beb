"""Importing a file in the back office: upload, preview, progress, report, result."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from movies.models import ImportReject, ImportRun, Movie
from movies.tasks import import_movies
from movies.tests.back_office import signed_in
from movies.tests.factories import ImportRunFactory, PersonFactory

pytestmark = pytest.mark.django_db

IMPORTS = "/admin/movies/importrun/"
FILE = b"""{"title": "Heat", "year": 1995, "genres": ["Crime"], "imdb_id": "tt0113277"}
{"title": "Ronin", "year": "soon"}
"""


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path


@pytest.fixture
def browser(make_user: Callable[..., Any]) -> Client:
    return signed_in(make_user(role="curator"))


def upload(browser: Client, content: bytes = FILE, **fields: Any) -> Any:
    file = SimpleUploadedFile("films.ndjson", content)
    return browser.post(f"{IMPORTS}add/", {"upload": file, "format": "auto", **fields})


def page(browser: Client, run: ImportRun) -> str:
    response = browser.get(f"{IMPORTS}{run.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_file_is_previewed_then_imported(browser: Client) -> None:
    response = upload(browser)
    run = ImportRun.objects.get()
    assert response.headers["Location"] == f"{IMPORTS}{run.pk}/change/"
    assert (run.preview, run.state) == (True, "waiting")
    waiting = page(browser, run)
    assert 'hx-trigger="every 2s"' in waiting
    assert "Import now" not in waiting

    import_movies(run_id=run.pk)
    previewed = page(browser, run)
    assert Movie.objects.count() == 0
    for said in (
        "Nothing has been written yet",
        "Heat (1995)",
        "films.ndjson:2",
        "soon",
        "Import now",
        "Cancel import",
    ):
        assert said in previewed, said
    assert "every 2s" not in previewed

    assert browser.post(f"{IMPORTS}{run.pk}/start/").status_code == 302
    import_movies(run_id=run.pk)
    assert "Was imported" in page(browser, run)
    assert Movie.objects.get().title == "Heat"
    assert browser.get(IMPORTS).content.decode().count("films.ndjson") >= 1


def test_kinds_of_imdb_titles_are_chosen_and_people_are_shown_without_a_movie(browser: Client) -> None:
    PersonFactory.create(name="Al Pacino", imdb_id="nm0000199")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("b.tsv", "tconst\ttitleType\tprimaryTitle\ntt0000001\tmovie\tOne\ntt0000002\ttvPilot\tTwo\n")
        archive.writestr("n.tsv", "nconst\tprimaryName\tbirthYear\nnm0000199\tAl Pacino\t1940\n")
    assert "no kind of title" in upload(browser, packed.getvalue(), types="film").content.decode()

    upload(browser, packed.getvalue(), types="tvPilot", update_existing="on")
    run = ImportRun.objects.get()
    import_movies(run_id=run.pk)

    previewed = page(browser, run)
    assert "Passed over" in previewed
    assert "Two" in previewed
    assert "born" in previewed
    assert run.options == {"types": ["tvPilot"]}


def test_a_preview_can_be_cancelled_and_not_started_then(browser: Client) -> None:
    upload(browser)
    run = ImportRun.objects.get()
    import_movies(run_id=run.pk)
    browser.post(f"{IMPORTS}{run.pk}/cancel/")
    assert ImportRun.objects.get().state == "cancelled"
    text = browser.post(f"{IMPORTS}{run.pk}/start/", follow=True).content.decode()
    assert "only a finished preview can be started" in text
    assert "Import now" not in text


def test_a_run_is_steered_by_post_alone(browser: Client) -> None:
    run = ImportRunFactory.create(state="previewed", path="/nonexistent/upload")
    assert browser.get(f"{IMPORTS}{run.pk}/start/").status_code == 405
    assert browser.get(f"{IMPORTS}{run.pk}/cancel/").status_code == 405
    assert ImportRun.objects.get().state == "previewed"


def test_what_is_wrong_with_a_file_is_said_beside_it(browser: Client, settings: Any) -> None:
    assert "required" in browser.post(f"{IMPORTS}add/", {"format": "auto"}).content.decode()
    settings.IMPORT_MAX_BYTES = 10
    response = upload(browser)
    assert "larger than" in str(response.context["form"].errors["upload"])
    assert not ImportRun.objects.exists()


def test_the_report_is_a_table_that_no_spreadsheet_runs(browser: Client) -> None:
    run = ImportRunFactory.create(state="done", rejected=1)
    ImportReject.objects.create(
        run=run, file="a.csv", line=3, code="bad", detail="It is bad.", content='=HYPERLINK("x")'
    )
    ImportReject.objects.create(run=run, file="a.csv", line=4, code="odd", detail="It is odd.", accepted=True)
    response = browser.get(f"{IMPORTS}{run.pk}/report.csv")
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.reader(response.getvalue().decode().splitlines()))
    assert rows[1:] == [
        ["a.csv", "3", "refused", "bad", "It is bad.", '\'=HYPERLINK("x")'],
        ["a.csv", "4", "remark", "odd", "It is odd.", ""],
    ]


def test_progress_is_the_share_that_is_read(browser: Client) -> None:
    run = ImportRunFactory.create(state="running", total_bytes=200, read_bytes=74, rows=1234)
    text = page(browser, run)
    assert "37 % read" in text
    assert "1,234" in text
    assert "Cancel import" in text
    assert browser.get(f"{IMPORTS}99999/change/").status_code == 404
    assert browser.get(f"{IMPORTS}nonsense/change/").status_code == 404


def test_who_may_see_and_not_import_gets_no_buttons(browser: Client, make_user: Callable[..., Any]) -> None:
    from django.contrib.auth.models import Permission

    viewer = make_user(role="moderator")
    viewer.user_permissions.add(Permission.objects.get(codename="view_importrun"))
    run = ImportRunFactory.create(state="previewed", path="/nonexistent/upload")
    client = signed_in(viewer)
    assert "Import now" not in page(client, run)
    assert client.post(f"{IMPORTS}{run.pk}/start/").status_code == 403
    assert ImportRun.objects.get().state == "previewed"
