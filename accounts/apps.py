from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, roles, sign-in, profile."""

    name = "accounts"

    def ready(self) -> None:
        from accounts.user_data import register_user_data

        register_user_data()
