"""Every URL. Each app brings its own below /api/."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from accounts.api.views.well_known import KeySetView
from watchly.api.media import media
from watchly.api.schema_view import SchemaView
from watchly.common.admin.pickers import LabelledAutocomplete
from watchly.pages import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("admin/second-factor/", include("accounts.admin.urls")),
    # Before the back office's own, which it replaces.
    path("admin/autocomplete/", admin.site.admin_view(LabelledAutocomplete.as_view(admin_site=admin.site))),
    path("admin/", admin.site.urls),
    path(".well-known/jwks.json", KeySetView.as_view(), name="jwks"),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("api/redoc", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    path("api/", include("movies.api.urls")),
    path("api/", include("accounts.api.urls")),
    path("api/", include("social.api.urls")),
    path("api/", include("analytics.api.urls")),
]
if settings.MEDIA_STORAGE == "local" and settings.MEDIA_URL.startswith("/"):
    # Pictures from the local disk; behind a gateway that serves them, this is never reached.
    urlpatterns.append(re_path(rf"^{settings.MEDIA_URL.lstrip('/')}(?P<path>.+)$", media, name="media"))

handler400 = "watchly.api.errors.bad_request"
handler403 = "watchly.api.errors.forbidden"
handler404 = "watchly.api.errors.not_found"
handler500 = "watchly.api.errors.server_error"
