from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One thing that matters to security. Rows are added; the database refuses to change or delete one.

    It holds numbers and no names: a user's without a foreign key, an address without its last part, and never an e-mail
    address, so that an account can be erased and the trail stays (decision 10 of the design).
    """

    event = models.CharField(max_length=40, help_text="Such as sign_in, sign_in_failed, role_granted.")
    actor_id = models.BigIntegerField(null=True, help_text="Number of the user who acted; null for nobody signed in.")
    subject_id = models.BigIntegerField(null=True, help_text="Number of the user whom it is about.")
    via = models.CharField(max_length=10, help_text="The door: api, admin, page, job or command.")
    address = models.GenericIPAddressField(null=True, help_text="The first 24 bits of IPv4, 48 of IPv6.")
    request_id = models.CharField(max_length=128, null=True)
    # What else there is to say, without names and addresses: {"scopes": ["read"]}.
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The back office: what was done to, and by, one user, newest first; one kind of event, newest first.
            models.Index(fields=["subject_id", "-id"], name="common_auditevent_subject"),
            models.Index(fields=["actor_id", "-id"], name="common_auditevent_actor"),
            models.Index(fields=["event", "-id"], name="common_auditevent_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.created_at:%Y-%m-%d %H:%M}"
