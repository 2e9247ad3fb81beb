"""Texts of people and files: one cleaning at every entry of every app."""

from __future__ import annotations

import unicodedata
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, models
from rest_framework import serializers
from rest_framework.test import APIClient

from movies.importers.record import Refused
from movies.importers.watchly import clean_object
from movies.tests.factories import MovieFactory
from social.models import LibraryEntry
from social.services.prose import render
from watchly.api.fields import TextField
from watchly.api.input import StrictSerializer
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.form_texts import LineFormField, ProseFormField
from watchly.common.texts import count_words, is_visible, normalized, one_line, paragraphs
from watchly.tests.fixtures import MakeUser

INVISIBLE = ["\u200b", "\u200d\u200d", "\u2060 \ufeff", "\u202e", "\u00ad", "\u3164", "\u2800", "\ufe0f", "\U000e0041"]
NFD, NFC = unicodedata.normalize("NFD", "Café Amélie"), "Café Amélie"


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_text_that_nobody_sees_is_empty(text: str) -> None:
    assert (is_visible(text), normalized(text), one_line(text), paragraphs(text)) == (False, "", "", "")


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (f"  {NFD}\n", NFC),
        ("The\u202e Matrix\u202c", "The Matrix"),
        ("Al\u200bie\ufeffn\u00ad", "Alien"),
        ("Al\u200dien", "Alien"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚀 up", "👩\u200d🚀 up"),
        ("❤️", "❤️"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("two\r\nlines\u2028three", "two lines three"),
        ("שלום\u200f", "שלום"),
    ],
)
def test_a_line_has_only_what_is_seen(written: str, line: str) -> None:
    assert one_line(written) == line
    assert one_line(line) == line


def test_prose_keeps_its_lines_and_marks() -> None:
    assert paragraphs(f" {NFD}\r\n\r\nשלום\u200f!\u202e \x07") == f"{NFC}\n\nשלום\u200f!"
    assert paragraphs("a\tb") == "a\tb"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("हिन्दी में लिखा हुआ", 4), ("தமிழ் படம்", 2), (NFD, 2), ("עִבְרִית טוֹבָה", 2), ("Don't panic", 2), ("七人の侍", 4),
        ("한국", 2), ("", 0),
    ],
)  # fmt: skip
def test_marks_do_not_split_words(text: str, words: int) -> None:
    assert count_words(text) == render(text).words == words


# Passwords and codes are taken as they are, and words that are looked up are compared with what there is.
EXEMPT = {
    "password", "current_password", "new_password", "username", "identifier", "refresh", "token", "code", "url",
    "time_zone", "ordering", "query", "types", "email",
}  # fmt: skip


def _serializers(base: type[Any]) -> list[type[Any]]:
    return [each for one in base.__subclasses__() for each in (one, *_serializers(one))]


def _fields(field: Any) -> Any:
    while isinstance(field, serializers.ListField):
        field = field.child
    return field


def test_every_text_of_every_input_is_cleaned() -> None:
    import_module("watchly.urls")
    left = [
        f"{serializer.__name__}.{name}"
        for serializer in _serializers(StrictSerializer)
        for name, field in serializer().fields.items()
        if type(_fields(field)) is serializers.CharField and not field.read_only and name not in EXEMPT
    ]
    assert left == []


def test_every_text_of_every_admin_form_is_cleaned() -> None:
    from django.contrib import admin

    seen = 0
    for model, page in admin.site._registry.items():
        if not isinstance(page, BackOfficeAdmin):
            continue
        for field in model._meta.concrete_fields:
            wanted = {models.CharField: LineFormField, models.TextField: ProseFormField}.get(type(field))
            if wanted and field.editable and not field.choices:
                seen += 1
                assert isinstance(page.formfield_for_dbfield(field, None), wanted), field
    assert seen > 20


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["\u200b\u2060", "\u3164"])
def test_invisible_texts_are_refused_at_every_entry(make_user: MakeUser, text: str) -> None:
    client = APIClient()
    client.force_authenticate(make_user(is_superuser=True))
    movie = MovieFactory.create()
    for path, body in (
        ("/api/movies", {"title": text}),
        ("/api/movies", {"title": "A", "directors": [text]}),
        (f"/api/movies/{movie.pk}/reviews", {"body": text}),
        ("/api/lists", {"title": text}),
        ("/api/me/keys", {"name": text, "scopes": ["read"]}),
    ):
        response = client.post(path, body)
        assert response.status_code == 400, (path, body, response.content)
        assert response.json()["errors"][0]["code"] in ("blank", "required"), response.content
    with pytest.raises(Refused, match="no title"):
        clean_object({"title": text}, this_year=2026)


@pytest.mark.django_db
def test_two_ways_to_write_a_tag_are_one_tag(make_user: MakeUser) -> None:
    client = APIClient()
    user = make_user()
    client.force_authenticate(user)
    movie = MovieFactory.create()

    client.patch(f"/api/movies/{movie.pk}/me", {"tags": [NFD, NFC, f"{NFC}\u200b"]})

    assert LibraryEntry.objects.get(user=user).tags == [NFC]
    for tag in (NFD, NFC):
        assert client.get("/api/me/library", {"my_tag": tag}).json()["count"] == 1


@pytest.mark.django_db
def test_stored_tags_are_normalized(make_user: MakeUser) -> None:
    tags = [NFD, "x", NFC.upper(), NFC]
    entry = LibraryEntry.objects.create(user=make_user(), movie=MovieFactory.create(), tags=tags, revision=1)
    migration: Any = import_module("social.migrations.0012_tags_in_nfc")

    with connection.cursor() as cursor:
        cursor.execute(migration._NORMALIZE)

    entry.refresh_from_db()
    assert entry.tags == [NFC, "x"]


def test_text_fields_leave_nul_to_its_validator() -> None:
    with pytest.raises(serializers.ValidationError, match="Null"):
        TextField().run_validation("a\x00b")
