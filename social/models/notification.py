"""What somebody is told: who follows them, what was said about what they wrote."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Notification(models.Model):
    """One line in somebody's inbox: all of one kind about one thing, until it is read ("3 people like your review")."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20, help_text="Of watchly.common.notification_kinds.")
    about = models.CharField(max_length=40, blank=True, default="", help_text="The thing: review:5, list:7.")
    movie = models.ForeignKey("movies.Movie", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    events = models.PositiveIntegerField(default=0, help_text="How many are told of in this line.")
    in_app = models.BooleanField(default=True, help_text="False when it is for the mail alone.")
    by_email = models.BooleanField(default=False, help_text="Waits for the next digest.")
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "about"],
                name="social_notification_unread_once",
                condition=Q(read_at__isnull=True),
            ),
        ]
        indexes = [
            # The inbox, newest line first; what waits for a digest.
            models.Index(F("user"), F("id").desc(), name="social_notification_inbox", condition=Q(in_app=True)),
            models.Index(fields=["user"], name="social_notification_digest", condition=Q(by_email=True)),
            models.Index(fields=["movie"], name="social_notification_movie", condition=Q(movie__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"


class NotificationEvent(models.Model):
    """One thing that happened, told once, however often the job that tells it is run."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="happenings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    event = models.CharField(max_length=60, help_text="What happened, by a name of its own: like:5:77.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="social_notificationevent_once")]
        indexes = [
            # What was told of somebody whom the reader blocks.
            models.Index(fields=["user", "actor"], name="social_notificationevent_actor"),
        ]

    def __str__(self) -> str:
        return self.event


class Inbox(models.Model):
    """How many unread lines somebody has, kept so that no read counts them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    unread = models.PositiveIntegerField(default=0)
    digested_at = models.DateTimeField(null=True, blank=True, help_text="When the last digest went out.")

    class Meta:
        verbose_name_plural = "inboxes"

    def __str__(self) -> str:
        return f"{self.unread} unread of {self.user_id}"
