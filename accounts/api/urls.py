"""Paths of accounts below /api/."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.api.views.account import AccountView, AvatarView, RestoreView
from accounts.api.views.exports import ExportDetailView, ExportFileView, ExportView
from accounts.api.views.preferences import PreferencesView

urlpatterns: list[URLPattern] = [
    path("me", AccountView.as_view(), name="account"),
    path("me/avatar", AvatarView.as_view(), name="account-avatar"),
    path("me/preferences", PreferencesView.as_view(), name="account-preferences"),
    path("me/restore", RestoreView.as_view(), name="account-restore"),
    path("me/export", ExportView.as_view(), name="account-export"),
    path("me/exports/<str:pk>", ExportDetailView.as_view(), name="export-detail"),
    path("me/exports/<str:pk>/file", ExportFileView.as_view(), name="export-file"),
]
