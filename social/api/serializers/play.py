"""Viewings: as their owner sees them, and as they are said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from social.api.fields import StarsField, stars_of
from social.api.serializers.movie_card import MovieCardSerializer
from social.models import Block, Play
from social.services.plays import MOST_COMPANIONS
from social.services.zones import FORMS, UNKNOWN, Moment, moment
from watchly.api.documents import Document
from watchly.api.fields import ChoiceField, LineField, ProseField, SqlField
from watchly.api.input import StrictSerializer
from watchly.common.rfc3339 import PATTERN
from watchly.common.visibility import Visibility

_EARLIER = "(coalesce(o.watched_at, '-infinity'), o.id) < (coalesce({row}.watched_at, '-infinity'), {row}.id)"


class CompanionSerializer(serializers.Serializer[Any]):
    """Who was there too."""

    id = serializers.IntegerField()
    username = serializers.CharField()


def _is_rewatch(play: Play) -> bool:
    def place(one: Play) -> tuple[bool, float, int]:
        return one.watched_at is not None, one.watched_at.timestamp() if one.watched_at else 0, one.pk

    others = Play.objects.filter(user=play.user_id, movie=play.movie_id)
    return any(place(other) < place(play) for other in others)


def _companions(play: Play) -> list[dict[str, Any]]:
    hidden = Block.objects.filter(Q(blocker=play.user_id) | Q(blocked=play.user_id))
    blocked = {each for pair in hidden.values_list("blocker", "blocked") for each in pair} - {play.user_id}
    people = (
        play.companions.filter(is_active=True, erase_after__isnull=True).exclude(pk__in=blocked).order_by("username")
    )
    return [{"id": user.pk, "username": user.username} for user in people]


class PlaySerializer(serializers.ModelSerializer[Play]):
    """One viewing. A date without a time is at 12:00 UTC with the precision `day`, a month or year at its first day;
    `watched_on` is the day where the viewer was."""

    movie = MovieCardSerializer(read_only=True)
    stars = stars_of()
    rewatch = SqlField(
        "EXISTS (SELECT FROM social_play o WHERE o.user_id = {row}.user_id AND o.movie_id = {row}.movie_id"
        f" AND {_EARLIER})",
        output=serializers.BooleanField(),
        python=_is_rewatch,
    )
    companions = SqlField(
        "(SELECT coalesce(json_agg(json_build_object('id', u.id, 'username', u.username) ORDER BY u.username),"
        f" '[]'::json) FROM social_play_companions c JOIN {get_user_model()._meta.db_table} u ON u.id = c.user_id"
        " WHERE c.play_id = {row}.id AND u.is_active AND u.erase_after IS NULL AND NOT EXISTS"
        " (SELECT FROM social_block b"
        " WHERE (b.blocker_id = u.id AND b.blocked_id = {row}.user_id)"
        " OR (b.blocker_id = {row}.user_id AND b.blocked_id = u.id)))",
        output=CompanionSerializer(many=True),
        python=_companions,
    )

    class Meta:
        model = Play
        fields = (
            "id",
            "movie",
            "watched_at",
            "watched_on",
            "precision",
            "stars",
            "rewatch",
            "note",
            "place",
            "companions",
            "visibility",
            "source",
            "source_key",
            "revision",
            "created_at",
            "updated_at",
        )


PLAY = Document(PlaySerializer, viewed=("movies.movie", "movie_id"))

# Whether there is such a day is not in the pattern.
MOMENT = rf"^(?:\d{{4}}(?:-\d{{2}}(?:-\d{{2}})?)?|{PATTERN})$"


class PlayChangeSerializer(StrictSerializer):
    """What is to change of a viewing."""

    watched_at = serializers.RegexField(
        MOMENT,
        required=False,
        allow_null=True,
        help_text=f"{FORMS}; null when nobody knows. A time without an offset, or in UTC, is placed by your time zone.",
        error_messages={"invalid": f"This is not a time: use {FORMS}."},
    )
    precision = ChoiceField(
        choices=Play.Precision.choices,
        required=False,
        help_text="As exact as `watched_at`, or coarser. Without it only `unknown`.",
    )
    stars = StarsField(required=False, allow_null=True, help_text="Of that viewing.")
    note = ProseField(required=False, allow_null=True, max_length=5000, help_text="For oneself alone.")
    place = LineField(required=False, allow_null=True, max_length=200)
    companions = serializers.ListField(
        child=LineField(max_length=150),
        required=False,
        max_length=MOST_COMPANIONS,
        help_text="Usernames of people whom you follow.",
    )
    visibility = ChoiceField(choices=Visibility.choices, required=False)

    def when(self, zone: tzinfo) -> Moment | None:
        """The moment that was sent, or None for none. Raises ValidationError."""
        return moment_sent(self.validated_data, zone)

    def values(self) -> dict[str, Any]:
        """What was sent, but the moment, as the services take it."""
        given = self.validated_data
        names = ("note", "place", "companions", "visibility", "source", "source_key")
        values = {name: given[name] for name in names if name in given}
        return values | ({"half_stars": given["stars"]} if "stars" in given else {})


class PlayInputSerializer(PlayChangeSerializer):
    """A viewing. All of it may be left out: it was seen, nobody knows when."""

    visibility = ChoiceField(choices=Visibility.choices, required=False, help_text="Without it: that of the entry.")
    source = serializers.RegexField(  # type: ignore[assignment]  # the member's name hides the field's property
        r"^[a-z0-9_-]{1,20}\Z", required=False, help_text="Where it came from: plex."
    )
    source_key = LineField(
        required=False, max_length=200, help_text="What it is called there: the same one twice is one viewing."
    )


def moment_sent(given: Mapping[str, Any], zone: tzinfo) -> Moment | None:
    """The moment that `watched_at` and `precision` name together; None where neither was sent. Raises ValidationError.

    `watched_at: null`, or `precision: unknown` without a moment, says that it was seen and nobody knows when.
    """
    text, precision = given.get("watched_at"), given.get("precision")
    if text is None:
        if precision in (None, Play.Precision.UNKNOWN):
            return UNKNOWN if "watched_at" in given or precision else None
        if "watched_at" in given:
            raise _wrong("precision", "precision must be unknown if watched_at is null.")
        raise _wrong("precision", f"A precision needs a moment: send watched_at too, such as {FORMS}.")
    try:
        return moment(text, zone=zone, precision=precision)
    except ValueError as error:
        raise _wrong("watched_at", str(error)) from error


def _wrong(name: str, detail: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail(detail, code="moment")]})
