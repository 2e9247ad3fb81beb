"""What people write about movies and themselves: the API accepts as much as the column holds, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from accounts.api.serializers.account_input import AccountInputSerializer
from accounts.api.serializers.api_key import ApiKeyInputSerializer
from accounts.models import ApiKey, Profile
from social.api.serializers.comment import CommentInputSerializer
from social.api.serializers.entry import EntryInputSerializer
from social.api.serializers.movie_list import CopyInputSerializer, ItemInputSerializer, ListInputSerializer
from social.api.serializers.play import PlayInputSerializer
from social.api.serializers.report import ReportInputSerializer
from social.api.serializers.review import ReviewInputSerializer
from social.models import Comment, LibraryEntry, ListItem, MovieList, Play, Report, Review

PAIRS: tuple[tuple[type[Any], type[models.Model], tuple[str, ...]], ...] = (
    (ReviewInputSerializer, Review, ("body",)),
    (CommentInputSerializer, Comment, ("body",)),
    (EntryInputSerializer, LibraryEntry, ("note", "tags")),
    (PlayInputSerializer, Play, ("note", "place", "source_key")),
    (ListInputSerializer, MovieList, ("title", "description")),
    (CopyInputSerializer, MovieList, ("title",)),
    (ItemInputSerializer, ListItem, ("note",)),
    (ReportInputSerializer, Report, ("note",)),
    (ApiKeyInputSerializer, ApiKey, ("name",)),
    (AccountInputSerializer, Profile, ("display_name", "bio", "location")),
)


@pytest.mark.parametrize(("serializer", "model", "name"), [(a, b, name) for a, b, names in PAIRS for name in names])
def test_input_and_column_have_one_length(serializer: type[Any], model: type[models.Model], name: str) -> None:
    field: Any = serializer().fields[name]
    column: Any = model._meta.get_field(name)
    if name == "tags":
        field, column = field.child, column.base_field

    assert field.max_length == column.max_length
