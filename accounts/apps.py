from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, roles, sign-in, profile."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import user_data
        from accounts.models import Profile
        from accounts.services.profile import AVATARS
        from watchly.common.files.owners import PictureOwner, register_pictures

        user_data.register_account()
        user_data.register_sign_in()
        register_pictures(PictureOwner(Profile, AVATARS, path="avatar_path", renditions="avatar_renditions"))
