from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """What it adds up to: events, popularity, statistics."""

    name = "analytics"
