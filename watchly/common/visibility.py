"""Who may see what a person writes."""

from __future__ import annotations

from django.db import models


class Visibility(models.TextChoices):
    """Everybody, accepted followers, or nobody else."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    PRIVATE = "private"
