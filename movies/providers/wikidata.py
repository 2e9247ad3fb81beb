"""Wikidata's query service (https://query.wikidata.org): the movies of a year, in one query or several.

Its etiquette (https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service) is kept here: who asks and how to reach them
stands in the User-Agent, one query runs at a time with a pause before the next, `Retry-After` is waited for, failures
are tried again after longer and longer pauses, and a query that is too heavy is split rather than repeated.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode

import structlog

from movies.providers.exchange import Answer, Failed, fetch
from watchly.common.errors import ProviderUnavailable, RuleViolation

log = structlog.get_logger(__name__)

ENDPOINT: Final = "https://query.wikidata.org/sparql"
MOST_BYTES: Final = 64 * 2**20
# The service ends a query after 60 seconds by itself; the rest is for the transfer.
SECONDS: Final = 120.0
PAUSE: Final = 2.0  # seconds between two queries
LONGEST_PAUSE: Final = 600
ATTEMPTS: Final = 5
SHORTEST: Final = timedelta(days=7)  # an interval that is too heavy is halved down to this
_CONTACT: Final = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+")
# One row per movie: release dates from `since`, before `until`.
QUERY: Final = """
SELECT ?film (SAMPLE(?imdb) AS ?imdb_id) (SAMPLE(?tmdb) AS ?tmdb_id) (SAMPLE(?en) AS ?title)
       (SAMPLE(?native) AS ?original_title) (SAMPLE(?nativeLang) AS ?original_language)
       (MIN(?date) AS ?release_date) (SAMPLE(?min) AS ?runtime)
       (GROUP_CONCAT(DISTINCT ?dir; separator="|") AS ?directors)
       (GROUP_CONCAT(DISTINCT ?iso; separator="|") AS ?countries)
       (GROUP_CONCAT(DISTINCT ?genre; separator="|") AS ?genres)
       (SAMPLE(?page) AS ?wikipedia_page) (SAMPLE(?links) AS ?sitelinks)
WHERE {
  ?film wdt:P31/wdt:P279* wd:Q11424 ; wdt:P577 ?date ; wikibase:sitelinks ?links .
  FILTER(?date >= "%(since)sT00:00:00Z"^^xsd:dateTime && ?date < "%(until)sT00:00:00Z"^^xsd:dateTime)
  OPTIONAL { ?film wdt:P345 ?imdb } OPTIONAL { ?film wdt:P4947 ?tmdb }
  OPTIONAL { ?film rdfs:label ?en FILTER(LANG(?en) = "en") }
  OPTIONAL { ?film wdt:P1476 ?native BIND(LANG(?native) AS ?nativeLang) }
  OPTIONAL { ?film p:P2047/psn:P2047/wikibase:quantityAmount ?sec BIND(ROUND(?sec / 60) AS ?min) }
  OPTIONAL { ?film wdt:P57/rdfs:label ?dir FILTER(LANG(?dir) = "en") }
  OPTIONAL { ?film wdt:P495/wdt:P297 ?iso }
  OPTIONAL { ?film wdt:P136/rdfs:label ?genre FILTER(LANG(?genre) = "en") }
  OPTIONAL { ?article schema:about ?film ; schema:isPartOf <https://en.wikipedia.org/> ; schema:name ?page }
} GROUP BY ?film
"""

Row = dict[str, str]


class TooHeavy(Exception):
    """The service cannot answer for so long an interval in its time."""


@dataclass(slots=True)
class Service:
    """The query service as one operator asks it.

    `contact` is an e-mail address or a web page. Raises RuleViolation for anything else, as the service asks for one.
    """

    contact: str
    endpoint: str = ENDPOINT
    sleep: Callable[[float], None] = time.sleep
    asked: int = 0

    def __post_init__(self) -> None:
        if not _CONTACT.fullmatch(self.contact):
            raise RuleViolation("The contact must be an e-mail address or a web page: Wikidata asks for one.")

    def movies_of(self, year: int) -> Iterator[list[Row]]:
        """The rows of a year, in as many parts as it takes. Raises ProviderUnavailable."""
        yield from self._between(date(year, 1, 1), date(year + 1, 1, 1))

    def _between(self, since: date, until: date) -> Iterator[list[Row]]:
        try:
            rows = self._rows(since, until)
        except TooHeavy:
            half = (until - since) / 2
            if half < SHORTEST:
                raise ProviderUnavailable(f"Wikidata has no answer for the days from {since} to {until}.") from None
            yield from self._between(since, since + half)
            yield from self._between(since + half, until)
        else:
            yield rows

    def _rows(self, since: date, until: date) -> list[Row]:
        answer = self._answered(QUERY % {"since": since, "until": until})
        try:
            found = json.loads(answer.body)["results"]["bindings"]
            return [{name: str(cell["value"]) for name, cell in row.items()} for row in found]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise TooHeavy from None  # a query that runs out of time ends in the middle of its answer

    def _answered(self, query: str) -> Answer:
        """The answer of status 200, after pauses and further attempts."""
        headers = {
            "Accept": "application/sparql-results+json",
            "User-Agent": f"Watchly ({self.contact}) import_wikidata",
        }
        target = f"?{urlencode({'query': query})}"
        for attempt in range(1, ATTEMPTS + 1):
            if self.asked:
                self.sleep(PAUSE)
            self.asked += 1
            try:
                answer = fetch(self.endpoint, target=target, headers=headers, seconds=SECONDS, most_bytes=MOST_BYTES)
            except Failed as failed:
                log.warning("wikidata_failed", reason=str(failed), attempt=attempt)
                if "bytes" in str(failed) or "seconds" in str(failed):
                    raise TooHeavy from None
                pause = _backoff(attempt)
            else:
                if answer.status == 200:
                    return answer
                log.warning("wikidata_failed", status=answer.status, attempt=attempt)
                if answer.status in (500, 504) and "retry-after" not in answer.headers:
                    raise TooHeavy
                if answer.status not in (429, 500, 502, 503, 504):
                    raise ProviderUnavailable(f"Wikidata refuses the query with the status {answer.status}.")
                pause = _retry_after(answer) or _backoff(attempt)
            if attempt < ATTEMPTS:
                self.sleep(pause)
        raise ProviderUnavailable(f"Wikidata gave no answer in {ATTEMPTS} attempts.", retry_after=round(pause))


def _backoff(attempt: int) -> float:
    """Seconds: 5, 10, 20, 40."""
    return min(5.0 * 2 ** (attempt - 1), LONGEST_PAUSE)


def _retry_after(answer: Answer) -> float | None:
    """Seconds that the service asks to wait, which it gives as a number or a date; None where it asks for nothing."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(max(1.0, float(text[:6])), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(1.0, (until - datetime.now(until.tzinfo or UTC)).total_seconds()), LONGEST_PAUSE)
