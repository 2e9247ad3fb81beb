"""Genres and tags in input: by id, slug or name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django.db import models
from rest_framework import serializers

from movies.models import Genre, Tag
from movies.services.vocabulary import genre_named, tag_named, unknown_genre
from watchly.api.input import unknown, whole


class NamedField(serializers.Field[Any, Any, Any, Any]):
    """A genre or tag: its id, its slug, its name, or an object that holds one of them (as documents give it out)."""

    model: type[Genre] | type[Tag]
    default_error_messages = {"form": "Give an id, a slug, a name, or an object with one of them."}

    def to_internal_value(self, data: Any) -> models.Model:
        if isinstance(data, Mapping):
            data = self._held(data)
        data = whole(data)
        if isinstance(data, bool) or not isinstance(data, int | str) or data == "":
            self.fail("form")
        if isinstance(data, str):
            if "\x00" in data:
                self.fail("form")
            return self.named(data.strip())
        found = self.model._default_manager.filter(pk=data).first() if 0 < data < 2**31 else None
        return found or self.refuse(f"There is no {self.model._meta.verbose_name} with the id {str(data)[:40]}.")

    def named(self, name: str) -> models.Model:
        """The row of this slug or name, or a refusal."""
        raise NotImplementedError

    def refuse(self, detail: str) -> NoReturn:
        """Raises ValidationError."""
        raise serializers.ValidationError(detail, code="unknown")

    def _held(self, data: Mapping[str, Any]) -> Any:
        """What an object names: its id before its slug before its name."""
        kinds: dict[str, type[Any]] = {"id": int, "slug": str, "name": str}
        errors = {str(key): unknown(str(key), kinds, "field") for key in data if key not in kinds}
        if errors:
            raise serializers.ValidationError(errors)
        held = [(whole(data[key]), kind) for key, kind in kinds.items() if data.get(key) is not None]
        if not all(isinstance(value, kind) for value, kind in held):
            self.fail("form")
        return held[0][0] if held else None

    def to_representation(self, value: Any) -> Any:
        return value.slug


class GenreField(NamedField):
    """A genre, by any word for it (`Sci-Fi` is Science Fiction). Only staff add genres to the vocabulary."""

    model = Genre

    def named(self, name: str) -> models.Model:
        return genre_named(name) or self.refuse(unknown_genre(name))


class TagField(NamedField):
    """A tag, which is made if there is none of this name."""

    model = Tag

    def named(self, name: str) -> models.Model:
        return tag_named(name) or self.refuse(f"A tag has at most {Tag._meta.get_field('name').max_length} characters.")
