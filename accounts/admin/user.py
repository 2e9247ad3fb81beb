"""Users: who they are, whether they may sign in, and which roles they have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.admin.state import STATES, StateFilter, state_of
from accounts.models import Profile, User
from accounts.roles import follow_roles
from accounts.services.erasure import restore_account
from watchly.common.admin.lists import BackOfficeAdmin

_PROFILE = ("profile_said", "profile_visibility")


class UserForm(UserChangeForm):
    """Says in words what the constraints over `lower(…)` refuse."""

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody has this username, if perhaps in other letters' case.")
        return username

    def clean_erase_after(self) -> datetime | None:
        """To erase an account is its owner's wish; here it can only be taken back."""
        after: datetime | None = self.cleaned_data["erase_after"]
        if after is not None and "erase_after" in self.changed_data:
            raise forms.ValidationError("Leave the date as it is, or empty it to keep the account.")
        return after


@admin.register(User)
class UserAdmin(BackOfficeAdmin, DjangoUserAdmin):  # type: ignore[misc]  # the stubs fix the paginator's class
    form, add_form, change_password_form = UserForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ("username", "email", "role_badges", "state_badge", "is_superuser", "date_joined")
    list_filter = (
        ("groups", RelatedDropdownFilter),
        StateFilter,
        ("is_superuser", BooleanRadioFilter),
    )
    search_fields = ("username", "email")
    search_help_text = "Username or e-mail address"
    ordering = ("-pk",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "email", "email_verified_at", "is_active")}),
        (
            "Roles",
            {
                "description": "A role opens the back office to its holder; who has none is not staff.",
                "fields": ("groups", "is_staff", "is_superuser"),
            },
        ),
        ("Profile", {"fields": _PROFILE}),
        (
            "Erasure",
            {
                "description": "Its owner wants it erased, and has 14 days to think. Empty the date to keep it.",
                "fields": ("erase_after", "erased_at"),
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),
        ("Roles", {"fields": ("groups",)}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).select_related("profile").prefetch_related("groups")

    @display(description="Roles", label=True)
    def role_badges(self, user: User) -> list[str]:
        return [group.name for group in user.groups.all()]

    @display(
        description="State", label={"open": "success", "closed": "warning", "to_erase": "danger", "erased": "info"}
    )
    def state_badge(self, user: User) -> tuple[str, str]:
        state = state_of(user)
        return state, STATES[state][0]

    @display(description="Says", empty_value="–")
    def profile_said(self, user: User) -> str | None:
        profile = getattr(user, "profile", None)
        said = (
            [profile.display_name, profile.location, profile.bio, *(link["url"] for link in profile.links)]
            if profile
            else []
        )
        return " · ".join(filter(None, said)) or None

    @display(description="Who may see it", empty_value="–")
    def profile_visibility(self, user: User) -> str:
        profile = getattr(user, "profile", None) or Profile()
        return ", ".join(f"{part}: {who}" for part, who in profile.visibility.items())

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Who may not change an account sees nothing of its password, not even how it is hashed."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (name, {**options, "fields": tuple(field for field in options["fields"] if field != "password")})
            for name, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ("is_staff", "last_login", "date_joined", "email_verified_at", "erased_at", *_PROFILE)
        return fixed if request.user.is_superuser else (*fixed, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A superuser's account, above all its password, is changed by superusers alone: any admin could be one.

        An erased one is nobody's.
        """
        if obj is not None and (obj.erased_at is not None or (obj.is_superuser and not request.user.is_superuser)):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are closed (not active); to erase one is the account's own service, which keeps what others need."""
        return False

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.order_by("pk")
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups" and field is not None:
            field.label = "Roles"
            field.help_text = "Curators write the catalogue, moderators read it, admins do everything."
        return field

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        if change and "email" in form.changed_data:
            obj.email_verified_at = None  # nobody has shown that the new address is theirs
        if change and "erase_after" in form.changed_data:
            restore_account(user_id=obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: ModelForm[User], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        follow_roles(user_id=form.instance.pk)
