"""Movies over HTTP: parse, call one read or one service, answer."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from movies.api.filters import MOVIE_ORDERINGS, MovieFilter, as_found
from movies.api.multipart import parted
from movies.api.paths import movie_id_of, writable
from movies.api.serializers.movie import MOVIE, MovieSerializer
from movies.api.serializers.movie_input import MovieInputSerializer
from movies.models import CatalogueCount, Image, Movie
from movies.services.images import add_image
from movies.services.movies import FACTS, check_readable, check_there, create_movie, missing_movie, update_movie
from movies.services.publishing import withdraw_movie
from watchly.api.addresses import addressed
from watchly.api.conditional import expected_version, json_answer
from watchly.api.documents import literal
from watchly.api.filters import StrictFilterSet
from watchly.api.idempotency import idempotent
from watchly.api.input import check_parameters
from watchly.api.parsers import ImageFormParser, PlainFormParser, StrictJSONParser
from watchly.api.permissions import ReadAllWriteWith
from watchly.api.statements import fetch
from watchly.api.views import DocumentViewSet, invalid
from watchly.common.errors import Conflict, Moved, NotFound

_TOTAL = f"(SELECT value FROM movies_cataloguecount WHERE name = {literal(CatalogueCount.PUBLISHED_MOVIES)})"


class MovieViewSet(DocumentViewSet):
    """The catalogue."""

    queryset = Movie.objects.published()
    serializer_class = MovieSerializer
    filterset_class = MovieFilter
    permission_classes = (ReadAllWriteWith,)
    parser_classes: tuple[type[BaseParser], ...] = (StrictJSONParser, ImageFormParser, PlainFormParser)
    write_permissions: ClassVar[dict[str, str]] = {
        "POST": "movies.add_movie",
        "PUT": "movies.change_movie",
        "PATCH": "movies.change_movie",
        "DELETE": "movies.delete_movie",
    }
    lookup_value_regex = "[^/]+"
    document = MOVIE
    orderings = MOVIE_ORDERINGS
    default_ordering = "popularity"
    more_orderings = ("relevance",)
    total = f"coalesce({_TOTAL}, 0)"
    repeatable = ("genre", "tag")

    def get_parsers(self) -> list[Any]:
        """A form makes a movie, its poster with it; what changes one is JSON, where null and absent differ."""
        changes = getattr(self.request, "method", None) in ("PUT", "PATCH")
        return [StrictJSONParser()] if changes else super().get_parsers()

    # --- reads ---

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        # What a search finds changes; a genre that nobody has yet may be made any moment.
        return "search" not in query and not rows.query.is_empty()

    def ordering(self, name: str | None, filterset: StrictFilterSet) -> tuple[Any, ...]:
        found: list[int] | None = getattr(filterset, "found", None)
        by_relevance = name in (None, *self.more_orderings)
        if found is None or not by_relevance:
            return super().ordering(None if by_relevance else name, filterset)
        return as_found(found)

    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        version, _, body = self._read(request, pk)
        return json_answer(request._request, body.encode(), version=version)

    def _read(self, request: Request, pk: str) -> tuple[int, str, str]:
        """The version, state and document of the movie with this id or slug. Raises NotFound, Gone, Moved."""
        movie_id = movie_id_of(request, pk)
        try:
            version, state, body = self.row(request._request.GET, movie_id, "d.version, d.state, ")
        except NotFound:
            raise missing_movie(movie_id) from None
        check_readable(movie_id=movie_id, state=state, reader=request.user)
        return version, state, body

    @action(detail=False)
    def lookup(self, request: Request) -> HttpResponse:
        """Find a movie by an external id"""
        query = request.query_params
        check_parameters(query, known=("imdb_id", "tmdb_id", "wikidata_id", "fields", "expand"))
        given = [name for name in ("imdb_id", "tmdb_id", "wikidata_id") if query.get(name)]
        if len(given) != 1:
            raise invalid("imdb_id", "Give exactly one of imdb_id, tmdb_id and wikidata_id.", "required")
        name, value = given[0], query[given[0]].strip()
        if name == "tmdb_id" and not (value.isascii() and value.isdigit() and int(value[:12]) < 2**31):
            raise invalid("tmdb_id", "A TMDB id is a whole number.")
        if name != "tmdb_id":
            MovieInputSerializer(data={name: value}, partial=True).is_valid(raise_exception=True)
        movie_id = Movie.objects.filter(**{name: value}).values_list("pk", flat=True).first()
        if movie_id is None:
            raise NotFound(f"There is no movie with {name} {value[:40]!r}.")
        picked = request._request.GET.copy()
        for other in ("imdb_id", "tmdb_id", "wikidata_id"):
            picked.pop(other, None)
        version, state, body = self.row(picked, movie_id, "d.version, d.state, ")
        try:
            check_readable(movie_id=movie_id, state=state, reader=request.user)
        except Moved as moved:  # the id stayed with a movie that was merged: what asked for it says nothing there
            rest = f"?{picked.urlencode()}" if picked else ""
            raise Moved(moved.location + rest, survivor_id=moved.survivor_id, whole=True) from None
        return json_answer(request._request, body.encode(), version=version)

    # --- writes ---

    @idempotent
    def create(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        data, poster = parted(request)
        serializer = MovieInputSerializer(data=data, context={"form": data is not request.data})
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():  # the movie and its poster, both or neither
            movie = create_movie(values=serializer.values())
            if poster is not None:
                add_image(movie_id=movie.pk, kind=Image.Kind.POSTER, upload=poster, pointer="/poster")
        return written(request, movie.pk, status=201)

    def update(self, request: Request, pk: str) -> HttpResponse:
        """Replaces what the document holds: a fact that is left out becomes unknown, a relation is kept as it is."""
        return self._write(request, pk, partial=False)

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        return self._write(request, pk, partial=True)

    def _write(self, request: Request, pk: str, *, partial: bool) -> HttpResponse:
        check_parameters(request.query_params, known=())
        movie_id = writable(pk)
        version = expected_version(request._request)
        serializer = MovieInputSerializer(
            data=request.data, partial=partial, context={"stored": stored(request, movie_id)}
        )
        serializer.is_valid(raise_exception=True)
        values = serializer.values()
        if not partial:
            values = {**BLANK_FACTS, **values}
        update_movie(movie_id=movie_id, values=values, expected_version=version)
        return written(request, movie_id)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=("reason",))
        reason = request.query_params.get("reason", "Withdrawn through the API.").replace("\x00", "")
        movie_id = writable(pk)
        try:
            withdraw_movie(movie_id=movie_id, reason=reason, expected_version=expected_version(request._request))
        except Moved as moved:  # a client that follows a 308 would withdraw the survivor
            raise Conflict(
                f"Movie {movie_id} was merged into movie {moved.survivor_id}: to withdraw that one, name it.",
                code="merged",
            ) from moved
        return Response(status=204)


# PUT: a fact of the document that is left out becomes unknown.
BLANK_FACTS: dict[str, Any] = {
    field.name: field.get_default()
    for field in Movie._meta.concrete_fields
    if field.name in FACTS and field.name in MOVIE.fields and field.name != "title"
}


def written(request: Request, movie_id: int, *, status: int = 200) -> HttpResponse:
    """The answer to a write: the document as it is now stored."""
    ((version, body),) = fetch(
        f"SELECT d.version, {MOVIE.expression()} FROM {MOVIE.table} d WHERE d.id = %(id)s", {"id": movie_id}
    )
    response = json_answer(request._request, body.encode(), version=version, status=status)
    if status == 201:
        response.headers["Location"] = f"/api/movies/{movie_id}"
    return response


def stored(request: Request, movie_id: int) -> dict[str, Any]:
    """The document as this caller reads it, for the comparison of read-only fields. Raises Moved, Gone, NotFound."""
    rows = fetch(f"SELECT d.state, {MOVIE.expression()} FROM movies_movie d WHERE d.id = %(id)s", {"id": movie_id})
    if not rows:
        raise missing_movie(movie_id)
    check_there(movie_id=movie_id, state=rows[0][0])
    document: dict[str, Any] = json.loads(addressed(rows[0][1].encode(), request))
    return document
