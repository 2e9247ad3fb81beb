"""`manage.py move_media`: copies all pictures to another storage, so that the settings can be switched to it."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError

from watchly.common.files.layouts import cuts_itself
from watchly.common.files.moving import MOST_FAILURES, Move
from watchly.common.files.owners import picture_owners

_NEEDS = {"s3": "S3_BUCKET and what goes with it", "cloudinary": "CLOUDINARY_URL"}
_LINE_EVERY = 500  # pictures, where there is no terminal
_NAMED = 20


class Command(BaseCommand):
    help = (
        "Copy every picture to another storage and verify it there by size and digest. It can be stopped or killed at"
        " any time and run again: what is there and the same is skipped. Ends with 1 when a file is missing or failed."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        names = ("local", "s3", "cloudinary")
        parser.add_argument("--to", required=True, choices=names, help="the storage to fill")
        parser.add_argument("--from", dest="source", choices=names, help="where they are (the one of MEDIA_STORAGE)")
        parser.add_argument(
            "--delete", action="store_true", help="delete at the source what the target has, at the end"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--parallel", type=int, default=4, metavar="N", help="pictures at a time, 1 to 32 (4)")

    def handle(self, *args: Any, **options: Any) -> None:
        to, source = options["to"], options["source"] or settings.MEDIA_STORAGE
        if to == source:
            raise CommandError(f"The pictures are in {to} already: name another storage with --to, or with --from.")
        if not 1 <= options["parallel"] <= 32:
            raise CommandError("--parallel must be 1 to 32.")
        for name in (source, to):
            if name not in settings.STORAGES:
                raise CommandError(f"{name} is not configured: set {_NEEDS[name]} (MEDIA_STORAGE stays as it is).")
        total = sum(owner.count() for owner in picture_owners())
        move = Move(
            storages[source],
            storages[to],
            dry_run=options["dry_run"],
            parallel=options["parallel"],
            progress=lambda done: self._say(done, total),
        )
        move.copy()
        if self.stderr.isatty():
            self.stderr.write("")
        if not move.tally.failed:
            # Rows whose files are nowhere are broken already, and hold nothing up.
            move.rewrite()
            if options["delete"]:
                move.delete()
        self._summarise(move, source, to, rewrites=cuts_itself(move.source) != cuts_itself(move.target))

    def _say(self, done: int, total: int) -> None:
        line = f"{done:,} of {max(done, total):,} pictures"
        if self.stderr.isatty():
            self.stderr.write(f"\r{line}", ending="")
        elif done % _LINE_EVERY == 0:
            self.stderr.write(line)

    def _summarise(self, move: Move, source: str, to: str, *, rewrites: bool) -> None:
        tally, would = move.tally, "would be " if move.dry_run else ""
        for label, names in (("missing", tally.missing), ("failed", tally.failed)):
            for name in names[:_NAMED]:
                self.stderr.write(f"{label}: {name}")
            if len(names) > _NAMED:
                self.stderr.write(f"{label}: and {len(names) - _NAMED:,} more")
        self.stdout.write(
            f"{tally.pictures:,} pictures: {tally.copied:,} files {would}copied ({tally.bytes:,} bytes),"
            f" {tally.there:,} there already, {len(tally.missing):,} missing, {len(tally.failed):,} failed;"
            f" {tally.rewritten:,} rows {would}rewritten, {tally.deleted:,} files {would}deleted at the source."
        )
        if tally.failed:
            stopped = f" It stopped after {MOST_FAILURES} failures." if len(tally.failed) >= MOST_FAILURES else ""
            raise CommandError(f"Not everything was copied, so nothing else was done.{stopped} Run it again.")
        if to != settings.MEDIA_STORAGE and not move.dry_run:
            self.stdout.write(self._next_step(source, to, rewrites))
        if tally.missing:
            raise CommandError(f"{len(tally.missing):,} files are in neither storage: their pictures show nothing.")

    def _next_step(self, source: str, to: str, rewrites: bool) -> str:
        prefix = settings.MEDIA_PREFIXES[to]
        soon = " now, since the rows name renditions of its kind" if rewrites else ""
        return (
            f"Switch{soon}: set MEDIA_STORAGE={to}, unset MEDIA_URL (it becomes {prefix}) or set it to another address"
            f" of the same files, and restart. Then copy what came in meanwhile: move_media --from {source} --to {to}"
        )
