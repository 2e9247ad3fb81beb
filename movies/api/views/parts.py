"""What hangs on a movie, as pages of its own: credits, images, videos, awards."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from django_filters import rest_framework as filters
from rest_framework.request import Request

from movies.api.paths import readable_movie, writable
from movies.api.serializers.movie import (
    AWARD,
    CREDIT,
    IMAGE,
    VIDEO,
    AwardSerializer,
    CreditSerializer,
    ImageSerializer,
    VideoSerializer,
)
from movies.models import Award, Credit, Image, Video
from movies.services.images import add_image
from watchly.api.conditional import json_answer
from watchly.api.filters import BooleanFilter, StrictFilterSet
from watchly.api.idempotency import idempotent
from watchly.api.input import check_parameters
from watchly.api.parsers import ImageFormParser
from watchly.api.permissions import ReadAllWriteWith
from watchly.api.statements import fetch
from watchly.api.views import DocumentViewSet, invalid
from watchly.common.languages import language_code, unknown_language


def _by(*keys: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return tuple(F(key).asc(nulls_last=True) for key in keys), tuple(F(key).desc(nulls_last=True) for key in keys)


class CreditFilter(StrictFilterSet):
    kind = filters.ChoiceFilter(choices=Credit.Kind.choices, help_text="Only the cast, or only the crew.")

    class Meta:
        model = Credit
        fields: list[str] = []


class ImageFilter(StrictFilterSet):
    kind = filters.ChoiceFilter(choices=Image.Kind.choices, help_text="Only pictures of this kind.")

    class Meta:
        model = Image
        fields: list[str] = []


class VideoFilter(StrictFilterSet):
    kind = filters.ChoiceFilter(choices=Video.Kind.choices, help_text="Only videos of this kind.")

    class Meta:
        model = Video
        fields: list[str] = []


class AwardFilter(StrictFilterSet):
    won = BooleanFilter(help_text="Only prizes that were won, or only nominations that were not.")

    class Meta:
        model = Award
        fields: list[str] = []


class MoviePartViewSet(DocumentViewSet):
    """A page of what hangs on one movie."""

    permission_classes = (ReadAllWriteWith,)
    movie_id = 0

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(movie_id=self.movie_id)

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        return str(self.kwargs["pk"]).isdigit()  # a plan holds the id, and a slug may come to mean another movie

    def list(self, request: Request, pk: str) -> HttpResponse:
        self.movie_id = readable_movie(request, pk)
        return super().list(request)


class CreditViewSet(MoviePartViewSet):
    queryset = Credit.objects.all()
    serializer_class = CreditSerializer
    filterset_class = CreditFilter
    document = CREDIT
    orderings: ClassVar[dict[str, Any]] = {"billing": _by("kind", "position", "id")}
    default_ordering = "billing"


class ImageViewSet(MoviePartViewSet):
    queryset = Image.objects.all()
    serializer_class = ImageSerializer
    filterset_class = ImageFilter
    parser_classes = (ImageFormParser,)
    write_permissions: ClassVar[dict[str, str]] = {"POST": "movies.add_image"}
    document = IMAGE
    orderings: ClassVar[dict[str, Any]] = {"shown": _by("kind", "position", "id")}
    default_ordering = "shown"

    @idempotent
    def create(self, request: Request, pk: str) -> HttpResponse:
        """Adds a picture: `file`, `kind` (poster, backdrop or screenshot) and, if there are words on it, `language`."""
        check_parameters(request.query_params, known=())
        form = request.data if isinstance(request.data, QueryDict) else QueryDict()  # no body at all is no form
        check_parameters(form, known=("file", "kind", "language"), what="field")
        upload = request.FILES.get("file")
        if upload is None:
            raise invalid("file", "Send the picture as the multipart field `file`.", "required")
        kind = form.get("kind")
        if kind not in Image.Kind.values:
            raise invalid("kind", f"Say which kind it is: {', '.join(Image.Kind.values)}.", "required")
        given = form.get("language") or None
        language = language_code(given) if given else None
        if given and language is None:
            raise invalid("language", unknown_language(given), "language")
        image = add_image(movie_id=writable(pk), kind=kind, upload=upload, language=language)
        ((body,),) = fetch(
            f"SELECT {self.document.expression()} FROM {self.document.table} d WHERE d.id = %(id)s", {"id": image.pk}
        )
        response = json_answer(request._request, body.encode(), status=201)
        response.headers["Location"] = f"/api/movies/{pk}/images"
        return response


class VideoViewSet(MoviePartViewSet):
    queryset = Video.objects.all()
    serializer_class = VideoSerializer
    filterset_class = VideoFilter
    document = VIDEO
    orderings: ClassVar[dict[str, Any]] = {"shown": _by("position", "id")}
    default_ordering = "shown"


class AwardViewSet(MoviePartViewSet):
    queryset = Award.objects.all()
    serializer_class = AwardSerializer
    filterset_class = AwardFilter
    document = AWARD
    orderings: ClassVar[dict[str, Any]] = {"ceremony": _by("award", "ceremony", "category", "id")}
    default_ordering = "ceremony"
