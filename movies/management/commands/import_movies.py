from __future__ import annotations

import csv
import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from movies.importers.engine import BATCH_SIZE
from movies.importers.imdb import DEFAULT_TYPES, TYPES
from movies.importers.progress import ProgressBar
from movies.importers.recognise import CHOICES
from movies.importers.sets import options_of
from movies.importers.source import digest_of
from movies.importers.unreadable import BROKEN_OFF, UNREADABLE
from movies.models import ImportRun
from movies.services.imports import new_run, run_import, unfinished_run
from watchly.common.errors import WatchlyError

_SHOWN = 20


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "number from 1"  # argparse says it in its refusal


class Command(BaseCommand):
    help = (
        "Loads films from Watchly's CSV, JSON and NDJSON, the Wikipedia list, film facts, MovieTweetings, IMDb's "
        "tables (title.basics, .ratings, .crew, .principals, .akas, name.basics), MovieLens (movies, links) and TMDB's "
        "JSON, id lists and tmdb_5000, each file alone or several together, also in gz and zip. Tables of one source "
        "are read side by side, in whatever order the paths come; those that only add to films change nothing without "
        "--update-existing. Exits with 0 when the files were read to their ends (refused rows are in the report), 1 if "
        "not, 2 on bad use."
    )

    requires_system_checks = ()  # they take longer than a small import

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--format", choices=CHOICES, default="auto", help="by default recognised from the content")
        parser.add_argument("--update-existing", action="store_true", help="also change films that are known already")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, field by field; write nothing"
        )
        parser.add_argument(
            "--types",
            metavar="TYPE,…",
            help=f"kinds of IMDb's titles to keep, by default {','.join(DEFAULT_TYPES)}; there are {','.join(TYPES)}",
        )
        parser.add_argument("--adult", action="store_true", help="also keep IMDb's titles for adults")
        parser.add_argument(
            "--create-genres",
            action="store_true",
            help="add genres that the catalogue doesn't have; by default they are left out, with a remark",
        )
        parser.add_argument("--limit", type=_positive, metavar="N", help="read at most N rows")
        parser.add_argument(
            "--batch-size", type=_positive, default=BATCH_SIZE, metavar="N", help="rows in one transaction"
        )
        parser.add_argument(
            "--resume", action="store_true", help="go on with the last run of these files that was killed"
        )
        parser.add_argument("--rejects", type=Path, metavar="FILE", help="write the report to this CSV file")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        for path in paths:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.", returncode=2)
            if not os.access(path, os.R_OK):
                raise CommandError(f"{path} may not be read: change its permissions.", returncode=2)
        if options["rejects"]:
            _check_writable(options["rejects"])
        if options["dry_run"] and options["resume"]:
            raise CommandError("A dry run leaves nothing to resume: use one of --dry-run and --resume.", returncode=2)
        try:
            chosen = options_of(types=options["types"], adult=options["adult"], create_genres=options["create_genres"])
        except WatchlyError as error:
            raise CommandError(error.detail, returncode=2) from error
        digest = digest_of(paths)
        asked = {"digest": digest, "update_existing": options["update_existing"], "options": chosen}
        run = unfinished_run(**asked) if options["resume"] else None
        if run is not None:
            self.stderr.write(f"Going on with import {run.pk} after {run.rows:,} rows.")
        elif options["resume"]:
            self.stderr.write("No killed import of these files is known: starting from the beginning.")
        run = run or new_run(paths=paths, preview=options["dry_run"], **asked)
        bar = ProgressBar(sys.stderr)
        try:
            run = run_import(
                run=run,
                paths=paths,
                format=options["format"],
                batch_size=options["batch_size"],
                limit=options["limit"],
                progress=bar,
                diff=self._show if options["dry_run"] else None,
            )
        except WatchlyError as error:
            raise CommandError(error.detail) from error
        finally:
            bar.close()
            if options["rejects"]:
                _write_rejects(run, options["rejects"])
        self._summarise(run)
        if run.state == ImportRun.State.CANCELLED:
            raise CommandError(f"Import {run.pk} was cancelled.")
        unread = run.rejects.filter(accepted=False).filter(
            Q(code__in=BROKEN_OFF) | Q(file__in=run.names, line=1, code__in=UNREADABLE)
        )
        if names := sorted(set(unread.values_list("file", flat=True))):
            raise CommandError(f"Not read, or not to the end: {', '.join(names)}. See above for the reasons.")

    def _show(self, changes: list[dict[str, Any]]) -> None:
        for change in changes:
            where = f"{change['file']}:{change['line']}"
            if change["action"] == "created":
                self.stdout.write(f"+ {change['title']} ({change['year'] or '?'})  {where}")
                continue
            number = change["movie"] if "movie" in change else f"person {change['person']}"
            self.stdout.write(f"~ {change['title']} [{number}]  {where}")
            for name, values in change["fields"].items():
                self.stdout.write(f"    {name}: {_brief(values['old'])} → {_brief(values['new'])}")

    def _summarise(self, run: ImportRun) -> None:
        for problem in run.rejects.filter(accepted=False)[:_SHOWN]:
            self.stderr.write(f"{problem.file}:{problem.line}: {problem.detail}")
        refused = run.rejected + run.ambiguous
        if refused > _SHOWN:
            self.stderr.write(f"… and {refused - _SHOWN:,} more: see --rejects FILE.")
        if run.unreported:
            self.stderr.write(f"The report keeps {run.REPORT_KEPT:,} lines; {run.unreported:,} more were only counted.")
        if run.unchanged and not (run.created or run.update_existing):
            self.stderr.write("What is known already was left as it is: --update-existing changes it.")
        would = "would be " if run.preview else ""
        self.stdout.write(
            f"{run.rows:,} rows ({run.format}): {run.created:,} {would}created, {run.updated:,} {would}updated, "
            f"{run.unchanged:,} unchanged, {run.rejected:,} refused, {run.remarks:,} remarks"
            f"{f', {run.ambiguous:,} ambiguous' if run.ambiguous else ''}"
            f"{f', {run.skipped:,} passed over' if run.skipped else ''}. Import {run.pk}."
        )


def _check_writable(path: Path) -> None:
    """Refuses a place for the report before anything is imported."""
    if not path.parent.is_dir():
        raise CommandError(f"There is no folder {path.parent} to write {path.name} to: make it first.", returncode=2)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise CommandError(f"{path} cannot be written: name a file in a folder of yours.", returncode=2)


def _brief(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 200 else shown[:199] + "…"


def _write_rejects(run: ImportRun, path: Path) -> None:
    """The whole report of the run, also of what was done before it was killed."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "line", "taken", "code", "detail", "content"])
        for row in run.rejects.order_by("pk").iterator(chunk_size=2000):
            writer.writerow([row.file, row.line, "yes" if row.accepted else "no", row.code, row.detail, row.content])
