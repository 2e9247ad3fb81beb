"""What becomes of sign-in when a user is erased or closed: nothing of them is left where no foreign key leads."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt

from accounts.models import EndReason, OneTimeToken, Session, User
from accounts.services.one_time_tokens import issue_token
from accounts.signals import user_deactivated, user_erased
from accounts.tests.signing_in import account, login, tokens

pytestmark = pytest.mark.django_db


def test_an_erasure_reaches_the_counted_failures_and_what_others_typed() -> None:
    user = account("ada")
    other = account("bob", email="Ada@example.org", verified=False)
    issue_token(user_id=other.pk, purpose=OneTimeToken.Purpose.VERIFY_EMAIL, email="Ada@example.org")
    login("ada@example.org", "wrong")
    login("bob", "wrong")
    user_erased.send(sender=User, user_id=user.pk)
    user.delete()
    assert [row.username for row in AccessAttempt.objects.all()] == ["bob"]
    other.refresh_from_db()
    assert other.email == ""
    assert not OneTimeToken.objects.exists()


def test_who_is_closed_is_signed_out() -> None:
    user = account()
    tokens()
    user_deactivated.send(sender=User, user_id=user.pk)
    assert Session.objects.get().revoked_reason == EndReason.INACTIVE
