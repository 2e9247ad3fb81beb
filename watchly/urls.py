"""Every URL. Each app brings its own below /api/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
]

handler400 = "watchly.api.errors.bad_request"
handler403 = "watchly.api.errors.forbidden"
handler404 = "watchly.api.errors.not_found"
handler500 = "watchly.api.errors.server_error"
