"""`POST /api/me/export`, what became of it, and the file."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers.data_export import DataExportSerializer
from accounts.api.views.account import OwnView
from accounts.models import DataExport
from accounts.services.exports import open_export, request_export
from watchly.api.idempotency import idempotent
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.parameters import LARGEST_ID
from watchly.common.errors import NotFound

_FILE_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    # The address opens the file, so it is told to nobody.
    "Referrer-Policy": "no-referrer",
}


def _number(pk: str) -> int:
    number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 20 else 0
    return number if number <= LARGEST_ID else 0


class ExportView(OwnView):
    """Ask for an export."""

    serializer_class = DataExportSerializer

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        check_nothing_sent(request)
        export = request_export(user_id=self.user_id)
        response = Response(DataExportSerializer(export).data, status=202)
        response.headers["Location"] = f"/api/me/exports/{export.pk}"
        return response


class ExportDetailView(OwnView):
    """What became of an export."""

    serializer_class = DataExportSerializer

    def get(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        export = DataExport.objects.filter(pk=_number(pk), user_id=self.user_id).first()
        if export is None:
            raise NotFound("You have no such export.")
        response = Response(DataExportSerializer(export).data)
        response.headers["Cache-Control"] = "private, no-store"  # it holds the link
        return response


class ExportFileView(APIView):
    """The file. The signature stands for a sign-in, so that a browser can fetch it by its address alone."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def get(self, request: Request, pk: str) -> FileResponse:
        check_parameters(request.query_params, known=("signature",))
        path = open_export(export_id=_number(pk), signature=request.query_params.get("signature", ""))
        name = f"watchly-export-{_number(pk)}.zip"
        response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
        for header, value in _FILE_HEADERS.items():
            response.headers[header] = value
        return response
