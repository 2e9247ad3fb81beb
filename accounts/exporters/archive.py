"""The archive of an account: every row that hangs on the user, by the registry of user data, as JSON and as CSV.

Written as it is read, a block of rows at a time, so memory does not grow with the account.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from watchly.common.user_data import UserData, registered

_ROWS_AT_A_TIME = 500
_BLOCK = 64 * 1024
_LABELS = ("title", "year", "name", "username")
Row = dict[str, Any]


def write_archive(*, user_id: int, target: Path) -> int:
    """Writes the ZIP of all that hangs on a user to a new file and returns its size in bytes.

    All of it is one moment's: a transaction that only reads, and sees nothing written after it began. The file has
    mode 0600, and gets its name once it is whole. Raises OSError.
    """
    draft = target.with_suffix(".part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with ZipFile(draft, "w", ZIP_DEFLATED) as archive, transaction.atomic():
            _stand_still()
            _fill(archive, user_id)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def _stand_still() -> None:
    """Inside another transaction it is that one's moment."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _fill(archive: ZipFile, user_id: int) -> None:
    files, media = [], []
    for name, entries in _by_file().items():
        count = 0
        for suffix, write in ((".json", _write_json), (".csv", _write_csv)):
            with closing(_rows(entries, user_id, media if suffix == ".json" else None)) as rows:
                count = write(archive, name + suffix, _columns(entries), rows)
        files.append({"name": name, "rows": count})
    missing = [path for path in dict.fromkeys(media) if not _add_media(archive, path)]
    left_out = [{"what": entry.model, "why": entry.reason} for entry in registered() if entry.export is None]
    manifest = {
        "made_at": timezone.now(),
        "account": user_id,
        "files": files,
        "media": len(set(media)) - len(missing),
        "media_missing": missing,
        "left_out": left_out,
    }
    _write_text(archive, "manifest.json", json.dumps(manifest, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))


def _by_file() -> dict[str, list[UserData]]:
    """What goes into each file: several keys of one model may share one."""
    found: dict[str, list[UserData]] = {}
    for entry in registered():
        if entry.export is not None:
            found.setdefault(entry.export, []).append(entry)
    return found


def _columns(entries: Sequence[UserData]) -> list[str]:
    """The columns of a file, those of all its models."""
    return list(dict.fromkeys(name for entry in entries for name in (*_fields(entry), *_labels(entry))))


def _fields(entry: UserData) -> list[str]:
    """The columns of a model but those that leave nobody's hands."""
    fields = entry.model_class._meta.concrete_fields
    return [field.attname for field in fields if not {field.name, field.attname} & set(entry.omit)]


def _labels(entry: UserData) -> dict[str, models.F]:
    """What the numbers in a row stand for, beside them: `movie_title` beside `movie_id`."""
    found, own = {}, set(_fields(entry))
    for field in entry.model_class._meta.concrete_fields:
        if field.related_model is None or field.name == entry.field or field.attname not in own:
            continue
        theirs = {each.name for each in field.related_model._meta.concrete_fields}
        for label in _LABELS:
            if label in theirs and f"{field.name}_{label}" not in own:
                found[f"{field.name}_{label}"] = models.F(f"{field.name}__{label}")
    return found


def _rows(entries: Sequence[UserData], user_id: int, media: list[str] | None) -> Iterator[Row]:
    """The rows of the models of one file; notes the paths of their files in `media`."""
    for entry in entries:
        rows = entry.model_class._base_manager.filter(**{entry.field: user_id}).order_by("pk")
        for row in rows.values(*_fields(entry), **_labels(entry)).iterator(chunk_size=_ROWS_AT_A_TIME):
            if media is not None:
                media += [path for name in entry.media for path in paths_in(row[name])]
            yield row


def paths_in(value: Any) -> list[str]:
    """The paths that a column of stored files names: one, a list of them, or one by width."""
    if isinstance(value, dict):
        return [path for each in value.values() for path in paths_in(each)]
    if isinstance(value, list):
        return [path for each in value for path in paths_in(each)]
    return [value] if isinstance(value, str) and value else []


def _entry(name: str) -> ZipInfo:
    made = ZipInfo(name, date_time=timezone.now().timetuple()[:6])
    made.compress_type = ZIP_DEFLATED
    made.external_attr = 0o600 << 16
    return made


def _write_text(archive: ZipFile, name: str, text: str) -> None:
    archive.writestr(_entry(name), text)


def _write_json(archive: ZipFile, name: str, columns: list[str], rows: Iterator[Row]) -> int:
    """One array, a row a line."""
    count = 0
    with archive.open(_entry(name), "w") as binary, io.TextIOWrapper(binary, encoding="utf-8") as file:
        file.write("[")
        for count, row in enumerate(rows, 1):
            file.write("\n" if count == 1 else ",\n")
            file.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False))
        file.write("\n]\n")
    return count


def _write_csv(archive: ZipFile, name: str, columns: list[str], rows: Iterator[Row]) -> int:
    """UTF-8 with a mark, which spreadsheets look for; what is no text or number stands as JSON."""
    count = 0
    encoded = io.TextIOWrapper
    with archive.open(_entry(name), "w") as binary, encoded(binary, encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            count += 1
            writer.writerow([_cell(row.get(column)) for column in columns])
    return count


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet would run as a formula gets an apostrophe: texts may have come from a file."""
    if isinstance(value, list | dict | bool):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _add_media(archive: ZipFile, path: str) -> bool:
    """Brings a stored file along, as it is; False when the storage has it no more."""
    try:
        source = default_storage.open(path, "rb")
    except OSError:
        return False
    info = _entry(f"media/{path}")
    info.compress_type = ZIP_STORED  # pictures are compressed already
    with source, archive.open(info, "w") as file:
        read: Callable[[int], bytes] = source.read
        while block := read(_BLOCK):
            file.write(block)
    return True
