"""What is written to people about their data. Each letter is a job that takes numbers and reads the address itself."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.models import User

SUBJECTS = {
    "export_ready": "Your export is ready",
    "erasure_asked": "Your account will be erased",
    "erasure_taken_back": "Your account stays",
}


def tell_export_ready(*, user_id: int) -> None:
    """That an export can be fetched. Not the link: who reads somebody's mail has not signed in as them."""
    _post("export_ready", user_id)


def tell_erasure_asked(*, user_id: int) -> None:
    """That the account will be erased, and how to take that back."""
    _post("erasure_asked", user_id)


def tell_erasure_taken_back(*, user_id: int) -> None:
    """That the account stays."""
    _post("erasure_taken_back", user_id)


def deliver(*, letter: str, user_id: int) -> None:
    """Sends a letter now, from templates/email/, as text and HTML; nothing to who has no address."""
    user = User.objects.filter(pk=user_id).exclude(email="").first()
    if user is None:
        return
    context = {"user": user}
    mail = EmailMultiAlternatives(
        SUBJECTS[letter], render_to_string(f"email/{letter}.txt", context), settings.DEFAULT_FROM_EMAIL, [user.email]
    )
    mail.attach_alternative(render_to_string(f"email/{letter}.html", context), "text/html")
    mail.send()


def _post(letter: str, user_id: int) -> None:
    from accounts.tasks import send_letter  # the job calls this module

    send_letter.enqueue(letter=letter, user_id=user_id)
