"""People, as others see them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.account import LinkSerializer
from accounts.models import Profile, User
from social.models import Block, Follow
from watchly.api.addresses import media_address
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField, SqlField
from watchly.common.visibility import Visibility

_CARD = """json_build_object('id', u.id, 'username', u.username, 'display_name', p.display_name,
 'avatar_url', {media} || p.avatar_path)"""


def card_of(column: str) -> str:
    """SQL for the card of the user whom a column of the row names; null where it names nobody."""
    return (
        f"(SELECT {_CARD} FROM accounts_user u LEFT JOIN accounts_profile p ON p.user_id = u.id"
        f" WHERE u.id = {{row}}.{column})"
    )


def card(user: User) -> dict[str, Any]:
    """The same in Python."""
    profile = Profile.objects.of(user.pk)
    avatar = media_address(profile.avatar_path)
    return {"id": user.pk, "username": user.username, "display_name": profile.display_name, "avatar_url": avatar}


def _of_profile(column: str, output: Any, default: str = "NULL") -> SqlField:
    return SqlField(
        f"(SELECT coalesce((SELECT p.{column} FROM accounts_profile p WHERE p.user_id = {{row}}.id), {default}))",
        output=output,
        python=lambda user: getattr(Profile.objects.of(user.pk), column),
    )


class UserCardSerializer(serializers.ModelSerializer[User]):
    """What is needed to name somebody."""

    display_name = _of_profile("display_name", serializers.CharField(allow_null=True))
    avatar_url = SqlField(
        "(SELECT {media} || p.avatar_path FROM accounts_profile p WHERE p.user_id = {row}.id)",
        output=serializers.CharField(allow_null=True),
        python=lambda user: card(user)["avatar_url"],
    )

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "avatar_url")


class CardField(SqlField):
    """The card of the user whom a foreign key of the row names."""

    def __init__(self, name: str, *, allow_null: bool = False) -> None:
        super().__init__(
            card_of(f"{name}_id"),
            output=UserCardSerializer(allow_null=allow_null),
            python=lambda row: card(getattr(row, name)) if getattr(row, name) is not None else None,
        )


def _count(column: str, other: str) -> SqlField:
    return SqlField(
        f"(SELECT count(*) FROM social_follow f JOIN accounts_user o ON o.id = f.{other}_id"
        f" WHERE f.{column}_id = {{row}}.id AND f.state = 'accepted' AND o.is_active AND o.erase_after IS NULL)",
        output=serializers.IntegerField(min_value=0),
        python=lambda user: Follow.objects.filter(
            **{column: user, "state": Follow.State.ACCEPTED, f"{other}__in": User.objects.shown()}
        ).count(),
    )


class UserProfileSerializer(UserCardSerializer):
    """A profile. What its owner has not opened to the reader is null, and `open` false."""

    bio = _of_profile("bio", serializers.CharField(allow_null=True))
    location = _of_profile("location", serializers.CharField(allow_null=True))
    links = _of_profile("links", LinkSerializer(many=True), "'[]'::jsonb")
    visibility = _of_profile(
        "profile_visibility", ChoiceField(choices=Visibility.choices),
        "'public'",
    )  # fmt: skip
    followers_count = _count("followed", "follower")
    following_count = _count("follower", "followed")

    class Meta:
        model = User
        fields = (
            "id", "username", "display_name", "avatar_url", "bio", "location", "links", "visibility", "followers_count",
            "following_count", "date_joined",
        )  # fmt: skip


class RelationSerializer(serializers.Serializer[Any]):
    """How two people stand to each other."""

    following = ChoiceField(choices=Follow.State.choices, allow_null=True)
    followed_by = serializers.BooleanField()


class ShownProfileSerializer(UserProfileSerializer):
    """A profile as one reader sees it."""

    followers_count = serializers.IntegerField(allow_null=True, min_value=0)  # type: ignore[assignment]  # not compiled
    following_count = serializers.IntegerField(allow_null=True, min_value=0)  # type: ignore[assignment]  # not compiled
    links = LinkSerializer(many=True, allow_null=True)  # type: ignore[assignment]  # not compiled
    open = serializers.BooleanField(help_text="Whether its owner has opened it to the reader.")
    relation = RelationSerializer(allow_null=True, help_text="Null for oneself, and for who is not signed in.")

    class Meta(UserProfileSerializer.Meta):
        fields: tuple[str, ...] = (*UserProfileSerializer.Meta.fields, "open", "relation")  # type: ignore[assignment]  # more


class SuggestedUserSerializer(serializers.Serializer[Any]):
    """Somebody whom the reader may know, and why."""

    user = UserCardSerializer()
    friends_count = serializers.IntegerField(min_value=0, help_text="How many of those whom one follows follow them.")
    movies_count = serializers.IntegerField(min_value=0, help_text="How many favourite films both have.")


class FollowerSerializer(serializers.ModelSerializer[Follow]):
    """Somebody who follows, and since when."""

    user = CardField("follower")
    since = serializers.DateTimeField(source="accepted_at")

    class Meta:
        model = Follow
        fields = ("user", "since")


class FollowingSerializer(serializers.ModelSerializer[Follow]):
    """Somebody who is followed, and since when."""

    user = CardField("followed")
    since = serializers.DateTimeField(source="accepted_at")

    class Meta:
        model = Follow
        fields = ("user", "since")


class FollowChangeSerializer(serializers.ModelSerializer[Follow]):
    """A user whom one follows, or has asked to."""

    user = CardField("followed")
    since = serializers.DateTimeField(source="accepted_at", allow_null=True, help_text="Null until it is accepted.")

    class Meta:
        model = Follow
        fields = ("user", "state", "since", "created_at")


class FollowRequestSerializer(serializers.ModelSerializer[Follow]):
    """Somebody who asks to follow."""

    user = CardField("follower")

    class Meta:
        model = Follow
        fields = ("id", "user", "created_at")


class BlockSerializer(serializers.ModelSerializer[Block]):
    """Somebody who is blocked, and since when."""

    user = CardField("blocked")
    since = serializers.DateTimeField(source="created_at")

    class Meta:
        model = Block
        fields = ("user", "since")


USER, PROFILE, FOLLOWER, FOLLOWING, FOLLOW_STATE, FOLLOW_REQUEST, BLOCK = (
    Document(each)
    for each in (
        UserCardSerializer,
        UserProfileSerializer,
        FollowerSerializer,
        FollowingSerializer,
        FollowChangeSerializer,
        FollowRequestSerializer,
        BlockSerializer,
    )
)
