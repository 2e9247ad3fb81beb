"""What a body refers to: a movie, a list, a user, by its id.

Only the address of a request can have moved, be gone or be missing (308, 410, 404). What a body names and cannot be
used is wrong input: 400 or 409 with a pointer, and the id to use instead where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from watchly.common.errors import Conflict, FieldError, Gone, Moved, NotFound, RuleViolation, WatchlyError


def unusable(pointer: str, error: Gone | Moved | NotFound) -> FieldError:
    """Returns what is wrong with the reference at this pointer of the body."""
    if isinstance(error, Moved):
        survivor = error.survivor_id
        detail = f"This was merged into {survivor}: use the id {survivor}."
        return FieldError(pointer, "merged", detail, survivor_id=survivor)
    return FieldError(pointer, "withdrawn" if isinstance(error, Gone) else "not_found", error.detail)


@contextmanager
def referred(pointer: str) -> Iterator[None]:
    """Turns a NotFound, Gone or Moved into a refusal of the reference at this pointer of the body.

    Raises RuleViolation for what is missing, Conflict for what was withdrawn or merged.
    """
    try:
        yield
    except (Gone, Moved, NotFound) as error:
        found = unusable(pointer, error)
        refusal: type[WatchlyError] = RuleViolation if isinstance(error, NotFound) else Conflict
        code = "invalid" if isinstance(error, NotFound) else found.code
        raise refusal(f"{pointer}: {found.detail}", code=code, errors=[found]) from error
