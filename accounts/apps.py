from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, roles, sign-in, profile."""

    name = "accounts"
