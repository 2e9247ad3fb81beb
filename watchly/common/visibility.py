"""Who may see what a person keeps or writes."""

from __future__ import annotations

from django.db import models


class Visibility(models.TextChoices):
    """From everybody to nobody else. The owner always sees their own."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    PRIVATE = "private"
