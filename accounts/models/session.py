"""Where somebody is signed in. A session is also the family of its refresh tokens: it ends, and all of them end."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.user import User

SESSION_LIFETIME = timedelta(days=60)  # absolute: after it one signs in again
REFRESH_LIFETIME = timedelta(days=14)  # sliding: from one refresh to the next, never past the session's end


class EndReason(models.TextChoices):
    """Why a session ended before its time."""

    LOGOUT = "logout"
    LOGOUT_ALL = "logout_all"
    REUSE = "reuse", "a used refresh token came again"
    PASSWORD_CHANGE = "password_change"  # noqa: S105  a reason, no password
    ERASED = "erased"
    BY_USER = "by_user"
    INACTIVE = "inactive"
    BY_STAFF = "by_staff"
    EMAIL_CHANGE = "email_change"
    SECOND_FACTOR = "second_factor_reset"


class SessionQuerySet(models.QuerySet["Session"]):
    def living(self) -> SessionQuerySet:
        """Not ended and not past its time."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())

    def end(self, reason: str) -> int:
        """Ends those that have not ended yet, for one of EndReason, from their next request on; returns how many."""
        return self.filter(revoked_at__isnull=True).update(revoked_at=timezone.now(), revoked_reason=reason)


class Session(models.Model):
    """One sign-in on one device. Its number stands in every token that it gave out (`sid`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=200, help_text="Browser and system, as the User-Agent names them.")
    address = models.GenericIPAddressField(null=True, help_text="The first 24 bits of IPv4, 48 of IPv6.")
    created_at = models.DateTimeField()
    # Written at most once a minute, so that reading does not become writing.
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Of the device whose code was shown in this session. One that is gone since counts for nothing.
    second_factor_id = models.BigIntegerField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=20, choices=EndReason.choices, null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [
            # The list of one's sessions, and ending all of somebody's.
            models.Index(fields=["user", "-id"], name="accounts_session_living", condition=Q(revoked_at__isnull=True)),
            # The nightly clearing.
            models.Index(fields=["expires_at"], name="accounts_session_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.created_at:%Y-%m-%d}"

    @property
    def amr(self) -> list[str]:
        """How the user has shown who they are, in the words of RFC 8176."""
        return ["pwd", "otp"] if self.second_factor_id is not None else ["pwd"]


class RefreshToken(models.Model):
    """A refresh token that was given out, known by a digest alone. It is used once; its child follows it."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token's `jti`.")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True, help_text="When it was exchanged for its child.")

    def __str__(self) -> str:
        return f"refresh token {self.pk}"
