from django.apps import AppConfig


class SocialConfig(AppConfig):
    """What people do with movies and with each other."""

    name = "social"
