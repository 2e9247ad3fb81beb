"""What a service raises when it refuses. `watchly.api.errors` alone knows which HTTP status each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with the input: where, a stable code, and what would be right.

    Where is a JSON pointer, such as "/items/3/year". `survivor_id` is the id to use instead of one that was merged.
    """

    pointer: str
    code: str
    detail: str
    survivor_id: int | None = None

    def document(self) -> dict[str, Any]:
        """Returns it as a problem document holds it."""
        found: dict[str, Any] = {"pointer": self.pointer, "code": self.code, "detail": self.detail}
        return found if self.survivor_id is None else {**found, "survivor_id": self.survivor_id}


class WatchlyError(Exception):
    """Base of all refusals.

    `code` is stable and machine-readable, `detail` says what was wrong and what would be right; without one it is that
    of the first of `errors`.
    """

    default_code: ClassVar[str] = "error"
    default_detail: ClassVar[str] = "The request was refused."

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: tuple[FieldError, ...] | list[FieldError] = (),
    ) -> None:
        self.code = code or self.default_code
        self.errors = tuple(errors)
        first = f"{self.errors[0].pointer}: {self.errors[0].detail}" if self.errors else self.default_detail
        self.detail = detail or first
        super().__init__(self.detail)


class NotFound(WatchlyError):
    """There is no such thing, or the caller may not know that there is."""

    default_code, default_detail = "not_found", "There is no such thing."


class Gone(WatchlyError):
    """It was here and was withdrawn."""

    default_code, default_detail = "gone", "This was withdrawn."


class Moved(WatchlyError):
    """What the path names was merged into another: `location` is that one's path, `survivor_id` its id.

    Whoever answers adds the rest of the request's path and its parameters; `whole` says that `location` is complete.
    """

    default_code, default_detail = "moved", "This was merged into another."

    def __init__(self, location: str, *, survivor_id: int, whole: bool = False) -> None:
        super().__init__()
        self.location, self.survivor_id, self.whole = location, survivor_id, whole


class Unauthenticated(WatchlyError):
    """Nobody is signed in by this: the credentials are wrong, used up or past their time."""

    default_code, default_detail = "authentication_failed", "The credentials that were sent are wrong."


class Forbidden(WatchlyError):
    """The caller may see the thing and may not do this to it."""

    default_code, default_detail = "permission_denied", "You may not do this."


class Conflict(WatchlyError):
    """Another thing stands in the way: a duplicate, or a state in which this cannot be done."""

    default_code, default_detail = "conflict", "Something else stands in the way."


class StaleVersion(WatchlyError):
    """The caller changed a version that is no longer the stored one."""

    default_code, default_detail = (
        "stale_version",
        "It has changed since you read it: read it again, then repeat the change.",
    )


class RuleViolation(WatchlyError):
    """The input is understood and not allowed; `errors` say where."""

    default_code, default_detail = "invalid", "Some of the input is not valid."


class TooLarge(WatchlyError):
    """The input is larger than is taken."""

    default_code, default_detail = "too_large", "The input is too large."


class RateLimited(WatchlyError):
    """Too many calls: try again after `retry_after` seconds."""

    default_code, default_detail = "rate_limited", "Too many requests."

    def __init__(self, detail: str | None = None, *, retry_after: int, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class StorageUnavailable(WatchlyError):
    """A file could not be kept: the disk is full, or the storage does not answer. Nothing of it was left behind."""

    default_code, default_detail = (
        "storage_unavailable",
        "The file could not be stored. Nothing has changed: try again later.",
    )


class ProviderUnavailable(WatchlyError):
    """An outside service that was asked does not answer: try again after `retry_after` seconds."""

    default_code, default_detail = (
        "provider_unavailable",
        "The service that knows this does not answer. Nothing has changed: try again later.",
    )

    def __init__(self, detail: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(WatchlyError):
    """The database cannot serve this now and may in `retry_after` seconds. Nothing was changed."""

    default_code, default_detail = "unavailable", "The database does not answer. Try again in a few seconds."
    retry_after: ClassVar[int] = 2


class PoolTimeout(Unavailable):
    """Every database connection of this process is in use."""

    default_code, default_detail = (
        "pool_timeout",
        "All database connections of this server are in use. Try again in a few seconds.",
    )


class LockTimeout(Unavailable):
    """Another transaction holds a lock that this one needs, or each waits for the other."""

    default_code, default_detail = (
        "lock_timeout",
        "Another operation holds a lock that this request needs. Nothing was changed. Try again in a few seconds.",
    )


class StatementTimeout(Unavailable):
    """A statement ran for longer than this process allows."""

    default_code, default_detail = (
        "statement_timeout",
        "The database took too long for this request and stopped. Nothing was changed. Try again, or ask for less.",
    )


class StorageFull(StorageUnavailable):
    """A disk of the server is full: that of the database or that of the files."""

    default_code, default_detail = (
        "storage_full",
        "The server's disk is full. Nothing was changed. Try again when its administrator has freed some space.",
    )
