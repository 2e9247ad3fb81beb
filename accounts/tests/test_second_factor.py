"""The second factor: what a code opens, how often, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Authenticator, RecoveryCodes, User
from accounts.services.lockout import forget_name, key_for_codes
from accounts.services.second_factor import (
    RECOVERY_CODES,
    add_second_factor,
    has_second_factor,
    offer_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    second_factor_of,
    use_second_factor,
)
from accounts.tests.showing import App
from accounts.tests.signing_in import PASSWORD, account, deliver, login
from watchly.common.errors import Conflict, Forbidden, NotFound, RateLimited, RuleViolation
from watchly.common.models import AuditEvent

pytestmark = pytest.mark.django_db

HERE, THERE = "203.0.113.5", "198.51.100.7"


@pytest.fixture
def ada(app: App) -> User:
    user = account("ada", is_staff=True)
    app.add_to(user)
    deliver()
    return user


def use(user: User, code: str, address: str = HERE) -> int:
    return use_second_factor(user_id=user.pk, code=code, address=address)


def events(user: User) -> list[str]:
    return list(AuditEvent.objects.filter(subject_id=user.pk).order_by("pk").values_list("event", flat=True))


def calm(user: User) -> None:
    """As if the wait after the last wrong code were over."""
    long_ago = timezone.now() - timedelta(hours=1)
    Authenticator.objects.filter(user=user).update(throttling_failure_timestamp=long_ago)
    RecoveryCodes.objects.filter(user=user).update(throttling_failure_timestamp=long_ago)


def test_a_code_opens_once(ada: User, app: App) -> None:
    code = app.next_code()
    use(ada, f" {code[:3]} {code[3:]}")
    with pytest.raises(RuleViolation, match="used before"):
        use(ada, code)
    assert events(ada)[-2:] == ["second_factor_used", "second_factor_failed"]


def test_the_code_that_set_it_up_opens_nothing(ada: User, app: App) -> None:
    with pytest.raises(RuleViolation):
        use(ada, app.code())


def test_a_code_of_another_time_or_person_or_of_no_shape_is_wrong(ada: User, app: App) -> None:
    other = App()
    other.add_to(account("bob"))
    right = app.next_code()
    alike = (f"0{right}", f"+{right}", right.translate({48 + digit: 0x660 + digit for digit in range(10)}))
    for code in (app.code(steps=3), app.code(steps=-3), other.code(), "", right[:5], *alike):
        with pytest.raises(RuleViolation):
            use(ada, code)
        calm(ada)
        forget_name(username="ada")
    assert "second_factor_used" not in events(ada)


def test_a_recovery_code_opens_once_and_is_told(ada: User, app: App) -> None:
    first, second, *_ = app.recovery_codes
    use(ada, first.upper().replace("-", " "))
    assert events(ada)[-1] == "recovery_code_used"
    (message,) = deliver()
    assert message.to == ["ada@example.org"]
    assert f"{RECOVERY_CODES - 1} left" in message.body
    with pytest.raises(RuleViolation):
        use(ada, first)
    calm(ada)
    use(ada, second)
    state = second_factor_of(user_id=ada.pk)
    assert state is not None
    assert state.recovery_codes_left == RECOVERY_CODES - 2


def test_a_recovery_code_of_somebody_else_is_wrong(ada: User) -> None:
    bobs = App()
    bobs.add_to(account("bob"))
    with pytest.raises(RuleViolation):
        use(ada, bobs.recovery_codes[0])


def test_the_database_holds_neither_secret_nor_recovery_codes(ada: User, app: App) -> None:
    device, codes = Authenticator.objects.get(user=ada), RecoveryCodes.objects.get(user=ada)
    assert app.secret.hex() not in device.key
    assert device.bin_key == app.secret
    kept = set(codes.token_set.values_list("token", flat=True))
    assert len(kept) == RECOVERY_CODES
    assert not kept & {form for code in app.recovery_codes for form in (code, code.replace("-", ""))}


def test_a_row_that_is_moved_to_somebody_else_opens_nothing(ada: User, app: App) -> None:
    """Who can write the table, and not read the secret key, makes nobody's second factor their own."""
    bob = account("bob")
    Authenticator.objects.filter(user=ada).update(user=bob)
    with pytest.raises(Conflict, match="can be read no more"):
        use(bob, app.next_code())
    Authenticator.objects.filter(user=bob).update(user=ada, key=app.secret.hex())  # as django-otp would keep it
    with pytest.raises(Conflict):
        use(ada, app.next_code())


def test_another_secret_key_needs_the_one_before_it(ada: User, app: App, settings: Any) -> None:
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    with pytest.raises(Conflict, match="can be read no more"):
        use(ada, app.next_code())
    settings.SECRET_KEY_FALLBACKS = [former]
    use(ada, app.recovery_codes[0])
    use(ada, app.next_code())
    settings.SECRET_KEY_FALLBACKS = []  # the use has sealed it anew
    use(ada, app.next_code())


def test_five_wrong_codes_lock_the_name_for_this_address(ada: User, app: App) -> None:
    for _ in range(5):
        with pytest.raises(RuleViolation):
            use(ada, app.wrong_code())
        calm(ada)
    with pytest.raises(RateLimited) as refusal:
        use(ada, app.next_code())
    assert refusal.value.retry_after == 900
    assert events(ada)[-2:] == ["second_factor_failed", "locked_out"]
    use(ada, app.next_code(), THERE)


def test_the_right_password_forgets_no_wrong_code(ada: User, app: App) -> None:
    """Else who knows the password would guess for ever, signing in between."""
    for _ in range(5):
        with pytest.raises(RuleViolation):
            use(ada, app.wrong_code(), "127.0.0.1")
        calm(ada)
        assert login("ada").status_code == 200
    with pytest.raises(RateLimited):
        use(ada, app.next_code(), "127.0.0.1")


def test_wrong_codes_from_many_addresses_are_slowed_down(ada: User, app: App) -> None:
    with pytest.raises(RuleViolation):
        use(ada, app.wrong_code(), "203.0.113.1")
    with pytest.raises(RateLimited, match="seconds"):
        use(ada, app.next_code(), "203.0.113.2")
    for place in range(20):
        calm(ada)
        with pytest.raises(RuleViolation):
            use(ada, app.wrong_code(), f"203.0.113.{place}")
    with pytest.raises(RateLimited) as refusal:
        use(ada, app.next_code(), "203.0.113.99")
    assert 500 <= refusal.value.retry_after <= 512  # and no longer: the owner gets in again


def test_nobody_locks_it_from_outside(ada: User, app: App) -> None:
    """The name that codes are counted under is none that can be typed at a sign-in."""
    for _ in range(6):
        login(key_for_codes("ada"), "wrong")
    use(ada, app.next_code(), "127.0.0.1")


def test_an_offer_is_bound_to_its_user_and_a_wrong_code_leaves_nothing(app: App) -> None:
    ada, bob = account("ada"), account("bob")
    offer = offer_second_factor(user_id=ada.pk)
    app.scan(offer.text)
    assert offer_second_factor(user_id=ada.pk, sealed=offer.sealed).text == offer.text
    assert offer_second_factor(user_id=bob.pk, sealed=offer.sealed).text != offer.text
    with pytest.raises(RuleViolation):
        add_second_factor(user_id=ada.pk, sealed=offer.sealed, code=app.wrong_code())
    for sealed in (offer.sealed, "", "ä", "AAAA"):
        with pytest.raises(Conflict):
            add_second_factor(user_id=bob.pk, sealed=sealed, code=app.code())
    assert not Authenticator.objects.exists()
    assert not RecoveryCodes.objects.exists()
    add_second_factor(user_id=ada.pk, sealed=offer.sealed, code=app.code())
    with pytest.raises(Conflict, match="remove it first"):
        add_second_factor(user_id=ada.pk, sealed=offer.sealed, code=app.next_code())
    (message,) = deliver()
    assert message.to == ["ada@example.org"]
    assert events(ada) == ["second_factor_added"]


def test_to_remove_it_takes_the_password_and_a_code(ada: User, app: App) -> None:
    wrong = {"password": ("not it", app.next_code()), "code": (PASSWORD, app.wrong_code())}
    for where, (password, code) in wrong.items():
        with pytest.raises(RuleViolation) as refusal:
            remove_second_factor(user_id=ada.pk, password=password, code=code, address=HERE)
        assert refusal.value.errors[0].pointer == f"/{where}"
    assert has_second_factor(user_id=ada.pk)
    calm(ada)
    remove_second_factor(user_id=ada.pk, password=PASSWORD, code=app.next_code(), address=HERE)
    assert not has_second_factor(user_id=ada.pk)
    assert not RecoveryCodes.objects.exists()
    assert events(ada)[-1] == "second_factor_removed"
    assert "was removed" in deliver()[-1].subject
    with pytest.raises(NotFound):
        use(ada, app.next_code())


def test_new_recovery_codes_void_the_others(ada: User, app: App) -> None:
    former = app.recovery_codes[0]
    with pytest.raises(RuleViolation):
        renew_recovery_codes(user_id=ada.pk, code=app.wrong_code(), address=HERE)
    calm(ada)
    codes = renew_recovery_codes(user_id=ada.pk, code=app.next_code(), address=HERE)
    with pytest.raises(RuleViolation):
        use(ada, former)
    calm(ada)
    use(ada, codes[0])
    assert "recovery_codes_renewed" in events(ada)


def test_a_reset_is_told_and_on_record_and_not_for_oneself(ada: User) -> None:
    boss = account("boss", is_superuser=True)
    with pytest.raises(Forbidden):
        reset_second_factor(user_id=ada.pk, by=ada.pk)
    with pytest.raises(NotFound):
        reset_second_factor(user_id=boss.pk, by=ada.pk)
    reset_second_factor(user_id=ada.pk, by=boss.pk)
    assert not has_second_factor(user_id=ada.pk)
    assert events(ada)[-1] == "second_factor_reset"
    (message,) = deliver()
    assert message.to == ["ada@example.org"]
