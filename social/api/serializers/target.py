"""What a line of the feed or of the inbox is about, with what is needed to draw it."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from social.models import Comment, MovieList, Notification, Review
from watchly.api.fields import ChoiceField, SqlField

KINDS: Final = ("review", "comment", "list", "movie", "play", "user", "import")
_LONGEST = 300  # characters of a comment

# Over `t`, a kind and an id. The words of a review, comment or list are given where `{seen}` holds, and those of a
# spoiler never.
_SHOWN: Final = (
    "json_build_object('kind', t.kind, 'id', t.id,"
    " 'title', (SELECT l.title FROM social_movielist l WHERE t.kind = 'list' AND l.id = t.id AND {seen_list}),"
    " 'excerpt', CASE t.kind WHEN 'review' THEN (SELECT CASE WHEN NOT r.spoiler THEN r.excerpt END"
    " FROM social_review r WHERE r.id = t.id AND {seen_review})"
    f" WHEN 'comment' THEN (SELECT left(c.body, {_LONGEST}) FROM social_comment c"
    " WHERE c.id = t.id AND {seen_comment}) END,"
    " 'spoiler', (SELECT r.spoiler FROM social_review r WHERE t.kind = 'review' AND r.id = t.id))"
)
_SEEN = "{row}.moderation = 'visible' AND {row}.visibility <> 'private'"
# What an activity is about: its follower sees what is not private and not held back.
FEED_TARGET: Final = (
    "(SELECT "
    + _SHOWN.replace("{seen_list}", _SEEN.replace("{row}", "l"))
    .replace("{seen_review}", _SEEN.replace("{row}", "r"))
    .replace("{seen_comment}", "false")
    + " FROM (SELECT CASE a.verb WHEN 'reviewed' THEN 'review' WHEN 'listed' THEN 'list' WHEN 'watched' THEN 'play'"
    " WHEN 'followed' THEN 'user' END AS kind, coalesce(nullif(a.object_id, 0), a.target_id) AS id) t"
    " WHERE t.kind IS NOT NULL AND t.id IS NOT NULL)"
)
# What a notification is about: its reader sees their own, and what is public and not held back.
_OPEN = "({row}.user_id = {line}.user_id OR ({row}.moderation = 'visible' AND {row}.visibility = 'public'))"
_NOTIFIED = (
    "(SELECT "
    + _SHOWN.replace("{seen_list}", _OPEN.replace("{row}", "l"))
    .replace("{seen_review}", _OPEN.replace("{row}", "r"))
    .replace("{seen_comment}", "c.user_id = {line}.user_id")
    + " FROM (SELECT split_part({line}.about, ':', 1) AS kind, split_part({line}.about, ':', 2)::bigint AS id"
    " WHERE {line}.about ~ '^[a-z]+:[0-9]+$') t)"
).replace("{line}", "{row}")


class TargetSerializer(serializers.Serializer[Any]):
    """What something is about. Words are null for other kinds, and where the reader may not see them."""

    kind = ChoiceField(choices=KINDS)
    id = serializers.IntegerField()
    title = serializers.CharField(allow_null=True, help_text="Of a list.")
    excerpt = serializers.CharField(allow_null=True, help_text="Of a review without spoilers, or of a comment.")
    spoiler = serializers.BooleanField(allow_null=True, help_text="Whether a review gives the story away.")


def _notified(line: Notification) -> dict[str, Any] | None:
    if not line.about:
        return None
    kind, _, pk = line.about.partition(":")
    found: dict[str, Any] = {"kind": kind, "id": int(pk), "title": None, "excerpt": None, "spoiler": None}

    def seen(row: Review | MovieList) -> bool:
        return row.user_id == line.user_id or (row.moderation == "visible" and row.visibility == "public")

    if kind == "list" and (movie_list := MovieList.objects.filter(pk=pk).first()) and seen(movie_list):
        found["title"] = movie_list.title
    if kind == "review" and (review := Review.objects.filter(pk=pk).first()):
        found["spoiler"] = review.spoiler
        found["excerpt"] = review.excerpt if seen(review) and not review.spoiler else None
    if kind == "comment" and (comment := Comment.objects.filter(pk=pk, user=line.user_id).first()):
        found["excerpt"] = comment.body[:_LONGEST]
    return found


def notified_field() -> SqlField:
    """The target of a notification, or null."""
    return SqlField(_NOTIFIED, output=TargetSerializer(allow_null=True), python=_notified)
