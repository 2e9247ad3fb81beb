"""Digests, and what becomes of what others were told when somebody leaves or a movie goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Preferences, User
from accounts.signals import user_erased
from accounts.tests.factories import UserFactory
from movies.services.imports import new_run, run_import
from movies.signals import movies_purged
from movies.tests.factories import MovieFactory
from movies.tests.importing import lay
from social.models import Activity, ActivityGroup, Notification
from social.services.activities import record_activity
from social.services.notifications import put, tell, unread_count
from social.tasks import send_digest, send_digests
from social.tests.factories import FollowFactory


@pytest.fixture
def ann(db: None) -> User:
    ann = UserFactory.create(username="ann", email="ann@example.org", email_verified_at=timezone.now())
    Preferences.objects.create(user=ann, notifications={"like": {"email": True}})
    return ann


def like(ann: User, by: User, review: int = 5) -> None:
    put(kind="like", user_ids=[ann.pk], event=f"like:{review}:{by.pk}", actor_id=by.pk, about=f"review:{review}")


def test_a_digest_tells_each_line_once(ann: User) -> None:
    like(ann, UserFactory.create(username="bob"))
    like(ann, UserFactory.create(username="eve"))
    send_digests()
    job = ProcrastinateJob.objects.get(task_name="social.tasks.send_digest")
    send_digest(**job.args)
    (sent,) = mail.outbox
    assert sent.to == ["ann@example.org"]
    assert "Somebody likes your review. (eve and 1 more)" in sent.body
    assert "eve and 1 more" in str(sent.message())
    send_digest(**job.args)
    assert len(mail.outbox) == 1


def test_what_was_read_or_goes_to_nobody_is_not_sent(ann: User) -> None:
    like(ann, UserFactory.create())
    User.objects.filter(pk=ann.pk).update(email_verified_at=None)
    send_digest(user_id=ann.pk)
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_is_sent_later(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    like(ann, UserFactory.create())

    def refuse(self: object) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        with pytest.raises(ConnectionRefusedError):
            send_digest(user_id=ann.pk)
    send_digest(user_id=ann.pk)
    assert len(mail.outbox) == 1


def test_who_leaves_is_told_of_no_more(ann: User) -> None:
    bob, eve = UserFactory.create(), UserFactory.create()
    like(ann, bob)
    like(ann, eve)
    like(ann, bob, review=6)
    for followed in (bob, ann):
        record_activity(actor_id=eve.pk, verb="followed", visibility="public", target_id=followed.pk)
    user_erased.send(sender=User, user_id=bob.pk)
    line = Notification.objects.get()
    assert (line.events, line.actor_id, unread_count(user_id=ann.pk)) == (1, eve.pk, 1)
    assert ActivityGroup.objects.get().shown == 1


def test_a_movie_that_is_purged_leaves_nothing_behind(ann: User) -> None:
    movie = MovieFactory.create()
    FollowFactory.create(followed=ann)
    record_activity(actor_id=ann.pk, verb="rated", visibility="public", movie_id=movie.pk, half_stars=8)
    put(kind="friend_review", user_ids=[ann.pk], event="review:1", actor_id=UserFactory.create().pk, movie_id=movie.pk)
    movies_purged.send(sender=None, movie_ids=[movie.pk])
    movie.delete()
    assert not Activity.objects.exists()
    assert ActivityGroup.objects.get().shown == 0
    assert Notification.objects.get().movie is None


@pytest.mark.parametrize("preview", [False, True])
def test_an_import_that_somebody_asked_for_tells_them_when_it_is_done(ann: User, tmp_path: Path, preview: bool) -> None:
    path = lay(tmp_path, "films.ndjson", [{"title": "Heat", "year": 1995}])
    run = new_run(paths=[path], preview=preview)
    run.requested_by = ann
    run.save()
    run_import(run=run, paths=[path])
    jobs = ProcrastinateJob.objects.filter(task_name__endswith="notifications.tell")
    assert len(jobs) == (0 if preview else 1)
    for job in jobs:
        tell(**job.args)
        assert Notification.objects.get().kind == "import_finished"
