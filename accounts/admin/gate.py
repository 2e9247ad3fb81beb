"""The one place that decides whether the back office opens: for everything below /admin/, whatever view serves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.services.second_factor import has_second_factor

_BELOW = "admin/"  # as routes begin in watchly/urls.py
_SHOWN = "second_factor"  # in the session: the number of the device of which a code was shown
# What is reached with a password alone: to come in, to leave, and to show or set up the second factor.
BEFORE_IT = frozenset({"admin:login", "admin:logout", "second_factor:use", "second_factor:set_up"})


class SecondFactorMiddleware:
    """Sends staff who have shown a password alone to the page that asks for their second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith(_BELOW) or match.view_name in BEFORE_IT:
            return None
        if not settings.ADMIN_SECOND_FACTOR or not request.user.is_authenticated or has_shown(request):
            return None  # who is nobody, or no staff, is sent away by the back office itself
        here = {"next": request.get_full_path()} if request.method == "GET" else {}
        return HttpResponseRedirect(f"{reverse('second_factor:use')}?{urlencode(here)}".rstrip("?"))


def has_shown(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor that still stands. Asked of the database each time, so that one
    that is reset closes the back office at once.
    """
    device_id, user_id = request.session.get(_SHOWN), request.user.pk
    return device_id is not None and user_id is not None and has_second_factor(user_id=user_id, device_id=device_id)


def note_shown(request: HttpRequest, device_id: int) -> None:
    """From now on, until the next sign-in. The session gets another key, as with every gain of rights."""
    request.session.cycle_key()
    request.session[_SHOWN] = device_id


def forget_shown(sender: Any, request: Any, **kwargs: Any) -> None:
    """At a sign-in: Django leaves the session of who signs in again as it is."""
    if request is not None and hasattr(request, "session"):
        request.session.pop(_SHOWN, None)


user_logged_in.connect(forget_shown, dispatch_uid="accounts.admin.gate.forget_shown")
