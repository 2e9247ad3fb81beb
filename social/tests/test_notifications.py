"""What people are told: once, together, counted, as they wish, and by nobody whom they have blocked."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Preferences, User
from accounts.tests.factories import UserFactory
from social.models import Inbox, Notification, NotificationEvent
from social.services.notifications import notify, put, read_notifications, tell, unread_count
from social.tests.factories import BlockFactory
from social.tests.test_people_api import client_of


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory.create(username="ann")


def like(ann: User, by: User, review: int = 5) -> int:
    return put(kind="like", user_ids=[ann.pk], event=f"like:{review}:{by.pk}", actor_id=by.pk, about=f"review:{review}")


def test_a_job_of_the_transaction_tells(ann: User) -> None:
    bob = UserFactory.create(username="bob")
    client_of(bob).put("/api/users/ann/follow")
    job = ProcrastinateJob.objects.get()
    assert job.args["kind"] == "new_follower"
    tell(**job.args)
    tell(**job.args)
    (line,) = client_of(ann).get("/api/me/notifications").json()["results"]
    assert (line["kind"], line["count"], line["read_at"]) == ("new_follower", 1, None)
    assert [actor["username"] for actor in line["actors"]] == ["bob"]
    assert unread_count(user_id=ann.pk) == 1


def test_what_is_rolled_back_is_not_told(ann: User) -> None:
    with transaction.atomic():
        notify(kind="like", user_id=ann.pk, event="x", actor_id=UserFactory.create().pk)
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_nobody_is_told_of_themselves(ann: User) -> None:
    notify(kind="like", user_id=ann.pk, event="x", actor_id=ann.pk)
    assert not ProcrastinateJob.objects.exists()
    with pytest.raises(KeyError):
        notify(kind="nothing", user_id=ann.pk, event="x")


def test_lines_of_one_thing_stand_together_until_they_are_read(ann: User) -> None:
    people = [UserFactory.create() for _ in range(4)]
    for person in people:
        assert like(ann, person) == 1
        assert like(ann, person) == 0
    like(ann, people[0], review=6)
    lines = client_of(ann).get("/api/me/notifications").json()["results"]
    assert [(line["target"]["id"], line["count"]) for line in lines] == [(6, 1), (5, 4)]
    assert [actor["id"] for actor in lines[1]["actors"]] == [person.pk for person in reversed(people[1:])]
    assert client_of(ann).get("/api/me/notifications/unread").json() == {"unread": 2}
    assert client_of(ann).post("/api/me/notifications/read", {"ids": [lines[1]["id"]]}).json() == {"unread": 1}
    like(ann, UserFactory.create())
    assert Notification.objects.filter(about="review:5").count() == 2
    assert client_of(ann).post("/api/me/notifications/read", {}).json() == {"unread": 0}
    assert like(ann, people[0]) == 0


def test_others_lines_are_not_touched(ann: User) -> None:
    bob = UserFactory.create()
    like(ann, bob)
    line = Notification.objects.get()
    assert client_of(bob).post("/api/me/notifications/read", {"ids": [line.pk]}).json() == {"unread": 0}
    assert client_of(bob).get("/api/me/notifications").json()["results"] == []
    assert unread_count(user_id=ann.pk) == 1


@pytest.mark.parametrize(
    ("in_app", "email", "shown", "waiting"), [(True, False, 1, 0), (False, True, 0, 1), (False, False, 0, 0)]
)
def test_each_kind_comes_as_was_chosen(ann: User, in_app: bool, email: bool, shown: int, waiting: int) -> None:
    Preferences.objects.create(user=ann, notifications={"like": {"in_app": in_app, "email": email}})
    like(ann, UserFactory.create())
    assert len(client_of(ann).get("/api/me/notifications").json()["results"]) == shown
    assert unread_count(user_id=ann.pk) == shown
    assert Notification.objects.filter(by_email=True).count() == waiting


def test_a_block_silences_and_takes_back(ann: User) -> None:
    bob, other = UserFactory.create(username="bob"), UserFactory.create()
    like(ann, bob)
    like(ann, other)
    like(ann, bob, review=7)
    client_of(ann).put("/api/users/bob/block")
    (line,) = client_of(ann).get("/api/me/notifications").json()["results"]
    assert (line["target"]["id"], line["count"], [actor["id"] for actor in line["actors"]]) == (5, 1, [other.pk])
    assert Inbox.objects.get(user=ann).unread == 1
    assert like(ann, bob, review=8) == 0


def test_who_blocks_the_reader_is_not_told_of(ann: User) -> None:
    bob = UserFactory.create()
    BlockFactory.create(blocker=bob, blocked=ann)
    assert like(ann, bob) == 0


def test_accounts_that_are_closed_get_nothing(ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert like(ann, UserFactory.create()) == 0
    assert not NotificationEvent.objects.exists()


def test_the_count_reads_one_row_however_many_lines_there_are(ann: User) -> None:
    for review in range(30):
        like(ann, UserFactory.create(), review=review)
    with CaptureQueriesContext(connection) as found:
        assert client_of(ann).get("/api/me/notifications/unread").json() == {"unread": 30}
    assert len(found) == 1
    assert "count(" not in found[0]["sql"].lower()
    assert read_notifications(user_id=ann.pk) == 30
