"""Paths of the catalogue below /api/."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from movies.api.views.bulk import BulkView
from movies.api.views.curation import LockViewSet, MovieHistoryViewSet, PersonHistoryViewSet, RestoreViewSet
from movies.api.views.imports import ImportRunViewSet, ImportView
from movies.api.views.merging import MergeViewSet
from movies.api.views.movies import MovieViewSet
from movies.api.views.parts import AwardViewSet, CreditViewSet, ImageViewSet, VideoViewSet
from movies.api.views.people import PersonCreditViewSet, PersonViewSet
from movies.api.views.people_merging import PersonMergeViewSet
from movies.api.views.provider import FetchView, WatchProvidersView
from movies.api.views.suggest import SuggestView
from movies.api.views.suggestions import SuggestionViewSet
from movies.api.views.vocabulary import GenreViewSet, TagViewSet

_READ_LIST: dict[str, Any] = {"get": "list"}
_WRITE_ONE: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}

urlpatterns: list[URLPattern] = [
    path("movies", MovieViewSet.as_view({"get": "list", "post": "create"}), name="movie-list"),
    path("movies/lookup", MovieViewSet.as_view({"get": "lookup"}), name="movie-lookup"),
    path("movies/suggest", SuggestView.as_view(), name="movie-suggest"),
    path("movies/suggestions", SuggestionViewSet.as_view({"get": "list", "post": "create"}), name="movie-suggestions"),
    path("movies/bulk", BulkView.as_view(), name="movie-bulk"),
    path("movies/fetch", FetchView.as_view(), name="movie-fetch"),
    path("movies/import", ImportView.as_view(), name="movie-import"),
    path("movies/<str:pk>", MovieViewSet.as_view(_WRITE_ONE), name="movie-detail"),
    path("movies/<str:pk>/merge", MergeViewSet.as_view({"post": "merge"}), name="movie-merge"),
    path("movies/<str:pk>/unmerge", MergeViewSet.as_view({"post": "unmerge"}), name="movie-unmerge"),
    path("movies/<str:pk>/credits", CreditViewSet.as_view(_READ_LIST), name="movie-credits"),
    path("movies/<str:pk>/images", ImageViewSet.as_view({"get": "list", "post": "create"}), name="movie-images"),
    path("movies/<str:pk>/videos", VideoViewSet.as_view(_READ_LIST), name="movie-videos"),
    path("movies/<str:pk>/awards", AwardViewSet.as_view(_READ_LIST), name="movie-awards"),
    path("movies/<str:pk>/history", MovieHistoryViewSet.as_view(_READ_LIST), name="movie-history"),
    path("movies/<str:pk>/locks", LockViewSet.as_view(_READ_LIST), name="movie-locks"),
    path("movies/<str:pk>/locks/<str:field>", LockViewSet.as_view({"delete": "destroy"}), name="movie-lock"),
    path("movies/<str:pk>/restore", RestoreViewSet.as_view({"post": "create"}), name="movie-restore"),
    path("movies/<str:pk>/watch-providers", WatchProvidersView.as_view(), name="movie-watch-providers"),
    path("imports/<str:pk>", ImportRunViewSet.as_view({"get": "retrieve"}), name="import-detail"),
    path("imports/<str:pk>/start", ImportRunViewSet.as_view({"post": "start"}), name="import-start"),
    path("imports/<str:pk>/cancel", ImportRunViewSet.as_view({"post": "cancel"}), name="import-cancel"),
    path("genres", GenreViewSet.as_view(_READ_LIST), name="genre-list"),
    path("tags", TagViewSet.as_view(_READ_LIST), name="tag-list"),
    path("people", PersonViewSet.as_view(_READ_LIST), name="person-list"),
    path("people/<str:pk>", PersonViewSet.as_view({"get": "retrieve"}), name="person-detail"),
    path("people/<str:pk>/credits", PersonCreditViewSet.as_view(_READ_LIST), name="person-credits"),
    path("people/<str:pk>/merge", PersonMergeViewSet.as_view({"post": "merge"}), name="person-merge"),
    path("people/<str:pk>/unmerge", PersonMergeViewSet.as_view({"post": "unmerge"}), name="person-unmerge"),
    path("people/<str:pk>/split", PersonMergeViewSet.as_view({"post": "split"}), name="person-split"),
    path("people/<str:pk>/history", PersonHistoryViewSet.as_view(_READ_LIST), name="person-history"),
]
