"""The pages of one's own second factor: set up, asked for at each sign-in, looked after.

Which of them a password alone opens is in `accounts.admin.gate`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from accounts.admin.gate import forget_shown, has_shown, note_shown
from accounts.services.second_factor import (
    add_second_factor,
    has_second_factor,
    offer_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    second_factor_of,
    use_second_factor,
)
from watchly.api.middleware import client_address
from watchly.common.errors import WatchlyError

# django-otp's own pages show secrets, and let whoever may change them put a device of theirs at somebody's account.
admin.site.unregister([TOTPDevice, StaticDevice])

_OFFERED = "second_factor_offered"  # in the session: the sealed secret that the page shows until a code confirms it
_View = Callable[[HttpRequest], HttpResponse]


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=40,
        label="Code",
        help_text="The six digits that your app shows now, or one of your recovery codes.",
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class RemovalForm(CodeForm):
    password = forms.CharField(
        max_length=4096,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("password", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"].widget.attrs["autofocus"]


def for_staff(view: _View) -> _View:
    """A page for staff who are signed in, never kept by a browser or a proxy: it may show secrets."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not admin.site.has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request)

    kept: _View = never_cache(sensitive_post_parameters("code", "password")(guarded))
    return kept


@for_staff
def use(request: HttpRequest) -> HttpResponse:
    """Asks for a code, once a sign-in."""
    user_id: Any = request.user.pk
    if not has_second_factor(user_id=user_id):
        return _go("second_factor:set_up", request)
    if has_shown(request):
        return HttpResponseRedirect(_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device_id = use_second_factor(
                user_id=user_id, code=form.cleaned_data["code"], address=client_address(request)
            )
        except WatchlyError as error:
            form.add_error("code", error.detail)
        else:
            note_shown(request, device_id)
            return HttpResponseRedirect(_next(request))
    return _page(request, "use", title="One more step", form=form)


@for_staff
def set_up(request: HttpRequest) -> HttpResponse:
    """Offers a secret, takes it when a code of it comes back, and then shows the recovery codes, once.

    The secret is this session's alone: nobody else who knows the password has seen it.
    """
    user_id: Any = request.user.pk
    if has_second_factor(user_id=user_id):
        return _go("second_factor:manage", request)
    offer = offer_second_factor(user_id=user_id, sealed=request.session.get(_OFFERED))
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = "The six digits that the app shows now."
    if request.method == "POST" and form.is_valid():
        try:
            device_id, codes = add_second_factor(user_id=user_id, sealed=offer.sealed, code=form.cleaned_data["code"])
        except WatchlyError as error:
            form.add_error("code", error.detail)
        else:
            request.session.pop(_OFFERED, None)
            note_shown(request, device_id)
            return _codes(request, codes)
    request.session[_OFFERED] = offer.sealed
    picture = segno.make(offer.address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return _page(request, "set_up", title="Set up your second factor", form=form, picture=picture, secret=offer.text)


@for_staff
def manage(request: HttpRequest) -> HttpResponse:
    """What one has, and where to change it."""
    state = second_factor_of(user_id=request.user.pk)  # type: ignore[arg-type]  # they are signed in
    return _page(request, "manage", title="Your second factor", state=state)


@for_staff
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Other recovery codes for a code."""
    return _with_code(
        request,
        "recovery_codes",
        "New recovery codes",
        CodeForm(request.POST or None),
        lambda values, address: _codes(
            request,
            renew_recovery_codes(user_id=request.user.pk, address=address, **values),  # type: ignore[arg-type]  # likewise
        ),
    )


@for_staff
def remove(request: HttpRequest) -> HttpResponse:
    """Takes it away, for the password and a code."""

    def removed(values: dict[str, str], address: str | None) -> HttpResponse:
        remove_second_factor(user_id=request.user.pk, address=address, **values)  # type: ignore[arg-type]  # likewise
        forget_shown(None, request)
        messages.success(request, "Your second factor is removed.")
        return HttpResponseRedirect(reverse("second_factor:manage"))

    return _with_code(request, "remove", "Remove your second factor", RemovalForm(request.POST or None), removed)


def _with_code(
    request: HttpRequest,
    template: str,
    title: str,
    form: CodeForm,
    act: Callable[[dict[str, str], str | None], HttpResponse],
) -> HttpResponse:
    """A page with a form that does one thing when it was filled in rightly."""
    if request.method == "POST" and form.is_valid():
        try:
            return act(form.cleaned_data, client_address(request))
        except WatchlyError as error:
            pointer = error.errors[0].pointer.lstrip("/") if error.errors else "code"
            form.add_error(pointer, error.detail)
    return _page(request, template, title=title, form=form)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(request, "codes", title="Your recovery codes", codes=codes, next_url=_next(request))


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/second_factor/{name}.html", whole)


def _next(request: HttpRequest) -> str:
    """Where one wanted to go, if it is in the back office."""
    wanted, index = request.GET.get("next", ""), reverse("admin:index")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(index)
    return wanted if own and not wanted.startswith(reverse("second_factor:use")) else index


def _go(name: str, request: HttpRequest) -> HttpResponse:
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return HttpResponseRedirect(f"{reverse(name)}?{query}".rstrip("?"))
