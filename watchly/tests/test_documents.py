"""The compiler knows a closed list and refuses the rest at start-up."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework import serializers

from accounts.models import User
from watchly.api.documents import Document, literal


def _document(**fields: serializers.Field[Any, Any, Any, Any]) -> Document:
    meta = type("Meta", (), {"model": User, "fields": tuple(fields)})
    return Document(type("SomeSerializer", (serializers.ModelSerializer,), {"Meta": meta, **fields}))


@pytest.mark.parametrize(
    ("field", "says"),
    [
        (serializers.SlugRelatedField(slug_field="username", read_only=True, source="username"), "SlugRelatedField"),
        (serializers.IPAddressField(source="profile.address"), "not one column"),
        (serializers.CharField(source="nickname"), "no column 'nickname'"),
    ],
)
def test_an_unknown_field_is_refused_by_name(field: Any, says: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=says) as error:
        _document(name=field)
    assert "SomeSerializer.name" in str(error.value)


def test_too_many_keys_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="at most 50"):
        _document(**{f"f{n}": serializers.CharField(source="username") for n in range(51)}).expression()


def test_variants_are_compiled_once() -> None:
    document = _document(username=serializers.CharField(), email=serializers.CharField())
    assert document.expression(("email",)) is document.expression(("email",))
    assert "username" not in document.expression(("email",))


def test_a_literal_is_quoted() -> None:
    assert literal("it's") == "'it''s'"
