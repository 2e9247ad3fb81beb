from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.definition.limits import number
from movies.providers.wikidata import ENDPOINT, Service
from movies.services.wikidata import import_years
from watchly.common.errors import WatchlyError


def _years(text: str) -> range:
    """`1994` or `1990-1999`."""
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", text)
    limits = number("movie.year")
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a year or a range of years: use 1994 or 1990-1999.")
    first, last = int(found[1]), int(found[2] or found[1])
    if not limits.least <= first <= last <= limits.most:
        raise ArgumentTypeError(f"{text!r} must go from an earlier to a later year, {limits.least} to {limits.most}.")
    return range(first, last + 1)


class Command(BaseCommand):
    help = (
        "Imports movies from Wikidata (CC0): titles, directors, countries, genres, runtimes, ids and how many pages "
        "link to them, one year at a time. Needs the network and a contact, which Wikidata asks for: one query runs at "
        "a time, with pauses, and Retry-After is waited for. Exits with 1 when Wikidata does not answer; whole years "
        "that were imported until then stay."
    )

    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--years", type=_years, required=True, metavar="A-B", help="one year or a range of years")
        parser.add_argument(
            "--contact", required=True, metavar="ADDRESS", help="an e-mail address or web page for the User-Agent"
        )
        parser.add_argument("--update-existing", action="store_true", help="also change movies that are known already")
        parser.add_argument(
            "--endpoint", default=ENDPOINT, metavar="URL", help="another SPARQL service of the same data"
        )

    def handle(self, *args: Any, years: range, contact: str, **options: Any) -> None:
        try:
            service = Service(contact=contact, endpoint=options["endpoint"])
            runs = import_years(service=service, years=years, update_existing=options["update_existing"])
            for year, run in runs:
                if run is None:
                    self.stdout.write(f"{year}: no movies.")
                    continue
                self.stdout.write(
                    f"{year}: {run.rows:,} movies, {run.created:,} created, {run.updated:,} updated, "
                    f"{run.unchanged:,} unchanged, {run.rejected:,} refused. Import {run.pk}."
                )
        except WatchlyError as error:
            raise CommandError(error.detail) from error
