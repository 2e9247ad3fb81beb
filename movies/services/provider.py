"""Films of the outside provider, TMDB: fetched when somebody asks for them, and read anew.

What it says becomes a record of the importer, so that what may be changed, by whose word and with which locks is
decided by the same code as an import (docs/adr/0012, 0013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from movies.importers.fallback import load_rows
from movies.importers.indexing import refresh
from movies.importers.loader import Known, Loader, Outcome, Row
from movies.importers.record import Pictures, Record, Refused, Unwanted
from movies.importers.settling import settle_genres
from movies.importers.tmdb import record_of
from movies.importers.tmdb_parts import picture_path
from movies.models import Movie, ProviderRecord
from movies.providers import tmdb
from movies.services.movies import survivor_of
from watchly.common.actor import acting, current_actor
from watchly.common.countries import is_country
from watchly.common.errors import Conflict, Gone, NotFound, RuleViolation

TMDB: Final = ProviderRecord.Provider.TMDB
OFFER_KINDS: Final = ("flatrate", "free", "ads", "rent", "buy")
_MOST_OFFERS = 100  # of one kind in one country
_LINK = "https://www.themoviedb.org/"


class Kept(NamedTuple):
    """A film as it was kept: its number here, and whether it was made."""

    movie_id: int
    created: bool


class ProviderLoader(Loader):
    """Loads films one by one, outside any run of an import: there is nothing to remember for later rows."""

    def _remember(self, cursor: CursorWrapper, met: list[tuple[Known, Row]]) -> None:
        return

    def _note_pictures(self, cursor: CursorWrapper, *met: Any) -> None:
        """Kept by `_note`, with what else TMDB says beyond facts."""


def fetch_movie(*, tmdb_id: int | None = None, imdb_id: str | None = None, seconds: float = tmdb.CALM) -> Kept:
    """Brings in a film by one of its ids, or reads one that is held anew.

    Raises NotFound when TMDB does not know it, Conflict (`provider_off`, `id_conflict`), Gone for one that was
    withdrawn here, ProviderUnavailable.
    """
    tmdb.check_enabled()
    try:
        wanted = tmdb_id if tmdb_id is not None else tmdb.movie_of_imdb(imdb_id or "", seconds=seconds)
        found = tmdb.movie(wanted, seconds=seconds)
    except tmdb.UnknownThere:
        if tmdb_id is not None:
            mark_stale(tmdb_id=tmdb_id)
        raise NotFound(f"TMDB knows no film {tmdb_id if tmdb_id is not None else imdb_id}.") from None
    return keep(found=found)


def refresh_movie(*, movie_id: int, seconds: float = tmdb.CALM) -> Kept:
    """Reads a film anew that is held. Raises what `fetch_movie` raises; NotFound too for one without an id there."""
    movie = Movie.objects.filter(pk=movie_id).only("tmdb_id", "imdb_id").first()
    if movie is None or (movie.tmdb_id is None and movie.imdb_id is None):
        raise NotFound(f"Movie {movie_id} has no id of TMDB or IMDb to ask by.")
    return fetch_movie(tmdb_id=movie.tmdb_id, imdb_id=movie.imdb_id, seconds=seconds)


def keep(*, found: Mapping[str, Any]) -> Kept:
    """Writes down what TMDB says of a film. Raises Conflict, Gone, and NotFound for what is for adults alone."""
    now = timezone.now()
    try:
        record = record_of(found, now.year)
    except Refused as refused:
        raise NotFound(f"TMDB's film is none that is taken: {refused.detail}") from refused
    except Unwanted:
        raise NotFound("TMDB's film is none that is taken: it is for adults alone.") from None
    with acting(via="provider", user_id=current_actor().user_id), transaction.atomic():
        outcome = load([record])
        if outcome.refused:
            why = outcome.refused[0]
            if why.code == "withdrawn":
                raise Gone(why.detail)
            raise Conflict(why.detail, code="id_conflict")
        movie = _holder(record)
        if movie is None:
            raise Conflict("The film's ids are locked here, so it cannot be told which it is.", code="id_conflict")
        _note(movie.pk, record, found, now)
        movie_id = survivor_of(movie_id=movie.pk)
        _want_pictures(movie_id)
    return Kept(movie_id, outcome.created > 0)


def load(records: Sequence[Record]) -> Outcome:
    """Loads records as TMDB's, in the caller's transaction; search and counts follow at once."""
    loader = ProviderLoader(run_id=0, source=Movie.Source.TMDB, update_existing=True)
    with connection.cursor() as cursor:
        loader.prepare(cursor)
        rows = [Row("TMDB", record.tmdb_id or 0, record) for record in records]
        settle_genres(cursor, rows, create=False)
    outcome = load_rows(loader, rows)
    refresh(set(outcome.movies), outcome.people)
    return outcome


def _holder(record: Record) -> Movie | None:
    """The row that has the record's ids; it may have been merged into another since."""
    for name in ("tmdb_id", "imdb_id"):
        value = getattr(record, name)
        movie = Movie.objects.filter(**{name: value}).first() if value is not None else None
        if movie is not None:
            return movie
    return None


def _note(movie_id: int, record: Record, found: Mapping[str, Any], now: datetime) -> None:
    pictures = record.pictures or Pictures(None, None)
    said = {
        "external_id": record.tmdb_id,
        "fetched_at": now,
        "stale_since": None,
        "poster_path": pictures.poster,
        "backdrop_path": pictures.backdrop,
        "offers": offers_of(found),
    }
    ProviderRecord.objects.update_or_create(movie_id=movie_id, provider=TMDB, defaults=said)


@transaction.atomic
def mark_stale(*, tmdb_id: int) -> None:
    """Notes of a film that is held that TMDB does not know it any more. The film stays."""
    movie = Movie.objects.filter(tmdb_id=tmdb_id).first()
    if movie is None:
        return
    now = timezone.now()
    record, _ = ProviderRecord.objects.get_or_create(
        movie=movie, provider=TMDB, defaults={"external_id": tmdb_id, "fetched_at": now}
    )
    ProviderRecord.objects.filter(pk=record.pk).update(stale_since=Coalesce(F("stale_since"), now), fetched_at=now)


def request_refresh(*, movie_ids: Sequence[int]) -> int:
    """Defers that these movies are read anew; returns how many have an id to ask by. Raises RuleViolation when off."""
    from movies.tasks import refresh_from_provider  # the job calls this module

    if not tmdb.enabled():
        raise RuleViolation("TMDB is not set up here: an operator sets TMDB_API_KEY.")
    asked = Movie.objects.filter(pk__in=movie_ids).exclude(tmdb_id=None, imdb_id=None)
    ids = list(asked.order_by("pk").values_list("pk", flat=True))
    for movie_id in ids:
        refresh_from_provider.enqueue(movie_id=movie_id, user_id=current_actor().user_id)
    return len(ids)


def _want_pictures(movie_id: int) -> None:
    from movies.services.provider_pictures import lacking
    from movies.tasks import fetch_pictures  # the job calls services

    if lacking(movie_id=movie_id):
        fetch_pictures.enqueue(movie_id=movie_id)


def offers_of(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Where a film can be watched, by country: what of TMDB's answer can be read, and nothing else."""
    appended = found.get("watch/providers")
    results = appended.get("results") if isinstance(appended, dict) else None
    places: dict[str, dict[str, Any]] = {}
    for country, place in results.items() if isinstance(results, dict) else ():
        if not (isinstance(country, str) and is_country(country) and isinstance(place, dict)):
            continue
        kinds = {kind: offers for kind in OFFER_KINDS if (offers := _offers(place.get(kind)))}
        link = place.get("link")
        good = isinstance(link, str) and link.startswith(_LINK) and len(link) <= 300
        if kinds:
            places[country] = {"link": link if good else None, **kinds}
    return places


def _offers(rows: object) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in rows[:_MOST_OFFERS] if isinstance(rows, list) else ():
        number, name = (row.get("provider_id"), row.get("provider_name")) if isinstance(row, dict) else (None, None)
        if isinstance(number, int) and isinstance(name, str) and 0 < len(name) <= 100 and name.isprintable():
            found[number] = {"id": number, "name": name, "logo_path": picture_path(row.get("logo_path"))}
    return list(found.values())
