"""`manage.py sweep_media`: files that no movie has."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from movies.services.images import add_image
from movies.tests.factories import MovieFactory
from watchly.tests.pictures import stored, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def orphan(minutes: int, name: str = "images/ab/abcdef-w185.webp") -> str:
    """A file without a row, written this long ago."""
    default_storage.save(name, ContentFile(b"left behind"))
    written = timezone.now().timestamp() - minutes * 60
    os.utime(default_storage.path(name), (written, written))
    return name


def swept(**options: Any) -> list[str]:
    out = io.StringIO()
    call_command("sweep_media", stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_sweep_deletes_old_files_of_no_row_only() -> None:
    image = add_image(movie_id=MovieFactory.create().pk, kind="poster", upload=upload())
    for name in image.renditions.values():
        os.utime(default_storage.path(name), (0, 0))
    old, young = orphan(61), orphan(59, "images/cd/cdef01-w185.webp")
    elsewhere = orphan(600, "others/me.webp")
    assert swept(dry_run=True) == [old, "1 files would be deleted."]
    assert old in stored()
    assert swept() == [old, "1 files deleted."]
    assert stored() == {*image.renditions.values(), young, elsewhere}


def test_the_sweep_of_an_empty_storage_finds_nothing() -> None:
    assert swept() == ["0 files deleted."]


def test_the_sweep_refuses_what_would_take_uploads_under_way() -> None:
    with pytest.raises(CommandError, match="at least 5"):
        swept(older_than=1)


def test_the_sweep_says_when_a_storage_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    orphan(61)

    def fail(self: FileSystemStorage, path: str) -> Any:
        raise NotImplementedError

    monkeypatch.setattr(FileSystemStorage, "listdir", fail)
    with pytest.raises(CommandError, match="cannot list"):
        swept()
