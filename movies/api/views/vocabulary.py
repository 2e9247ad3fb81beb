"""The words films are sorted by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F
from rest_framework.permissions import AllowAny

from movies.api.serializers.movie import GenreSerializer, TagSerializer
from movies.models import Genre, Tag
from watchly.api.documents import Document
from watchly.api.filters import StrictFilterSet
from watchly.api.views import DocumentViewSet

_BY_NAME = {"name": ((F("name").asc(), F("id").asc()), (F("name").desc(), F("id").desc()))}


class GenreFilter(StrictFilterSet):
    class Meta:
        model = Genre
        fields: list[str] = []


class TagFilter(StrictFilterSet):
    class Meta:
        model = Tag
        fields: list[str] = []


class GenreViewSet(DocumentViewSet):
    """Every genre, by name."""

    queryset = Genre.objects.all()
    serializer_class = GenreSerializer
    filterset_class = GenreFilter
    permission_classes = (AllowAny,)
    document = Document(GenreSerializer)
    orderings: ClassVar[dict[str, Any]] = _BY_NAME
    default_ordering = "name"


class TagViewSet(DocumentViewSet):
    """Every tag of the catalogue, by name."""

    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    filterset_class = TagFilter
    permission_classes = (AllowAny,)
    document = Document(TagSerializer)
    orderings: ClassVar[dict[str, Any]] = _BY_NAME
    default_ordering = "name"
