"""Paths of what people do, below /api/."""

from __future__ import annotations

from django.urls import URLPattern, path

from social.api.views.changes import ChangesView, LastActivitiesView
from social.api.views.entries import FavoriteMarkViewSet, MeViewSet, RatingViewSet, StatusViewSet
from social.api.views.library import FavoriteViewSet, LibraryBatchView, LibraryViewSet
from social.api.views.plays import HistoryViewSet, MoviePlayViewSet, OwnPlayViewSet

urlpatterns: list[URLPattern] = [
    # The library
    path("movies/<str:pk>/me", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="movie-me"),
    path("movies/<str:pk>/rating", RatingViewSet.as_view({"put": "update", "delete": "destroy"}), name="movie-rating"),
    path("movies/<str:pk>/status", StatusViewSet.as_view({"put": "update", "delete": "destroy"}), name="movie-status"),
    path(
        "movies/<str:pk>/favorite",
        FavoriteMarkViewSet.as_view({"put": "update", "delete": "destroy"}),
        name="movie-favorite",
    ),
    path("movies/<str:pk>/plays", MoviePlayViewSet.as_view({"get": "list", "post": "create"}), name="movie-plays"),
    path("me/history", HistoryViewSet.as_view({"get": "list"}), name="me-history"),
    path(
        "me/history/<str:pk>",
        OwnPlayViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="me-play",
    ),
    path("me/library", LibraryViewSet.as_view({"get": "list"}), name="me-library"),
    path("me/library/batch", LibraryBatchView.as_view(), name="me-library-batch"),
    path("me/favorites", FavoriteViewSet.as_view({"get": "list"}), name="me-favorites"),
    path("me/changes", ChangesView.as_view(), name="me-changes"),
    path("me/last-activities", LastActivitiesView.as_view(), name="me-last-activities"),
]
