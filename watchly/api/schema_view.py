"""Serves the OpenAPI document: generated, rendered and compressed once per process."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from threading import Lock

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from watchly.api.compression import accepts_gzip
from watchly.api.conditional import conditional_answer


@dataclass(frozen=True)
class _Rendered:
    body: bytes
    compressed: bytes


_rendered: dict[str, _Rendered] = {}
_lock = Lock()


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 in YAML or, with `Accept: application/json`, in JSON; the same for every caller."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        with _lock:  # a crowd at the start generates it once
            if renderer.media_type not in _rendered:
                _rendered[renderer.media_type] = self._render(renderer)
        found = _rendered[renderer.media_type]
        response = conditional_answer(request._request, found.body, content_type=renderer.media_type)
        if response.status_code == 200:
            response.headers["Content-Disposition"] = f'inline; filename="Watchly.{renderer.format}"'
            if accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
                response.content = found.compressed
                response.headers["Content-Encoding"] = "gzip"
                response.headers["ETag"] = f'{response.headers["ETag"][:-1]}-gz"'
        response.headers["Vary"] = "Accept, Accept-Encoding"
        return response

    def _render(self, renderer: object) -> _Rendered:
        schema = self.generator_class().get_schema(request=None, public=True)
        body: bytes = renderer.render(schema, renderer_context={})  # type: ignore[attr-defined]
        return _Rendered(body, gzip.compress(body, mtime=0))
