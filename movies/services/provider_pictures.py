"""Pictures of the outside provider: fetched where a film has none, and kept as an upload is."""

from __future__ import annotations

import io

import structlog
from django.conf import settings
from django.core.files.base import File

from movies.models import Image, Movie, ProviderRecord
from movies.providers import tmdb
from movies.services.images import add_image
from watchly.common.actor import acting
from watchly.common.errors import Conflict, RuleViolation, TooLarge

log = structlog.get_logger(__name__)

_KINDS = {Image.Kind.POSTER: "poster_path", Image.Kind.BACKDROP: "backdrop_path"}


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

    A file that is no picture that is taken, or is gone there, is passed over. Raises ProviderUnavailable,
    StorageUnavailable, and what `get_movie` raises.
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
        else:
            got += 1
    return got
