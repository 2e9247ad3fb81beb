"""What is told, and what is taken."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from rest_framework import serializers

from accounts.models import User
from movies.api.serializers.card import MovieCardField
from social.api.serializers.target import notified_field
from social.api.serializers.user import UserCardSerializer, card, card_of
from social.models import Notification
from watchly.api.documents import Document
from watchly.api.fields import SqlField
from watchly.api.input import StrictSerializer

_ACTORS = (
    "(SELECT coalesce(json_agg(" + card_of("actor_id").replace("{row}", "a") + " ORDER BY a.last DESC), '[]'::json)"
    " FROM (SELECT e.actor_id, max(e.id) AS last FROM social_notificationevent e"
    " JOIN accounts_user o ON o.id = e.actor_id AND o.is_active AND o.erase_after IS NULL"
    " WHERE e.notification_id = {row}.id GROUP BY e.actor_id ORDER BY last DESC LIMIT 3) a)"
)


def _actors(line: Notification) -> list[dict[str, Any]]:
    last = line.happenings.filter(actor__in=User.objects.shown()).order_by().values("actor").annotate(last=Max("pk"))
    return [card(User.objects.get(pk=row["actor"])) for row in last.order_by("-last")[:3]]


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """One line of the inbox: all of one kind about one thing, until it is read. The last three people of it."""

    target = notified_field()
    movie = MovieCardField(allow_null=True)
    actors = SqlField(_ACTORS, output=UserCardSerializer(many=True), python=_actors)
    count = serializers.IntegerField(source="events")

    class Meta:
        model = Notification
        fields = ("id", "kind", "target", "movie", "actors", "count", "read_at", "created_at", "updated_at")


NOTIFICATION = Document(NotificationSerializer)


class ReadInputSerializer(StrictSerializer):
    """Which lines were read; without ids all of them."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=500
    )


class UnreadSerializer(serializers.Serializer[Any]):
    """How many lines are unread."""

    unread = serializers.IntegerField(min_value=0)
