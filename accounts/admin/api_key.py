"""API keys: whose, what they open, when they were used; revoked here, and never shown."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from unfold.decorators import action, display

from accounts.admin.session import LivingFilter, ReadAdmin
from accounts.models import ApiKey
from accounts.services.api_keys import revoke_key
from watchly.common.errors import NotFound


@admin.register(ApiKey)
class ApiKeyAdmin(ReadAdmin):
    list_display = ("prefix", "user", "name", "opens", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = (LivingFilter,)
    list_select_related = ("user",)
    search_fields = ("=user__username", "=prefix")
    search_help_text = "Username, or the eight characters after wly_"
    ordering = ("-pk",)
    sortable_by = ()
    # Without the digest: nobody needs it, and a page is no place for it.
    fields = readonly_fields = (
        "user", "name", "prefix", "opens", "rate_per_minute", "created_at", "last_used_at", "expires_at", "revoked_at",
    )  # fmt: skip
    actions = ("revoke_keys",)

    @display(description="Opens")
    def opens(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_apikey")

    @action(description="Revoke", permissions=["revoke"])
    def revoke_keys(self, request: HttpRequest, queryset: models.QuerySet[ApiKey]) -> None:
        revoked = 0
        for key_id, user_id in queryset.values_list("pk", "user_id"):
            try:
                revoke_key(user_id=user_id, key_id=key_id)
                revoked += 1
            except NotFound:  # it has ended by itself
                continue
        messages.success(request, f"{revoked:,} revoked.")
