"""Idempotency-Key on signed-in POSTs that create: a retry gets the first answer, whatever happened to it on the way.

The record is written in the transaction of the effect, so there is never one without the other. Twenty equal requests
at once queue on an advisory lock and make one row. Kept 24 hours (`watchly.common.tasks`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from watchly.api.errors import problem
from watchly.common.models import IdempotencyRecord
from watchly.common.models.idempotency import KEPT as IDEMPOTENCY_KEPT

_LONGEST_KEY = 255
_LARGEST_ANSWER = 64 * 1024
_KEPT_HEADERS = ("Location", "ETag")

View = Callable[..., HttpResponse]


def idempotent(view: View) -> View:
    """Wraps a viewset's POST action."""
    return _wrapped(view, keeps=True)


def once(view: View) -> View:
    """As `idempotent`, for an answer with a secret in it: nothing of it is kept, and a repetition is a 409."""
    return _wrapped(view, keeps=False)


def _wrapped(view: View, *, keeps: bool) -> View:
    @wraps(view)
    def wrapper(self: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None or not request.user.is_authenticated:
            return view(self, request, *args, **kwargs)
        if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
            raise ValidationError(
                {"Idempotency-Key": f"Send 1 to {_LONGEST_KEY} printable characters."}, code="invalid_key"
            )
        route = f"{request.method} {request.path}"[:200]
        digest = _digest(request)
        with transaction.atomic():
            _lock(f"{request.user.pk} {route} {key}")
            record = IdempotencyRecord.objects.filter(user_id=request.user.pk, route=route, key=key).first()
            if record is not None and record.created_at > timezone.now() - IDEMPOTENCY_KEPT:
                return _replay(request, record, digest)
            if record is not None:
                record.delete()  # its day is over, only the nightly clearing has not come by yet
            answer = view(self, request, *args, **kwargs)
            if 200 <= answer.status_code < 300:
                _keep(request, route, key, digest, _rendered(self, request, answer), keeps)
            return answer

    return wrapper


def _rendered(view: Any, request: Request, answer: HttpResponse) -> HttpResponse:
    """DRF's own Response has no bytes before `finalize_response`; the record needs them now."""
    if hasattr(answer, "render") and not getattr(answer, "is_rendered", True):
        answer = view.finalize_response(request, answer)
        answer.render()  # type: ignore[attr-defined]
    return answer


def _digest(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.FILES:
        for name, value in sorted(request.POST.items()):
            digest.update(f"{name}={value}\n".encode(errors="replace"))
        for name, file in sorted(request.FILES.items()):
            digest.update(f"{name}:{file.name}\n".encode(errors="replace"))
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    else:
        digest.update(repr(request.data).encode(errors="replace"))
    return digest.hexdigest()


def _lock(name: str) -> None:
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _keep(request: Request, route: str, key: str, digest: str, answer: HttpResponse, keeps: bool) -> None:
    body, kept = answer.content, keeps and len(answer.content) <= _LARGEST_ANSWER
    IdempotencyRecord.objects.create(
        user_id=request.user.pk,  # type: ignore[misc]  # who sends a key is signed in, and so has a number
        route=route,
        key=key,
        request_digest=digest,
        status=answer.status_code if kept else 0,
        headers={name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
        body=body if kept else b"",
    )


def _replay(request: Request, record: IdempotencyRecord, digest: str) -> HttpResponse:
    if record.request_digest != digest:
        detail = "This Idempotency-Key was used with another request: choose a new key for a new request."
        return problem(request._request, 422, "idempotency_key_reused", detail)
    if record.status == 0:
        detail = "This request was carried out; its answer was not kept. Read the thing instead."
        return problem(request._request, 409, "answer_not_kept", detail)
    answer = HttpResponse(bytes(record.body), status=record.status, content_type="application/json")
    for name, value in record.headers.items():
        answer.headers[name] = value
    answer.headers["Idempotency-Replayed"] = "true"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
