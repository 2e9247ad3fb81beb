"""Refuses JSON with texts that are none, before a serializer sees them."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from watchly.common.surrogates import lone_surrogate, may_hold_surrogates

_DETAIL = "A text or key holds half of a character (a lone surrogate): send both halves, or the character itself."


def check_texts(text: str, parsed: Any) -> None:
    """Raise ValidationError, with the pointer, for a lone surrogate in what was parsed of this JSON text."""
    path = lone_surrogate(parsed) if may_hold_surrogates(text) else None
    if path is None:
        return
    error: Any = [ErrorDetail(_DETAIL, code="broken_text")]
    for step in reversed(path):
        error = {step: error}
    raise ValidationError(error if path else {"non_field_errors": error})
