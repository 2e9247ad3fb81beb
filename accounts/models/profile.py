"""What a person says of themselves, and who may see it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from watchly.common.visibility import Visibility

# What an account has that others may look at, in the order that the API shows it.
PARTS = ("profile", "history", "library", "lists", "statistics")
MOST_LINKS = 5


class ProfileQuerySet(models.QuerySet["Profile"]):
    def of(self, user_id: int) -> Profile:
        """This user's profile; with the defaults, and not stored, while they have said nothing."""
        return self.filter(user_id=user_id).first() or Profile(user_id=user_id)


class Profile(models.Model):
    """A user without a row has the defaults: nothing said, and all of it public."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(max_length=80, null=True, blank=True)
    bio = models.CharField(max_length=1000, null=True, blank=True)
    location = models.CharField(max_length=100, null=True, blank=True)
    links = models.JSONField(default=list, blank=True, help_text="At most five of {title, url}.")
    avatar_path = models.CharField(max_length=200, null=True, blank=True, help_text="Of the largest rendition.")
    avatar_renditions = models.JSONField(default=dict, blank=True, help_text="Paths by width in pixels.")
    profile_visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    history_visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    library_visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    lists_visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    statistics_visibility = models.CharField(max_length=9, choices=Visibility, default=Visibility.PUBLIC)
    updated_at = models.DateTimeField(auto_now=True)

    objects: Any = ProfileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"profile of {self.user_id}"

    @property
    def visibility(self) -> dict[str, str]:
        """Who may see each part."""
        return {part: getattr(self, f"{part}_visibility") for part in PARTS}

    @property
    def avatar_paths(self) -> list[str]:
        """Every file of the avatar."""
        return list(dict.fromkeys([*filter(None, [self.avatar_path]), *self.avatar_renditions.values()]))
