"""Pictures of the outside provider: fetched where a film has none, and kept as an upload is."""

from __future__ import annotations

import io

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db.models import Exists, OuterRef

from movies.models import Image, Movie, ProviderRecord
from movies.providers import tmdb
from movies.services.images import add_image
from watchly.common.actor import acting
from watchly.common.errors import Conflict, RuleViolation, TooLarge

log = structlog.get_logger(__name__)

_KINDS = {Image.Kind.POSTER: "poster_path", Image.Kind.BACKDROP: "backdrop_path"}
MOST_A_NIGHT = 2_000  # films


def lacking(*, movie_id: int) -> dict[str, str]:
    """The pictures that a film has not and TMDB has: their paths there by kind.

    None where somebody here has chosen its pictures, and none with TMDB_IMAGES=0.
    """
    movie = Movie.objects.filter(pk=movie_id).only("poster_path", "backdrop_path", "locked_fields", "state").first()
    if movie is None or "images" in movie.locked_fields or not settings.TMDB_IMAGES or not tmdb.enabled():
        return {}
    if movie.state not in (Movie.State.PUBLISHED, Movie.State.DRAFT):
        return {}
    record = ProviderRecord.objects.filter(movie=movie, provider=ProviderRecord.Provider.TMDB).first()
    if record is None:
        return {}
    paths = {kind: getattr(record, column) for kind, column in _KINDS.items() if getattr(movie, column) is None}
    return {kind.value: path for kind, path in paths.items() if path}


def store_pictures(*, movie_id: int) -> int:
    """Fetches the pictures that a film lacks; returns how many it got.

    A file that is no picture that is taken, or is gone there, is passed over, and its path forgotten until the provider
    tells of one again. Raises ProviderUnavailable, StorageUnavailable, and what `get_movie` raises.
    """
    got = 0
    for kind, path in lacking(movie_id=movie_id).items():
        try:
            content = tmdb.picture(kind, path, seconds=tmdb.PATIENT)
            with acting(via="provider"):
                upload = File(io.BytesIO(content), name=path.removeprefix("/"))
                add_image(movie_id=movie_id, kind=kind, upload=upload, lock=False)
        except (tmdb.UnknownThere, RuleViolation, TooLarge, Conflict) as refused:
            log.info("provider_picture_refused", movie=movie_id, kind=kind, reason=type(refused).__name__)
            column = _KINDS[Image.Kind(kind)]
            ProviderRecord.objects.filter(movie=movie_id, **{column: path}).update(**{column: None})
        else:
            got += 1
    return got


def request_pictures(*, limit: int = MOST_A_NIGHT) -> int:
    """Defers the pictures of the best known films that have no poster and whose poster's path is known, from a file.

    Returns of how many films. None without a key, and none with TMDB_IMAGES=0.
    """
    from movies.tasks import fetch_pictures  # the job calls this module

    if not tmdb.enabled() or not settings.TMDB_IMAGES:
        return 0
    known = ProviderRecord.objects.filter(movie=OuterRef("pk"), poster_path__isnull=False, fetched_at=None)
    lacking_one = Movie.objects.filter(Exists(known), state=Movie.State.PUBLISHED, poster_path=None)
    chosen = lacking_one.exclude(locked_fields__contains=["images"]).order_by("-popularity", "pk")
    ids = list(chosen.values_list("pk", flat=True)[:limit])
    for movie_id in ids:
        fetch_pictures.enqueue(movie_id=movie_id)
    return len(ids)
