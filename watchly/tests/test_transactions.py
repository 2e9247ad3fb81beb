"""Two transactions that wait for each other: PostgreSQL ends one, which is then run again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from accounts.tests.factories import UserFactory
from watchly.common.transactions import ATTEMPTS, atomic_despite_deadlocks


def lock(user_id: int) -> None:
    User.objects.select_for_update().get(pk=user_id)


@pytest.mark.django_db(transaction=True)
def test_who_lost_a_deadlock_is_run_again_and_nothing_is_done_twice() -> None:
    first, second = UserFactory.create(username="first").pk, UserFactory.create(username="second").pk
    both_hold_one = threading.Barrier(2)
    runs: list[int] = []

    @atomic_despite_deadlocks
    def cross(one: int, other: int, meet: list[threading.Barrier]) -> None:
        runs.append(one)
        lock(one)
        User.objects.filter(pk=one).update(token_version=User.objects.get(pk=one).token_version + 1)
        if meet:
            meet.pop().wait(timeout=30)
        lock(other)

    def cross_in_a_thread(one: int, other: int) -> None:
        try:
            cross(one, other, [both_hold_one])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [
            pool.submit(cross_in_a_thread, first, second),
            pool.submit(cross_in_a_thread, second, first),
        ]:
            done.result()

    assert len(runs) == 3
    assert list(User.objects.values_list("token_version", flat=True)) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_within_another_transaction_and_for_other_errors_it_is_run_once() -> None:
    runs: list[str] = []

    @atomic_despite_deadlocks
    def fail(code: str) -> None:
        runs.append(code)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '" + code + "'; END $$")

    with pytest.raises(OperationalError), transaction.atomic():
        fail("40P01")
    assert runs == ["40P01"]
    with pytest.raises(OperationalError):
        fail("57014")
    assert runs == ["40P01", "57014"]
    with pytest.raises(OperationalError):
        fail("40P01")
    assert runs == ["40P01", "57014", *["40P01"] * ATTEMPTS]
