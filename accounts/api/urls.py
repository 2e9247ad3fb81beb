"""Paths of accounts below /api/."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.api.views import access, credentials, sign_in
from accounts.api.views.account import AccountView, AvatarView, EraseView, RestoreView
from accounts.api.views.exports import ExportDetailView, ExportFileView, ExportView
from accounts.api.views.preferences import PreferencesView

urlpatterns: list[URLPattern] = [
    path("auth/register", sign_in.RegisterView.as_view(), name="auth-register"),
    path("auth/login", sign_in.LoginView.as_view(), name="auth-login"),
    path("auth/refresh", sign_in.RefreshView.as_view(), name="auth-refresh"),
    path("auth/second-factor", sign_in.SecondFactorView.as_view(), name="auth-second-factor"),
    path("auth/logout", sign_in.LogoutView.as_view(), name="auth-logout"),
    path("auth/logout-all", sign_in.LogoutAllView.as_view(), name="auth-logout-all"),
    path("auth/password/change", credentials.PasswordChangeView.as_view(), name="auth-password-change"),
    path("auth/password/reset", credentials.PasswordResetView.as_view(), name="auth-password-reset"),
    path("auth/password/reset/confirm", credentials.PasswordResetConfirmView.as_view(), name="auth-password-confirm"),
    path("auth/email/verify", credentials.EmailVerifyView.as_view(), name="auth-email-verify"),
    path("auth/email/verify/resend", credentials.EmailResendView.as_view(), name="auth-email-resend"),
    path("auth/email/change", credentials.EmailChangeView.as_view(), name="auth-email-change"),
    path("auth/email/undo", credentials.EmailUndoView.as_view(), name="auth-email-undo"),
    path("me", AccountView.as_view(), name="account"),
    path("me/avatar", AvatarView.as_view(), name="account-avatar"),
    path("me/preferences", PreferencesView.as_view(), name="account-preferences"),
    path("me/erase", EraseView.as_view(), name="account-erase"),
    path("me/restore", RestoreView.as_view(), name="account-restore"),
    path("me/export", ExportView.as_view(), name="account-export"),
    path("me/exports/<str:pk>", ExportDetailView.as_view(), name="export-detail"),
    path("me/exports/<str:pk>/file", ExportFileView.as_view(), name="export-file"),
    path("me/sessions", access.SessionsView.as_view(), name="session-list"),
    path("me/sessions/<str:pk>", access.SessionView.as_view(), name="session-detail"),
    path("me/keys", access.KeysView.as_view(), name="key-list"),
    path("me/keys/<str:pk>", access.KeyView.as_view(), name="key-detail"),
]
