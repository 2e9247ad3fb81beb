"""Revisions rise with each change of one user, and what is gone leaves its tombstone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from social.models import Tombstone, UserRevision
from social.services.revisions import bury, next_revision, unearth

_WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted
AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
"""


def test_each_takes_the_next(db: None) -> None:
    alice, bob = UserFactory.create(), UserFactory.create()
    assert [next_revision(user_id=alice.pk), next_revision(user_id=alice.pk)] == [1, 2]
    assert next_revision(user_id=alice.pk, count=5) == 3
    assert next_revision(user_id=alice.pk) == 8
    assert next_revision(user_id=bob.pk) == 1


def test_what_is_gone_leaves_a_tombstone_until_it_is_back(db: None) -> None:
    alice = UserFactory.create()
    bury(user_id=alice.pk, kind="play", object_ids=[7, 9])
    bury(user_id=alice.pk, kind="play", object_ids=[7])
    assert list(Tombstone.objects.values_list("object_id", "revision").order_by("revision")) == [(9, 2), (7, 3)]
    unearth(user_id=alice.pk, kind="play", object_ids=[7])
    assert Tombstone.objects.get().object_id == 9
    bury(user_id=alice.pk, kind="play", object_ids=[])
    assert UserRevision.objects.get(user=alice).revision == 3


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_so_that_revisions_commit_in_order() -> None:
    alice = UserFactory.create()
    taken: list[int] = []

    def wait_until_blocked() -> None:
        with connection.cursor() as cursor:
            while second.is_alive():  # it ends only when nothing makes it wait
                cursor.execute(_WAITING)
                if cursor.fetchone()[0]:
                    return
        raise AssertionError("The second writer does not wait.")

    def write() -> None:
        with transaction.atomic():
            taken.append(next_revision(user_id=alice.pk))
        connection.close()

    with transaction.atomic():
        taken.append(next_revision(user_id=alice.pk))
        second = threading.Thread(target=write)
        second.start()
        wait_until_blocked()
        assert taken == [1]
    second.join(timeout=10)
    assert taken == [1, 2]
