"""GET /api/movies/suggest"""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from movies.api.serializers.movie import SUGGESTION, SuggestionSerializer
from movies.models import Movie
from movies.search.query import suggest_movies
from watchly.api.conditional import json_answer
from watchly.api.input import check_parameters
from watchly.api.pages import whole_number
from watchly.api.statements import fetch
from watchly.api.views import invalid, picked_expression

_MOST = 20
_LONGEST = 200
_STATEMENT = (
    "SELECT string_agg(s.document, ',' ORDER BY s.place) FROM (SELECT {document} AS document, page.place"
    " FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY page(id, place) JOIN movies_movie d ON d.id = page.id) s"
)


class SuggestView(GenericAPIView):
    """Movies that what has been typed so far may mean, the best first."""

    queryset = Movie.objects.published()
    serializer_class = SuggestionSerializer
    permission_classes = (AllowAny,)
    document = SUGGESTION
    picks = True

    def get(self, request: Request) -> HttpResponse:
        query = request.query_params
        check_parameters(query, known=("q", "limit", "fields", "expand"))
        text = query.get("q", "")[:_LONGEST]
        if not text.strip():
            raise invalid("q", "Give what has been typed so far, at least one character.", "required")
        expression, params = picked_expression(request, query, self.document)
        ids = suggest_movies(text, limit=whole_number(query, "limit", 10, _MOST))
        ((results,),) = fetch(_STATEMENT.replace("{document}", expression), {**params, "ids": ids})
        return json_answer(request._request, f'{{"results":[{results or ""}]}}'.encode())
