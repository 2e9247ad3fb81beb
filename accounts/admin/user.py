"""Users: who they are, whether they may sign in, and which roles they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import BooleanRadioFilter, RelatedDropdownFilter
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.admin.state import STATES, StateFilter, state_of
from accounts.models import Profile, User
from accounts.roles import ADMIN
from accounts.services.credentials import CredentialEvent
from accounts.services.emails import email_was_set
from accounts.services.erasure import restore_account
from accounts.services.roles import check_admins_remain, set_roles
from accounts.services.second_factor import State, reset_second_factor, second_factor_of
from accounts.services.sessions import end_all_sessions
from accounts.services.usernames import is_reserved, renamed
from accounts.signals import user_deactivated
from watchly.common.admin.audited import AuditedAdmin
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.errors import Conflict

_ROLES = "Roles"
_PROFILE = ("profile_said", "profile_visibility")
_SIGN_IN = ("second_factor", "signed_in")


def _refuse_reserved(username: str, for_user_id: int | None = None) -> str:
    if is_reserved(username=username, for_user_id=for_user_id):
        raise forms.ValidationError(
            "Another account had this username until recently: it is still reserved for that one."
        )
    return username


class NewUserForm(UserCreationForm):
    """Keeps names that were freed recently from new accounts, too."""

    def clean_username(self) -> str:
        return _refuse_reserved(str(super().clean_username()))


class UserForm(UserChangeForm):
    """Says in words what the constraints over `lower(…)` refuse."""

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("This username is taken, perhaps in another letter case: choose another.")
        return _refuse_reserved(username, self.instance.pk)

    def clean_erase_after(self) -> datetime | None:
        """To erase an account is its owner's wish; here it can only be taken back."""
        after: datetime | None = self.cleaned_data["erase_after"]
        if after is not None and "erase_after" in self.changed_data:
            raise forms.ValidationError("Leave the date as it is, or empty it to keep the account.")
        return after

    def clean(self) -> dict[str, Any]:
        """Somebody is left who may give roles: said beside the form, since closing an account takes them, too."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        superuser = cleaned.get("is_superuser", self.instance.is_superuser)
        roles = {group.name for group in cleaned.get("groups", ())}
        if self.instance.pk and not (cleaned.get("is_active") and (superuser or ADMIN in roles)):
            try:
                check_admins_remain(without=self.instance.pk)
            except Conflict as refusal:
                raise forms.ValidationError(refusal.detail) from refusal
        return cleaned


@admin.register(User)
class UserAdmin(BackOfficeAdmin, DjangoUserAdmin):  # type: ignore[misc]  # the stubs fix the paginator's class
    form, add_form, change_password_form = UserForm, NewUserForm, AdminPasswordChangeForm
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
        ("Sign-in", {"fields": _SIGN_IN}),
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

    actions_detail = ("reset_second_factor", "sign_out")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).select_related("profile").prefetch_related("groups")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        """Read once a request: the page, its steps and what they are allowed by all ask."""
        kept: dict[str, User | None] = request.__dict__.setdefault("_users_of_page", {})
        if object_id not in kept:
            kept[object_id] = super().get_object(request, object_id, from_field)
        return kept[object_id]

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

    @display(description="Second factor", empty_value="None")
    def second_factor(self, user: User) -> str | None:
        state = _factor_of(user)
        return f"Since {state.added_at:%Y-%m-%d}, {state.recovery_codes_left} recovery codes left" if state else None

    @display(description="Signed in")
    def signed_in(self, user: User) -> SafeString:
        links = ((reverse("admin:accounts_session_changelist"), "Sessions"),
                 (reverse("admin:accounts_apikey_changelist"), "API keys"))  # fmt: skip
        return format_html_join(" · ", '<a href="{}?user={}">{}</a>', ((at, user.pk, label) for at, label in links))

    # --- Who may what ----------------------------------------------------------------------------------------------
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
        fixed = ("is_staff", "last_login", "date_joined", "email_verified_at", "erased_at", *_SIGN_IN, *_PROFILE)
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
            field.label = _ROLES
            field.help_text = (
                "Curators write the catalogue, moderators hold and hide what people write and answer reports,"
                " admins do everything."
            )
        return field

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        readdressed = change and "email" in form.changed_data
        former = form.initial.get("email") if readdressed and obj.email_verified_at is not None else None
        if readdressed:
            obj.email_verified_at = None  # the user has not shown yet that they read the new address
        if change and "erase_after" in form.changed_data:
            restore_account(user_id=obj.pk)
        super().save_model(request, obj, form, change)
        if change and "username" in form.changed_data:
            renamed(user_id=obj.pk, former=form.initial["username"], username=obj.username)
        if readdressed:
            email_was_set(user_id=obj.pk, former=former)
        if change and "is_active" in form.changed_data and not obj.is_active:
            user_deactivated.send(sender=User, user_id=obj.pk)

    def save_related(self, request: HttpRequest, form: ModelForm[User], formsets: Any, change: bool) -> None:
        """Roles are given and taken by their service, which knows who must keep theirs and writes the trail."""
        roles = [group.name for group in form.cleaned_data.pop("groups", ())]
        super().save_related(request, form, formsets, change)
        set_roles(user_id=form.instance.pk, roles=roles)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """What changed nothing but roles is in the trail already."""
        changes = message if isinstance(message, list) else ()
        fields = {field for each in changes for what in each.values() for field in what.get("fields", ())}
        if fields == {_ROLES}:
            return super(AuditedAdmin, self).log_change(request, obj, message)  # type: ignore[misc]  # ModelAdmin's
        return super().log_change(request, obj, message)

    # --- Steps: reset the second factor, sign out everywhere --------------------------------------------------------
    def has_reset_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """For who may change this account, and for one's own not at all: that takes a password and a code."""
        user = self.get_object(request, str(object_id))
        return (
            user is not None
            and user.pk != request.user.pk
            and self.has_change_permission(request, user)
            and _factor_of(user) is not None
        )

    def has_sign_out_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        user = self.get_object(request, str(object_id))
        return user is not None and self.has_change_permission(request, user)

    @action(
        description="Reset second factor", url_path="reset-second-factor", permissions=["reset"], icon="phonelink_erase"
    )
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            int(object_id),
            "Reset second factor",
            "The app and the recovery codes of this account open nothing any more. At the next sign-in here another is "
            "set up. Do this for somebody you have spoken to: who only writes may be somebody else.",
            lambda user_id: reset_second_factor(user_id=user_id, by=request.user.pk),
        )

    @action(description="Sign out everywhere", url_path="sign-out", permissions=["sign_out"], icon="logout")
    def sign_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._ask(
            request,
            int(object_id),
            "Sign out everywhere",
            "Every session of this account ends at once, those of browsers too. API keys stay.",
            lambda user_id: end_all_sessions(user_id=user_id, event=CredentialEvent.SIGNED_OUT_BY_STAFF),
        )

    def _ask(
        self, request: HttpRequest, user_id: int, title: str, explanation: str, act: Callable[[int], object]
    ) -> HttpResponse:
        """A page that asks first, and does it when it is posted."""
        page = reverse("admin:accounts_user_change", args=[user_id])
        if request.method == "POST":
            with transaction.atomic():
                act(user_id)
                self.audit_deed(title.lower().replace(" ", "_"), [user_id])
            messages.success(request, f"{title}: done.")
            return HttpResponseRedirect(page)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subtitle": str(self.get_object(request, str(user_id))),
            "explanation": explanation,
            "back_url": page,
        }
        return TemplateResponse(request, "admin/accounts/user/ask.html", context)


def _factor_of(user: User) -> State | None:
    """Read once a page: Django asks for a column's text again and again."""
    if "_factor" not in user.__dict__:
        user.__dict__["_factor"] = second_factor_of(user_id=user.pk)
    found: State | None = user.__dict__["_factor"]
    return found
