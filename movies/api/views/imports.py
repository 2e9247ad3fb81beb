"""POST /api/movies/import and what became of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from movies.api.paths import number
from movies.importers.imdb import DEFAULT_TYPES
from movies.importers.recognise import CHOICES
from movies.models import ImportReject, ImportRun
from movies.services.imports import cancel_import, request_import, start_import
from watchly.api.fields import ChoiceField, JobStateField
from watchly.api.idempotency import idempotent
from watchly.api.input import StrictSerializer, check_nothing_sent, check_parameters
from watchly.api.parsers import ImportFormParser
from watchly.api.permissions import HasPermission
from watchly.api.views import invalid
from watchly.common.errors import FieldError, RuleViolation

_REJECTS_SHOWN = 100


class ImportRequestSerializer(StrictSerializer):
    """The file and how to take it."""

    file = serializers.FileField(help_text="CSV, JSON, NDJSON or a known dump, plain, gz or zip.")
    format = ChoiceField(
        choices=CHOICES, required=False, default="auto", help_text="auto: recognised from the content."
    )
    preview = serializers.BooleanField(
        required=False, default=False, help_text="Say what would change and wait for `start`."
    )
    update_existing = serializers.BooleanField(required=False, default=False)
    types = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=200,
        help_text=f"Kinds of IMDb's titles to keep, joined by commas; by default {','.join(DEFAULT_TYPES)}.",
    )
    adult = serializers.BooleanField(required=False, default=False, help_text="Also keep IMDb's titles for adults.")
    create_genres = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Add genres that the catalogue doesn't have. By default they are left out, with a remark.",
    )


class ImportRejectSerializer(serializers.ModelSerializer[ImportReject]):
    class Meta:
        model = ImportReject
        fields = ("file", "line", "code", "detail", "content")


class ImportCountsSerializer(serializers.Serializer[Any]):
    """Rows that were read, and what became of them."""

    rows = serializers.IntegerField(min_value=0)
    created = serializers.IntegerField(min_value=0)
    updated = serializers.IntegerField(min_value=0)
    unchanged = serializers.IntegerField(min_value=0)
    skipped = serializers.IntegerField(min_value=0, help_text="Not wanted: of another kind, or about no film held.")
    rejected = serializers.IntegerField(min_value=0)
    ambiguous = serializers.IntegerField(
        min_value=0, help_text="May be any of several movies: nothing was changed. See the rejects."
    )


class ImportRunSerializer(serializers.ModelSerializer[ImportRun]):
    """A run: its state, how far it is, what it did, and the first rows it refused."""

    state = JobStateField(help_text="With `preview`, a run that is done has written nothing and can be started.")
    files = serializers.ListField(child=serializers.CharField(), source="names", read_only=True)
    progress = serializers.SerializerMethodField(help_text="Share of the file that is read, 0 to 1, or null.")
    counts = serializers.SerializerMethodField()
    rejects = serializers.SerializerMethodField()
    rejects_omitted = serializers.SerializerMethodField(
        help_text="How many lines of the report are not in `rejects`, which holds the first 100."
    )

    class Meta:
        model = ImportRun
        fields = (
            "id",
            "state",
            "format",
            "files",
            "preview",
            "update_existing",
            "progress",
            "counts",
            "changes",
            "rejects",
            "rejects_omitted",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        )

    def get_progress(self, run: ImportRun) -> float | None:
        if run.state in (ImportRun.State.DONE, ImportRun.State.PREVIEWED):
            return 1.0
        return round(min(run.read_bytes / run.total_bytes, 1.0), 3) if run.total_bytes else None

    @extend_schema_field(ImportCountsSerializer)
    def get_counts(self, run: ImportRun) -> dict[str, int]:
        return {name: getattr(run, name) for name in ImportCountsSerializer().get_fields()}

    @extend_schema_field(ImportRejectSerializer(many=True))
    def get_rejects(self, run: ImportRun) -> list[dict[str, Any]]:
        return list(ImportRejectSerializer(run.rejects.all()[:_REJECTS_SHOWN], many=True).data)

    def get_rejects_omitted(self, run: ImportRun) -> int:
        return max(0, run.rejected + run.ambiguous + run.remarks - _REJECTS_SHOWN)


class ImportView(GenericAPIView):
    """Take in a file of movies, as a job."""

    serializer_class = ImportRequestSerializer
    permission_classes = (HasPermission,)
    permission = "movies.import_movies"
    parser_classes = (ImportFormParser,)

    @idempotent
    def post(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        if "file" in request.data and "file" not in request.FILES:
            raise invalid("file", "Send the file as the multipart field `file`.", "not_a_file")
        serializer = ImportRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        try:
            run = request_import(
                upload=values["file"],
                format=values["format"],
                preview=values["preview"],
                update_existing=values["update_existing"],
                types=values["types"],
                adult=values["adult"],
                create_genres=values["create_genres"],
                requested_by=request.user,
            )
        except RuleViolation as refusal:
            if refusal.errors:
                raise
            found = FieldError("/file", refusal.code, refusal.detail)
            raise RuleViolation(refusal.detail, code=refusal.code, errors=[found]) from refusal
        return _accepted(run)


class ImportRunViewSet(GenericViewSet[ImportRun]):
    """What became of an import."""

    queryset = ImportRun.objects.all()
    serializer_class = ImportRunSerializer
    permission_classes = (HasPermission,)
    permission: ClassVar[str] = "movies.import_movies"

    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        response = Response(ImportRunSerializer(self._run(pk)).data)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> HttpResponse:
        """Carry out a previewed import"""
        check_nothing_sent(request)
        run = self._run(pk)
        start_import(run_id=run.pk)
        run.refresh_from_db()
        return _accepted(run)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> HttpResponse:
        """Stop an import; what it has written stays"""
        check_nothing_sent(request)
        run = self._run(pk)
        cancel_import(run_id=run.pk)
        run.refresh_from_db()
        return Response(ImportRunSerializer(run).data)

    def _run(self, pk: str) -> ImportRun:
        return get_object_or_404(ImportRun, pk=number(pk) if pk.isascii() and pk.isdigit() else 0)


def _accepted(run: ImportRun) -> Response:
    response = Response(ImportRunSerializer(run).data, status=202)
    response.headers["Location"] = f"/api/imports/{run.pk}"
    return response
