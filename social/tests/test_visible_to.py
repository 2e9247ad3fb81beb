"""Who sees what a person writes: the one rule."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Profile, User
from accounts.tests.factories import UserFactory
from social.models import Follow, LibraryEntry, MovieList, Play
from social.tests.factories import BlockFactory, FollowFactory, LibraryEntryFactory, MovieListFactory, PlayFactory


@pytest.fixture
def alice(db: None) -> User:
    alice = UserFactory.create(username="alice")
    for visibility in ("public", "followers", "private"):
        PlayFactory.create(user=alice, visibility=visibility)
    return alice


def seen_by(viewer: object) -> set[str]:
    return set(Play.objects.all().visible_to(viewer).values_list("visibility", flat=True))


def test_one_sees_all_of_ones_own(alice: User) -> None:
    assert seen_by(alice) == {"public", "followers", "private"}


@pytest.mark.parametrize("viewer", [None, AnonymousUser()])
def test_strangers_see_what_is_public(alice: User, viewer: object) -> None:
    assert seen_by(viewer) == {"public"}
    assert seen_by(UserFactory.create()) == {"public"}


def test_followers_see_more_once_they_are_accepted(alice: User) -> None:
    bob = UserFactory.create(username="bob")
    follow = FollowFactory.create(follower=bob, followed=alice, state=Follow.State.REQUESTED)
    assert seen_by(bob) == {"public"}
    follow.state = Follow.State.ACCEPTED
    follow.save()
    assert seen_by(bob) == {"public", "followers"}


def test_to_be_followed_opens_nothing(alice: User) -> None:
    bob = UserFactory.create(username="bob")
    FollowFactory.create(follower=alice, followed=bob)
    assert seen_by(bob) == {"public"}


@pytest.mark.parametrize("blocker", ["alice", "bob"])
def test_a_block_hides_all_both_ways(alice: User, blocker: str) -> None:
    bob = UserFactory.create(username="bob")
    FollowFactory.create(follower=bob, followed=alice)
    BlockFactory.create(blocker=alice if blocker == "alice" else bob, blocked=bob if blocker == "alice" else alice)
    assert seen_by(bob) == set()
    assert seen_by(UserFactory.create(username="charlie")) == {"public"}


def test_nothing_of_an_inactive_account_is_seen_by_others(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert seen_by(None) == seen_by(UserFactory.create()) == set()


@pytest.mark.parametrize(
    ("profile", "stranger", "follower"),
    [
        ("public", {"public"}, {"public", "followers"}),
        ("followers", set(), {"public", "followers"}),
        ("private", set(), set()),
    ],
)
def test_a_profile_that_is_not_public_narrows_all_that_hangs_on_it(
    alice: User, profile: str, stranger: set[str], follower: set[str]
) -> None:
    Profile.objects.create(user=alice, profile_visibility=profile)
    bob = UserFactory.create(username="bob")
    FollowFactory.create(follower=bob, followed=alice)
    assert seen_by(None) == seen_by(UserFactory.create()) == stranger
    assert seen_by(bob) == follower
    assert seen_by(alice) == {"public", "followers", "private"}


def test_nothing_is_seen_of_an_account_that_waits_for_its_erasure(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(erase_after=timezone.now())
    assert seen_by(None) == seen_by(UserFactory.create()) == set()


@pytest.mark.parametrize(
    ("door", "opens"),
    [("public", {"public", "followers"}), ("followers", {"public", "followers"}), ("private", set())],
)
def test_a_section_closes_what_belongs_to_it_and_nothing_else(alice: User, door: str, opens: set[str]) -> None:
    bob = UserFactory.create(username="bob")
    FollowFactory.create(follower=bob, followed=alice)
    Profile.objects.create(user=alice, history_visibility=door)
    MovieListFactory.create(user=alice)
    LibraryEntryFactory.create(user=alice, status="watched")

    assert seen_by(bob) == opens
    assert seen_by(None) == ({"public"} if door == "public" else set())
    assert seen_by(alice) == {"public", "followers", "private"}
    assert LibraryEntry.objects.visible_to(None).count() == MovieList.objects.visible_to(None).count() == 1
    Profile.objects.update(history_visibility="public", library_visibility=door, lists_visibility=door)
    for model in (LibraryEntry, MovieList):
        assert model.objects.visible_to(bob).count() == bool(opens)
        assert model.objects.visible_to(None).count() == (door == "public")
