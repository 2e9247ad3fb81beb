"""The pages of the second factor, below the back office's."""

from django.urls import path

from accounts.admin import second_factor

app_name = "second_factor"
urlpatterns = [
    path("", second_factor.use, name="use"),
    path("set-up/", second_factor.set_up, name="set_up"),
    path("manage/", second_factor.manage, name="manage"),
    path("recovery-codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("remove/", second_factor.remove, name="remove"),
]
