"""The one place that decides whether the back office opens: for everything below /admin/, whatever view serves it.

And how far the cookie session of staff goes anywhere: an hour from one request to the next and twelve in all, and
without the powers of staff until the second factor is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts.services.second_factor import has_second_factor

_BELOW = "admin/"  # as routes begin in watchly/urls.py
_SHOWN = "second_factor"  # in the session: the number of the device of which a code was shown
_SIGNED_IN_AT, _SEEN_AT = "signed_in_at", "seen_at"  # in the session: seconds since 1970
_COARSE = 60  # seconds by which `seen_at` may be behind: reading does not become writing
# What is reached with a password alone: to come in, to leave, and to show or set up the second factor.
BEFORE_IT = frozenset({"admin:login", "admin:logout", "second_factor:use", "second_factor:set_up"})


class SecondFactorMiddleware:
    """Ends the sessions of staff in time, and sends staff without their second factor to the page that asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found: Any = request.user
        request.user = SimpleLazyObject(lambda: _user_of(request, found))  # type: ignore[assignment]  # asked when needed
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith(_BELOW) or match.view_name in BEFORE_IT:
            return None
        if not settings.ADMIN_SECOND_FACTOR or not request.user.is_authenticated or has_shown(request):
            return None  # the back office itself turns away visitors and users who are not staff
        here = {"next": request.get_full_path()} if request.method == "GET" else {}
        return HttpResponseRedirect(f"{reverse('second_factor:use')}?{urlencode(here)}".rstrip("?"))


def checked_user(request: HttpRequest, user: Any) -> Any:
    """The user of this cookie session as far as it goes: AnonymousUser if it is over, and told whether the second
    factor was shown. Writes nothing.
    """
    if not user.is_authenticated or not (user.is_staff or user.is_superuser):
        return user
    if _is_over(request.session):
        return AnonymousUser()
    user.second_factor_shown = not settings.ADMIN_SECOND_FACTOR or _shown(request, user.pk)
    return user


def has_shown(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor that the user still has. Read from the database each time, so that
    one that is reset closes the back office at once.
    """
    return _shown(request, request.user.pk)


def shown_device(request: HttpRequest) -> int | None:
    """The number of the device whose code was shown in this cookie session."""
    found: int | None = request.session.get(_SHOWN)
    return found


def note_shown(request: HttpRequest, device_id: int) -> None:
    """From now on, until the next sign-in. The session gets another key, as with every gain of rights."""
    request.session.cycle_key()
    request.session[_SHOWN] = device_id


def forget_shown(sender: Any, request: Any, **kwargs: Any) -> None:
    """Before a second factor is shown again; Django keeps the session of a user who signs in again."""
    if request is not None and hasattr(request, "session"):
        request.session.pop(_SHOWN, None)


def begin_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """At a sign-in (`user_logged_in`): the times of the session begin, and those of staff are short."""
    forget_shown(sender, request)
    if request is not None and hasattr(request, "session"):
        request.session[_SIGNED_IN_AT] = request.session[_SEEN_AT] = int(time.time())
        if user.is_staff or user.is_superuser:
            request.session.set_expiry(int(settings.STAFF_SESSION_IDLE.total_seconds()))


def _user_of(request: HttpRequest, found: Any) -> Any:
    """As `checked_user`; ends a session that is over, and notes that another was used."""
    user = checked_user(request, found)
    if user.is_authenticated and (user.is_staff or user.is_superuser):
        now = int(time.time())
        if now - request.session[_SEEN_AT] >= _COARSE:
            request.session[_SEEN_AT] = now  # and with it the cookie holds for another hour
    elif found.is_authenticated and not user.is_authenticated:
        request.user = found
        logout(request)
    return user


def _is_over(session: Any) -> bool:
    now = time.time()
    idle, lifetime = settings.STAFF_SESSION_IDLE.total_seconds(), settings.STAFF_SESSION_LIFETIME.total_seconds()
    return bool(now - session.get(_SEEN_AT, 0) > idle or now - session.get(_SIGNED_IN_AT, 0) > lifetime)


def _shown(request: HttpRequest, user_id: int | None) -> bool:
    device_id = request.session.get(_SHOWN)
    return device_id is not None and user_id is not None and has_second_factor(user_id=user_id, device_id=device_id)
