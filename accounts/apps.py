from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, roles, sign-in, profile."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import user_data

        user_data.register_account()
        user_data.register_sign_in()
