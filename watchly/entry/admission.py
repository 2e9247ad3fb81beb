"""How large a request body a caller may send, decided before more than ANYONES_BYTES of it are read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from rest_framework.exceptions import APIException
from rest_framework.views import APIView

from accounts.admin.gate import checked_user
from watchly.common.errors import WatchlyError

ANYONES_BYTES = 64 * 1024  # a body that is read whoever sends it: sign-in, and what is refused all the same
_SIGN_IN = "api/auth/"
_ADMIN = "admin/"
_IMAGES_OF_A_FORM = 4  # the movie form of the back office takes several images at once


def allowed_bytes(environ: dict[str, Any]) -> int:
    """The largest body, in bytes, that this caller may send to this address; nothing of it is read here.

    Asks the view's own authentication and permissions. Whatever they refuse is at most ANYONES_BYTES long, and so is
    what goes to an address that does not exist.
    """
    request = WSGIRequest({**environ, "CONTENT_LENGTH": "0", "wsgi.input": _Nothing()})
    try:
        match = resolve(request.path_info.rstrip("/") if request.path_info.startswith("/api/") else request.path_info)
        if match.route.startswith(_SIGN_IN):
            return ANYONES_BYTES
        for middleware in (SessionMiddleware, AuthenticationMiddleware):
            middleware(_unused).process_request(request)
        request.user = checked_user(request, request.user)
        request.resolver_match = match
        found = _of_admin(request, match) if match.route.startswith(_ADMIN) else _of_view(request, match)
        return max(ANYONES_BYTES, found)
    except (Http404, PermissionDenied, APIException, WatchlyError):
        return ANYONES_BYTES
    finally:
        close_old_connections()


def _of_view(request: HttpRequest, match: ResolverMatch) -> int:
    """What the parser for this Content-Type takes, if the caller may call the view at all."""
    view_class = getattr(match.func, "cls", None)
    if view_class is None or not issubclass(view_class, APIView):
        return 0
    view: Any = view_class(**getattr(match.func, "initkwargs", {}))
    method = str(request.method).lower()
    actions: dict[str, str] | None = getattr(match.func, "actions", None)
    if actions is not None:
        view.action_map = actions
        handler = actions.get(method, "")
    else:
        handler = method
    if not hasattr(view, handler or "-"):
        return 0  # a 405 reads no body
    view.setup(request, *match.args, **match.kwargs)
    view.request = asked = view.initialize_request(request, *match.args, **match.kwargs)
    view.headers = view.default_response_headers
    view.perform_authentication(asked)
    view.check_permissions(asked)
    if not asked.user.is_authenticated:
        return 0
    parser = view.get_content_negotiator().select_parser(asked, asked.parsers)
    return int(parser.most_bytes()) if parser is not None else 0


def _of_admin(request: HttpRequest, match: ResolverMatch) -> int:
    """Staff send forms with images; who may import sends files."""
    user: Any = request.user
    if not user.is_active or not user.is_staff or user.needs_second_factor:
        return 0
    needed = getattr(match.func, "takes_file_with", None)
    if needed is not None and user.has_perm(needed):
        return int(settings.IMPORT_MAX_BYTES) + ANYONES_BYTES
    return _IMAGES_OF_A_FORM * int(settings.UPLOAD_MAX_BYTES)


def _unused(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError  # the middleware is asked for its first half alone


class _Nothing:
    """An empty body."""

    def read(self, *args: Any) -> bytes:
        return b""

    readline = read
