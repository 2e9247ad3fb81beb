"""Roles: which permissions each carries. The three that Watchly knows come with a migration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from accounts.models import User
from accounts.roles import ROLES, follow_roles
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.admin.naming import call

admin.site.unregister(Group)
call(Group, "role", "roles")


@admin.register(Group)
class RoleAdmin(BackOfficeAdmin, DjangoGroupAdmin):  # type: ignore[misc]  # the stubs fix the paginator's class
    list_display = ("name", "member_count", "permission_count")
    fields = ("name", "permissions")
    filter_horizontal = ()
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Group]:
        members: Any = User.groups.through.objects.filter(group=models.OuterRef("pk")).order_by().values("group")
        held: Any = Group.permissions.through.objects.filter(group=models.OuterRef("pk")).order_by().values("group")
        return (
            super()
            .get_queryset(request)
            .annotate(
                member_count=models.Subquery(members.annotate(n=models.Count("pk")).values("n")),
                permission_count=models.Subquery(held.annotate(n=models.Count("pk")).values("n")),
            )
        )

    @display(description="Members", ordering="member_count")
    def member_count(self, group: Any) -> int:
        return group.member_count or 0

    @display(description="Permissions", ordering="permission_count")
    def permission_count(self, group: Any) -> int:
        return group.permission_count or 0

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("name",) if obj is not None and obj.name in ROLES else ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """The three roles are known to the code; to take them away is to break it."""
        return (obj is None or obj.name not in ROLES) and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        members = list(obj.user_set.values_list("pk", flat=True))
        super().delete_model(request, obj)
        for member in members:
            follow_roles(user_id=member)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # deleting several at once would pass by the rule above

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.name == "permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type").order_by(
                "content_type__app_label", "content_type__model", "codename"
            )
            kwargs["widget"] = UnfoldAdminSelect2MultipleWidget()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions" and field is not None:
            # The base has just given it the look of a plain list.
            field.widget.attrs["class"] = "unfold-admin-autocomplete admin-autocomplete"
        return field
