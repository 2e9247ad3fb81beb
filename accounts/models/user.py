"""Users. The rest of an account (sessions, keys, profile, preferences) stands in files of its own beside this one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accounts.models.profile import PARTS
from watchly.common.visibility import Visibility

# What an erased account is called. Nobody else may be, or a living account could pass for a dead one.
ERASED_NAME = "deleted-{id}"
not_an_erased_name = RegexValidator(
    r"^deleted-[0-9]+$", "This name is kept for accounts that were erased.", code="reserved", inverse_match=True
)


class UserQuerySet(models.QuerySet["User"]):
    def shown(self) -> UserQuerySet:
        """Accounts that others may know of: active, and not about to be erased."""
        return self.filter(is_active=True, erase_after__isnull=True, erased_at__isnull=True)

    def with_profile(self) -> UserQuerySet:
        """With `display_name`, `avatar_path` and the visibility of each part, as they hold without a profile, too."""
        return self.annotate(
            display_name=models.F("profile__display_name"),
            avatar_path=models.F("profile__avatar_path"),
            **{
                f"{part}_visibility": Coalesce(f"profile__{part}_visibility", models.Value(Visibility.PUBLIC.value))
                for part in PARTS
            },
        )

    def to_erase(self) -> UserQuerySet:
        """Accounts whose 14 days are over."""
        return self.filter(erase_after__lte=timezone.now(), erased_at__isnull=True)


class WatchlyUserManager(UserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # made by a call
    """Finds people by name whatever the case they type it in."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractUser):
    """A person or a service that signs in.

    Usernames are public and unique whatever their case. An e-mail address that is not verified belongs to nobody, so it
    is unique among the verified ones alone: registration cannot be asked who is here.
    """

    username = models.CharField(max_length=150, validators=[AbstractUser.username_validator, not_an_erased_name])
    email = models.EmailField(blank=True, default="")
    email_verified_at = models.DateTimeField(null=True, blank=True)
    erase_after = models.DateTimeField(
        null=True, blank=True, help_text="The owner wants the account erased then, and may still change their mind."
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Nothing of the person is left in this row.")

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
