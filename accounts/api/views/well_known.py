"""GET /.well-known/jwks.json: the keys that sign-in tokens can be checked with, for other services."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.keyring import published_keys


class KeySetView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> HttpResponse:
        response = Response(published_keys())
        response.headers["Cache-Control"] = "public, max-age=300"
        return response
