from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: users, roles, sign-in, profile."""

    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts import user_data
        from accounts.admin.gate import begin_session
        from accounts.api.problems import PROBLEMS
        from accounts.models import Profile
        from accounts.services.profile import AVATARS
        from watchly.api.problems import register_problems
        from watchly.common.files.owners import PictureOwner, register_pictures

        user_logged_in.connect(begin_session, dispatch_uid="accounts.admin.gate.begin_session")
        register_problems(PROBLEMS)
        user_data.register_account()
        user_data.register_sign_in()
        register_pictures(PictureOwner(Profile, AVATARS, path="avatar_path", renditions="avatar_renditions"))
