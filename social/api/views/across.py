"""Reads that look across: GET /api/search, /api/movies/{id}/similar, and what is told where a thing is shared."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.models import User
from movies.api.paths import published_movie
from movies.api.serializers.movie import SUGGESTION, SuggestionSerializer
from movies.api.serializers.person import PERSON, PersonSerializer
from movies.search.query import find_people, suggest_movies
from social.api.serializers.movie_list import LIST, ListSerializer
from social.api.serializers.user import USER, UserCardSerializer
from social.api.views.users import viewer_id
from social.models import Block, MovieList
from social.services.people import user_named
from social.services.sharing import share_movie, share_user
from social.services.similar import similar_movies
from watchly.api.conditional import json_answer
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField
from watchly.api.input import check_parameters
from watchly.api.pages import literal_sql, whole_number
from watchly.api.statements import fetch
from watchly.api.views import invalid, picked_expression

_MOST = 20
_LONGEST = 200


class ReasonedMovieSerializer(SuggestionSerializer):
    """A movie, and why it is in the list."""

    reasons = serializers.ListField(child=ChoiceField(choices=("people", "collection", "genres", "tags")))

    class Meta(SuggestionSerializer.Meta):
        fields: tuple[str, ...] = (*SuggestionSerializer.Meta.fields, "reasons")  # type: ignore[assignment]  # one more


class FoundSerializer(serializers.Serializer[Any]):
    """What a search found, by kind, the best first."""

    movies = SuggestionSerializer(many=True)
    people = PersonSerializer(many=True)
    users = UserCardSerializer(many=True)
    lists = ListSerializer(many=True)


class SharedSerializer(serializers.Serializer[Any]):
    """What is told of a thing where it is shared."""

    url = serializers.URLField()
    title = serializers.CharField()
    text = serializers.CharField()
    card = serializers.DictField(child=serializers.CharField(allow_null=True), help_text="Open Graph names to values.")


def _documents(document: Document, parameter: str, expression: str) -> str:
    return (
        f"(SELECT coalesce(json_agg(({expression})::json ORDER BY i.place), '[]'::json)"
        f" FROM unnest(%({parameter})s::bigint[]) WITH ORDINALITY i(id, place) JOIN {document.table} d ON d.id = i.id)"
    )


class SearchView(ViewSet):
    """Films, people, users and lists at once, a few of each."""

    permission_classes = (AllowAny,)
    serializer_class = FoundSerializer

    def list(self, request: Request) -> HttpResponse:
        query = request.query_params
        check_parameters(query, known=("q", "limit", "expand"))
        text = query.get("q", "").replace("\x00", "").strip()
        if not text:
            raise invalid("q", "Give what to look for, at least one character.", "required")
        if len(text) > _LONGEST:
            raise invalid("q", f"Give at most {_LONGEST} characters.", "max_length")
        limit = whole_number(query, "limit", 5, _MOST)
        movie, params = picked_expression(request, query, SUGGESTION)
        ids = {"movies": suggest_movies(text, limit=limit), "people": find_people(text, limit=limit)}
        columns = ", ".join((
            _documents(SUGGESTION, "movies", movie),
            _documents(PERSON, "people", PERSON.expression()),
            _users(text, viewer_id(request), limit),
            _lists(text, request.user, limit),
        ))  # fmt: skip
        ((movies, people, users, lists),) = fetch(f"SELECT {columns}", {**params, **ids})
        body = {"movies": movies, "people": people, "users": users, "lists": lists}
        return json_answer(request._request, json.dumps(body, ensure_ascii=False).encode())


def _users(text: str, reader: int | None, limit: int) -> str:
    """SQL of the people whom the reader finds by this beginning of a name or these words, by name."""
    rows = User.objects.shown().filter(
        Q(username__istartswith=text) | Q(profile__display_name__icontains=text, profile__profile_visibility="public")
    )
    if reader is not None:
        rows = rows.exclude(Exists(Block.objects.between(reader, OuterRef("pk"))))
    return _found(USER, rows.order_by("username")[:limit], "d.username")


def _lists(text: str, reader: Any, limit: int) -> str:
    """SQL of the lists that the reader sees and whose titles begin so, the newest first."""
    rows = MovieList.objects.visible_to(reader).filter(title__istartswith=text)
    return _found(LIST, rows.order_by("-pk")[:limit], "d.id DESC")


def _found(document: Document, rows: QuerySet[Any], ordering: str) -> str:
    ids = literal_sql(rows.values("pk")).replace("%", "%%")
    return (
        f"(SELECT coalesce(json_agg(({document.expression()})::json ORDER BY {ordering}), '[]'::json)"
        f" FROM {document.table} d WHERE d.id IN ({ids}))"
    )


class MovieAcrossViewSet(ViewSet):
    """What is like a movie, and what is told of it where it is shared."""

    permission_classes = (AllowAny,)
    serializer_class = ReasonedMovieSerializer
    document = SUGGESTION

    @property
    def picks(self) -> bool:
        """Whether it reads `fields` and `expand`, for the documentation."""
        return self.action == "similar"

    def similar(self, request: Request, pk: str) -> HttpResponse:
        query = request.query_params
        check_parameters(query, known=("limit", "fields", "expand"))
        movie = published_movie(request, pk)
        expression, params = picked_expression(request, query, SUGGESTION)
        found = similar_movies(movie_id=movie.pk, limit=whole_number(query, "limit", 10, _MOST))
        statement = f"SELECT {_documents(SUGGESTION, 'ids', expression)}"
        ((documents,),) = fetch(statement, {**params, "ids": [pk for pk, _ in found]})
        results = [{**one, "reasons": why} for one, (_, why) in zip(documents, found, strict=True)]
        return json_answer(request._request, json.dumps({"results": results}, ensure_ascii=False).encode())

    def share(self, request: Request, pk: str) -> Response:
        check_parameters(request.query_params, known=())
        return Response(share_movie(movie=published_movie(request, pk)).document(origin(request)))


class UserShareViewSet(ViewSet):
    """What is told of a person where their profile is shared."""

    permission_classes = (AllowAny,)
    serializer_class = SharedSerializer

    def share(self, request: Request, username: str) -> Response:
        check_parameters(request.query_params, known=())
        user = user_named(username=username, viewer_id=viewer_id(request))
        return Response(share_user(user=user).document(origin(request)))


def origin(request: Request) -> str:
    """Where this server is: https://films.example"""
    return str(request.build_absolute_uri("/")).rstrip("/")
