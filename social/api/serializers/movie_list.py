"""Lists, what stands in them, and how both are said."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from movies.api.serializers.card import MOVIE_CARD, CreditedMovieSerializer, movie_card
from movies.models import Movie
from social.api.serializers.movie_card import MovieCardSerializer
from social.api.serializers.user import CardField, UserCardSerializer
from social.api.smart_lists import CATALOGUE, SOURCES, checked_rules
from social.models import LibraryEntry, ListItem, MovieList
from watchly.api.addresses import media_address
from watchly.api.documents import Document, compile_field
from watchly.api.fields import ChoiceField, LineField, ProseField, SqlField
from watchly.api.input import StrictSerializer
from watchly.common.visibility import Visibility

MOST_SHARED = 100  # movies of a list that a link opens
# The cover that was chosen, else the first of its movies that has a poster.
_COVER = (
    "(SELECT {media} || m.poster_path FROM movies_movie m WHERE m.id = coalesce({row}.cover_movie_id,"
    " (SELECT i.movie_id FROM social_listitem i JOIN movies_movie f ON f.id = i.movie_id"
    " WHERE i.list_id = {row}.id AND f.state = 'published' AND f.poster_path IS NOT NULL ORDER BY i.rank LIMIT 1))"
    " AND m.state = 'published')"
)


def _cover(movie_list: MovieList) -> str | None:
    if movie_list.cover_movie is not None:
        movie = movie_list.cover_movie
        return media_address(movie.poster_path) if movie.state == Movie.State.PUBLISHED else None
    items = movie_list.items.select_related("movie").order_by("rank")
    found = items.filter(movie__state=Movie.State.PUBLISHED, movie__poster_path__isnull=False).first()
    return media_address(found.movie.poster_path) if found is not None else None


class RulesSerializer(serializers.Serializer[Any]):
    """What a smart list is filled by."""

    source = ChoiceField(choices=SOURCES)  # type: ignore[assignment]  # a field, not the attribute of one
    query = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    ordering = serializers.CharField(allow_null=True)


class ListChangeSerializer(serializers.ModelSerializer[MovieList]):
    """A list among one's changes: without what its items, which are told of themselves, and others change."""

    user = CardField("user")
    rules = SqlField("{row}.rules", output=RulesSerializer(allow_null=True), python=lambda row: row.rules)
    cover_movie_id = serializers.IntegerField(allow_null=True)
    copied_from_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = MovieList
        fields: tuple[str, ...] = (
            "id", "user", "title", "description", "description_html", "ranked", "rules", "cover_movie_id",
            "visibility", "copied_from_id", "moderation", "moderation_reason", "version", "created_at", "edited_at",
            "updated_at",
        )  # fmt: skip


class ListSerializer(ListChangeSerializer):
    """A list. A smart one has `rules`, and no count of its own."""

    cover_url = SqlField(_COVER, output=serializers.CharField(allow_null=True), python=_cover)
    items_count = SqlField(
        "CASE WHEN {row}.rules IS NULL THEN {row}.items_count END",
        output=serializers.IntegerField(min_value=0, allow_null=True),
        python=lambda row: row.items_count if row.rules is None else None,
    )

    class Meta(ListChangeSerializer.Meta):
        fields = (*ListChangeSerializer.Meta.fields, "cover_url", "items_count", "filled_at")


class SharedListSerializer(ListSerializer):
    """A list that a link opened, with its first movies."""

    movies = SqlField(
        f"(SELECT coalesce(json_agg(i.card ORDER BY i.rank), '[]'::json) FROM (SELECT r.rank,"
        f" {MOVIE_CARD.replace('{row}', 'r')} AS card FROM social_listitem r"
        " JOIN movies_movie f ON f.id = r.movie_id AND f.state = 'published'"
        f" WHERE r.list_id = {{row}}.id ORDER BY r.rank LIMIT {MOST_SHARED}) i)",
        output=CreditedMovieSerializer(many=True),
        python=lambda row: [
            movie_card(item.movie)
            for item in row.items.filter(movie__state=Movie.State.PUBLISHED).order_by("rank")[:MOST_SHARED]
        ],
    )

    class Meta(ListSerializer.Meta):
        fields = (*ListSerializer.Meta.fields, "movies")


class ListItemSerializer(serializers.ModelSerializer[ListItem]):
    """A movie in a list, the first at position 1. What a smart list finds has no `id`, no `position`, no times; who
    added it is told those who keep the list."""

    id = serializers.IntegerField(allow_null=True)
    position = SqlField(
        "(SELECT count(*) FROM social_listitem o WHERE o.list_id = {row}.list_id AND o.rank <= {row}.rank)",
        output=serializers.IntegerField(min_value=1, allow_null=True),
        python=lambda item: ListItem.objects.filter(list=item.list_id, rank__lte=item.rank).count(),
    )
    movie = MovieCardSerializer(read_only=True)
    added_by: SqlField = SqlField("NULL", output=UserCardSerializer(allow_null=True), python=lambda item: None)
    created_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = ListItem
        fields: tuple[str, ...] = ("id", "position", "movie", "note", "added_by", "created_at", "updated_at")


class KeptItemSerializer(ListItemSerializer):
    """The same for those who keep the list."""

    added_by = CardField("added_by", allow_null=True)


def _order(item: ListItem) -> str:
    text = f"{item.rank:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class ListItemChangeSerializer(serializers.ModelSerializer[ListItem]):
    """A movie in a list, among one's changes. `order` is a decimal number as text: items stand from the lowest to the
    highest, and a move changes that of one."""

    list_id = serializers.IntegerField()
    movie = MovieCardSerializer(read_only=True)
    order = SqlField("trim_scale({row}.rank)::text", output=serializers.CharField(), python=_order)

    class Meta:
        model = ListItem
        fields = ("id", "list_id", "order", "movie", "note", "created_at", "updated_at")


def _filled(output: Any) -> SqlField:
    return SqlField("NULL", output=output, python=lambda row: None)


class FilledItemSerializer(serializers.ModelSerializer[Movie]):
    """A movie that a smart list found in the catalogue: in the shape of an item, without what an item has by hand."""

    id = _filled(serializers.IntegerField(allow_null=True))
    position = _filled(serializers.IntegerField(allow_null=True))
    movie = SqlField(
        "json_build_object(" + ", ".join(
            f"'{name}', {compile_field(field, Movie, '{row}', nested=False)}"
            for name, field in MovieCardSerializer().fields.items()
        ) + ")",
        output=MovieCardSerializer(),
        python=lambda movie: MovieCardSerializer(movie).data,
    )  # fmt: skip
    note = _filled(serializers.CharField(allow_null=True))
    added_by = _filled(UserCardSerializer(allow_null=True))
    created_at = _filled(serializers.DateTimeField(allow_null=True))
    updated_at = _filled(serializers.DateTimeField(allow_null=True))

    class Meta:
        model = Movie
        fields = ListItemSerializer.Meta.fields


class FilledEntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """The same, of one that it found in its owner's library."""

    id = _filled(serializers.IntegerField(allow_null=True))
    position = _filled(serializers.IntegerField(allow_null=True))
    movie = MovieCardSerializer(read_only=True)
    note = _filled(serializers.CharField(allow_null=True))
    added_by = _filled(UserCardSerializer(allow_null=True))
    created_at = _filled(serializers.DateTimeField(allow_null=True))
    updated_at = _filled(serializers.DateTimeField(allow_null=True))

    class Meta:
        model = LibraryEntry
        fields = ListItemSerializer.Meta.fields


LIST, SHARED_LIST, LIST_CHANGE, LIST_ITEM_CHANGE = (
    Document(each)
    for each in (
        ListSerializer,
        SharedListSerializer,
        ListChangeSerializer,
        ListItemChangeSerializer,
    )
)
LIST_ITEM, KEPT_ITEM = (
    Document(each, viewed=("movies.movie", "movie_id")) for each in (ListItemSerializer, KeptItemSerializer)
)
FILLED_ITEM = Document(FilledItemSerializer, viewed=("movies.movie", "id"))
FILLED_ENTRY = Document(FilledEntrySerializer, viewed=("movies.movie", "movie_id"))


class RulesInputSerializer(StrictSerializer):
    """A filter of the catalogue, or of one's library, that fills a list whenever it is read."""

    source = ChoiceField(  # type: ignore[assignment]  # a field, not the attribute of one
        choices=SOURCES, default=CATALOGUE
    )
    query = serializers.DictField(help_text="Filters as `GET movies` takes them, or `GET me/library` for a library.")
    ordering = serializers.CharField(required=False, allow_null=True, max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return checked_rules(source=attrs["source"], query=attrs["query"], ordering=attrs.get("ordering"))


class ListChangeInputSerializer(StrictSerializer):
    """What is to change of a list."""

    title = LineField(required=False, max_length=100)
    description = ProseField(required=False, allow_null=True, max_length=5_000, help_text="Markdown, without raw HTML.")
    ranked = serializers.BooleanField(required=False, help_text="Whether the places mean something.")
    visibility = ChoiceField(choices=Visibility.choices, required=False)
    rules = RulesInputSerializer(required=False, allow_null=True, help_text="They make it a smart list.")
    cover_movie_id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="The movie whose poster it shows."
    )


class ListInputSerializer(ListChangeInputSerializer):
    """A list, empty or smart. Without a visibility it has the one of your preferences."""

    title = LineField(max_length=100)


class CopyInputSerializer(StrictSerializer):
    """What the copy has of its own."""

    title = LineField(required=False, max_length=100)
    visibility = ChoiceField(choices=Visibility.choices, required=False)


class ItemChangeInputSerializer(StrictSerializer):
    """Where an item goes, and what is said of it there."""

    position = serializers.IntegerField(
        required=False, min_value=1, max_value=1_000_000, help_text="1 is the first; past the last is the end."
    )
    note = ProseField(required=False, allow_null=True, max_length=2_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise ValidationError([ErrorDetail("Give position or note.", code="required")])
        return attrs


class ItemInputSerializer(StrictSerializer):
    """A movie for a list; without a position it comes to its end."""

    movie_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    position = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    note = ProseField(required=False, allow_null=True, max_length=2_000)
