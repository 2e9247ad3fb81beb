"""The registry of user data knows every key to a user that there is, of any app."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from accounts.models import User
from watchly.common.user_data import Erase, registered


def keys_to_a_user() -> set[tuple[str, str]]:
    """Every foreign key to User among the installed apps, tables that Django makes for many-to-many fields included."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model is User and not model._meta.proxy:
                found.add((model._meta.label, field.name))
    return found


def test_every_foreign_key_to_a_user_is_registered() -> None:
    known = {(entry.model_class._meta.label, entry.field) for entry in registered()}
    assert keys_to_a_user() - known == set(), "Say in the app's apps.py how it is exported and erased."
    assert ("accounts.User_groups", "user") in keys_to_a_user()  # the search finds what Django makes


def test_every_entry_is_about_a_field_that_there_is() -> None:
    for entry in registered():
        fields = {name for field in entry.model_class._meta.concrete_fields for name in (field.name, field.attname)}
        assert entry.field in fields, entry
        assert set(entry.media) <= fields, entry


def test_what_is_forgotten_can_be() -> None:
    for entry in registered():
        if entry.erase is Erase.FORGET:
            assert entry.model_class._meta.get_field(entry.field).null, entry


def test_what_is_kept_refers_to_the_row_of_an_anonymous_user_or_is_a_number() -> None:
    """A key that Django would delete along with the user is not kept by keeping quiet about it."""
    kept = [entry for entry in registered() if entry.erase is Erase.KEEP and entry.model_class is not User]
    assert {entry.model for entry in kept} >= {"admin.LogEntry", "common.AuditEvent", "movies.Change"}
    for entry in kept:
        field = entry.model_class._meta.get_field(entry.field)
        assert isinstance(field, models.ForeignKey | models.BigIntegerField), entry
