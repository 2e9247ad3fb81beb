"""The feed's documents."""

from __future__ import annotations

from rest_framework import serializers

from movies.api.serializers.card import LIVING_MOVIE_CARD, CreditedMovieSerializer
from social.api.serializers.target import FEED_TARGET, TargetSerializer
from social.api.serializers.user import UserCardSerializer, card_of
from social.models import Verb
from watchly.api.documents import literal
from watchly.api.fields import ChoiceField

MOST_ITEMS = 5


class FeedItemSerializer(serializers.Serializer[object]):
    """One thing that was done."""

    movie = CreditedMovieSerializer(allow_null=True)
    user = UserCardSerializer(allow_null=True, help_text="Who was followed.")
    target = TargetSerializer(allow_null=True, help_text="The play, review, list or user; null for a rating.")
    stars = serializers.FloatField(allow_null=True, min_value=0.5, max_value=5)
    at = serializers.DateTimeField()


class FeedGroupSerializer(serializers.Serializer[object]):
    """What one person did of one kind at about one time; the latest five of it."""

    id = serializers.IntegerField()
    verb = ChoiceField(choices=Verb.choices)
    user = UserCardSerializer()
    count = serializers.IntegerField(min_value=1, help_text="How many there are in all.")
    items = FeedItemSerializer(many=True)
    at = serializers.DateTimeField()


_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def statement(media: str) -> str:
    """The groups of these ids as one text, for this reader.

    Left out is whom and what the reader does not find: people who are not there for them, movies that are not in the
    catalogue any more; and a group of which nothing is left.
    """

    def sql(text: str, row: str) -> str:
        return text.replace("{row}", row).replace("{media}", literal(media))

    item = (
        f"json_build_object('movie', a.movie, 'user', {sql(card_of('target_id'), 'a')},"
        f" 'target', {FEED_TARGET}, 'stars', a.half_stars / 2.0, 'at', {_TIME.format('a.created_at')})"
    )
    shown = (
        f"SELECT a.*, row_number() OVER (ORDER BY a.id DESC) AS place, count(*) OVER () AS count"
        f" FROM (SELECT a.*, {sql(LIVING_MOVIE_CARD, 'a')} AS movie FROM social_activity a"
        " LEFT JOIN accounts_user t ON t.id = a.target_id WHERE a.group_id = g.id AND a.shown"
        " AND (a.target_id IS NULL OR (t.is_active AND t.erase_after IS NULL"
        # Who follows a profile that is not public any more is not told; its owner knows.
        " AND (a.target_id = %(reader)s OR NOT EXISTS (SELECT FROM accounts_profile tp"
        " WHERE tp.user_id = a.target_id AND tp.profile_visibility <> 'public'))"
        " AND NOT EXISTS (SELECT FROM social_block b WHERE (b.blocker_id, b.blocked_id) IN"
        " ((a.target_id, %(reader)s), (%(reader)s, a.target_id))))) OFFSET 0) a"
        " WHERE a.movie_id IS NULL OR a.movie IS NOT NULL"
    )
    return (
        "SELECT string_agg(f.document, ',' ORDER BY f.id DESC) FROM ("
        f"SELECT g.id, json_build_object('id', g.id, 'verb', g.verb, 'user', {sql(card_of('actor_id'), 'g')},"
        f" 'count', i.count, 'items', i.items, 'at', {_TIME.format('g.opened_at')})::text AS document"
        " FROM social_activitygroup g CROSS JOIN LATERAL ("
        f"SELECT max(a.count) AS count, json_agg({item} ORDER BY a.id DESC) FILTER (WHERE a.place <= {MOST_ITEMS})"
        f" AS items FROM ({shown}) a) i WHERE g.id = ANY(%(ids)s) AND i.count > 0) f"
    )
