"""What an outside provider adds: POST /api/movies/fetch, GET /api/movies/{id}/watch-providers."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from movies.api.paths import readable_movie
from movies.api.serializers.movie import MOVIE
from movies.api.serializers.movie_input import integer
from movies.definition.limits import IMDB_ID, IMDB_ID_WORDS
from movies.models import Movie
from movies.services.provider import fetch_movie
from movies.services.where_to_watch import where_to_watch
from watchly.api.conditional import json_answer
from watchly.api.idempotency import idempotent
from watchly.api.input import StrictSerializer, check_parameters
from watchly.api.permissions import HasPermission
from watchly.api.statements import fetch
from watchly.api.views import invalid
from watchly.common.countries import country_code, unknown_country
from watchly.common.references import referred


class FetchSerializer(StrictSerializer):
    """One of the two."""

    tmdb_id = integer("movie.tmdb_id", required=False)
    imdb_id = serializers.RegexField(rf"\A{IMDB_ID}\Z", required=False, error_messages={"invalid": IMDB_ID_WORDS})

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            detail = ErrorDetail("Give exactly one of tmdb_id and imdb_id.", code="required")
            raise ValidationError({"tmdb_id": [detail]})
        return attrs


class OfferSerializer(serializers.Serializer[Any]):
    """A service that offers a film."""

    id = serializers.IntegerField(help_text="Of the service at TMDB.")
    name = serializers.CharField()


class WatchProvidersSerializer(serializers.Serializer[Any]):
    """Where a film can be watched in one country."""

    movie = serializers.IntegerField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    link = serializers.URLField(allow_null=True, help_text="The page that leads to the offers.")
    flatrate = OfferSerializer(many=True, help_text="With a subscription.")
    free = OfferSerializer(many=True)
    ads = OfferSerializer(many=True, help_text="Free, with advertisements.")
    rent = OfferSerializer(many=True)
    buy = OfferSerializer(many=True)
    fetched_at = serializers.DateTimeField(allow_null=True, help_text="When TMDB was last asked; null for never.")
    attribution = serializers.CharField(help_text="Whose data it is: name it wherever you show it.")
    notice = serializers.CharField(help_text="To be shown with it.")


class FetchView(GenericAPIView):
    """Brings in a film from TMDB."""

    serializer_class = FetchSerializer
    permission_classes = (HasPermission,)
    permission = "movies.add_movie"

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = FetchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ((name, value),) = serializer.validated_data.items()
        with referred(f"/{name}"):
            kept = fetch_movie(**{name: value})
        ((version, body),) = fetch(
            f"SELECT d.version, {MOVIE.expression()} FROM {MOVIE.table} d WHERE d.id = %(id)s", {"id": kept.movie_id}
        )
        response = json_answer(request._request, body.encode(), version=version, status=201 if kept.created else 200)
        response.headers["Location"] = f"/api/movies/{kept.movie_id}"
        return response


class WatchProvidersView(GenericAPIView):
    """Where a film can be watched in a country."""

    queryset = Movie.objects.published()
    serializer_class = WatchProvidersSerializer
    permission_classes = (AllowAny,)

    def get(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=("country",))
        given = request.query_params.get("country", "")
        if not given:
            raise invalid("country", "Give a country by its ISO 3166-1 code, such as country=DE.", "required")
        if (country := country_code(given)) is None:
            raise invalid("country", unknown_country(given), "country")
        movie_id = readable_movie(request, pk)
        found = WatchProvidersSerializer(where_to_watch(movie_id=movie_id, country=country)).data
        return json_answer(request._request, json.dumps(found, ensure_ascii=False).encode())
