"""Users. The rest of an account (sessions, keys, profile, preferences) stands in files of its own beside this one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Lower


class WatchlyUserManager(UserManager["User"]):
    """Finds people by name whatever the case they type it in."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractUser):
    """A person or a service that signs in.

    Usernames are public and unique whatever their case. An e-mail address that is not verified belongs to nobody, so it
    is unique among the verified ones alone: registration cannot be asked who is here.
    """

    username = models.CharField(max_length=150, validators=[AbstractUser.username_validator])
    email = models.EmailField(blank=True, default="")
    email_verified_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WatchlyUserManager] = WatchlyUserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_unique"),
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_verified_email_unique",
                condition=models.Q(email_verified_at__isnull=False),
            ),
        ]
        verbose_name = "user"
