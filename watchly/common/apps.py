from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every app stands on and no HTTP knows: errors, jobs, idempotency, files."""

    name = "watchly.common"
    label = "common"
