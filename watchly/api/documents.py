"""Documents: read serializers compiled, once, into constant SQL that renders their JSON in PostgreSQL.

A serializer opts in by `Document(SerializerClass)`. It stays the contract: drf-spectacular documents it, DRF can render
it, and a test holds both renderings equal. The compiler knows a closed list of fields and refuses any other when the
document is made, that is, at start-up:

- Boolean, Integer, Float, Decimal, Char (and Slug, URL, Choice), Date and DateTime fields over a column of the row;
- ListField over an array column, JSONField over a json column, MediaUrlField, SqlField;
- nested serializers, one level deep, over a foreign key or a to-many relation, ordered as their `Meta.ordering` says.

Only `json_build_object` and `json_agg`: jsonb would reorder keys, and the SQL/JSON constructors are absent in
PostgreSQL 15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from rest_framework import serializers

from watchly.api.addresses import media_prefix
from watchly.api.fields import MediaUrlField, SqlField
from watchly.api.viewer import VIEWER, expansions_of

_DATETIME = """to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_PLAIN = (
    serializers.BooleanField,
    serializers.IntegerField,
    serializers.FloatField,
    serializers.DecimalField,
    serializers.CharField,
    serializers.ChoiceField,
    serializers.DateField,
    serializers.ListField,
    serializers.JSONField,
)
_MOST_KEYS = 50  # a PostgreSQL function takes at most 100 arguments
_VARIANTS = 256


def literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


class Document:
    """The SQL of one read serializer.

    `expand` adds what a reader may embed: a name to a serializer field, compiled like the serializer's own. What
    viewers may embed besides (`watchly.api.viewer`) hangs on what `viewed` names: a model, and the row's column of its
    id.
    """

    _embeds: ClassVar[dict[type[Any], list[Document]]] = {}

    def __init__(
        self,
        serializer_class: type[serializers.ModelSerializer[Any]],
        *,
        expand: Mapping[str, serializers.Field[Any, Any, Any, Any]] | None = None,
        viewed: tuple[str, str] | None = None,
    ) -> None:
        self.serializer_class = serializer_class
        self.model: type[models.Model] = serializer_class.Meta.model
        self.table = self.model._meta.db_table
        serializer = serializer_class()
        self._keys = {name: self._compile(name, field) for name, field in serializer.fields.items()}
        self._expansions: dict[str, str] = {}
        for name, field in (expand or {}).items():
            field.bind(name, serializer)
            self._expansions[name] = self._compile(name, field)
        self.expansion_fields = dict(expand or {})
        self._viewed, self._viewed_id = viewed or ("", "")
        self._embeds.setdefault(serializer_class, []).append(self)
        self.expression = lru_cache(maxsize=_VARIANTS)(self._expression)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names that `fields=` may pick."""
        return tuple(self._keys)

    @property
    def expansions(self) -> tuple[str, ...]:
        """The names that `expand=` may embed."""
        return (*self._expansions, *expansions_of(self._viewed))

    def personal(self, expand: Iterable[str]) -> bool:
        """Whether one of these names is about the caller, so that the statement takes their id as `viewer`."""
        return not expansions_of(self._viewed).keys().isdisjoint(expand)

    @classmethod
    def embedded(cls, serializer_class: type[Any]) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """What may be embedded in what this serializer shows, for the documentation."""
        found: dict[str, serializers.Field[Any, Any, Any, Any]] = {}
        for document in (each for base in serializer_class.__mro__ for each in cls._embeds.get(base, ())):
            found |= document.expansion_fields
            found |= {name: entry.output() for name, entry in expansions_of(document._viewed).items()}
        return found

    def _expression(self, fields: tuple[str, ...] = (), expand: tuple[str, ...] = ()) -> str:
        """The SQL expression of one row's document as text, over the alias `d`: all fields or the picked ones."""
        chosen = {name: self._keys[name] for name in (fields or self._keys)}
        chosen.update({name: self._expansions[name] for name in expand if name in self._expansions})
        for name, entry in expansions_of(self._viewed).items():
            if name in expand:
                chosen[name] = entry.sql.replace("{id}", f"d.{self._viewed_id}").replace("{viewer}", VIEWER)
        return f"{build_object(chosen)}::text"

    def rows(self, ids: str, *, fields: tuple[str, ...] = (), expand: tuple[str, ...] = (), columns: str = "") -> str:
        """The statement that gives the documents of the ids that the SQL `ids` selects, in its order.

        `ids` selects one column, `id`.
        """
        return (
            f"SELECT {columns}{self.expression(fields, expand)} FROM "
            f"(SELECT id, row_number() OVER () AS place FROM ({ids}) ids) page "
            f"JOIN {self.table} d ON d.id = page.id ORDER BY page.place"
        )

    def _compile(self, name: str, field: Any) -> str:
        try:
            return compile_field(field, self.model, "d", nested=True)
        except ImproperlyConfigured as error:
            raise ImproperlyConfigured(f"{self.serializer_class.__name__}.{name}: {error}") from None


def build_object(keys: Mapping[str, str]) -> str:
    """`json_build_object` over these keys and expressions."""
    if len(keys) > _MOST_KEYS:
        raise ImproperlyConfigured(f"A document has at most {_MOST_KEYS} keys, this one has {len(keys)}.")
    return "json_build_object(" + ", ".join(f"{literal(key)}, {value}" for key, value in keys.items()) + ")"


def compile_field(field: Any, model: type[models.Model], row: str, *, nested: bool) -> str:
    """The SQL of one serializer field over a row of `model` under the alias `row`. Refuses what is not on the list."""
    if isinstance(field, SqlField):
        return field.sql.replace("{row}", row).replace("{media}", literal(media_prefix()))
    if isinstance(field, serializers.ListSerializer):
        return _many(field, model, row, nested)
    if isinstance(field, serializers.ModelSerializer):
        return _one(field, model, row, nested)
    column = _column(field, model, row)
    if isinstance(field, MediaUrlField):
        return f"({literal(media_prefix())} || {column})"
    if isinstance(field, serializers.DateTimeField):
        return _DATETIME.format(column=column)
    if isinstance(field, _PLAIN):
        return column
    raise ImproperlyConfigured(
        f"a document knows no {type(field).__name__}: use a field of the closed list, or an SqlField with its own SQL"
    )


def _column(field: Any, model: type[models.Model], row: str) -> str:
    if len(field.source_attrs) != 1:
        raise ImproperlyConfigured(
            f"source {field.source!r} is not one column of {model._meta.db_table}: use an SqlField"
        )
    name = field.source_attrs[0]
    for column in model._meta.concrete_fields:
        if name in (column.name, column.attname):
            return f'{row}."{column.column}"'
    raise ImproperlyConfigured(f"{model._meta.db_table} has no column {name!r}: use an SqlField")


def _relation(field: Any, model: type[models.Model], nested: bool) -> Any:
    if not nested:
        raise ImproperlyConfigured("documents nest one level deep: use an SqlField for what is below that")
    return model._meta.get_field(field.source_attrs[0])


def _nested_object(serializer: Any, model: type[models.Model]) -> str:
    return build_object(
        {name: compile_field(child, model, "n", nested=False) for name, child in serializer.fields.items()}
    )


def _one(field: Any, model: type[models.Model], row: str, nested: bool) -> str:
    relation = _relation(field, model, nested)
    target: type[models.Model] = relation.related_model
    return (
        f"(SELECT {_nested_object(field, target)} FROM {target._meta.db_table} n"
        f' WHERE n.{target._meta.pk.column} = {row}."{relation.column}")'  # type: ignore[union-attr]
    )


def _many(field: Any, model: type[models.Model], row: str, nested: bool) -> str:
    relation = _relation(field, model, nested)
    target: type[models.Model] = relation.related_model
    serializer = field.child
    ordering = getattr(serializer.Meta, "ordering", ("pk",))
    if relation.many_to_many:
        through = relation.remote_field.through._meta
        source = (
            f"{target._meta.db_table} n JOIN {through.db_table} t ON t.{relation.m2m_reverse_name()} = n.id"
            f" WHERE t.{relation.m2m_column_name()} = {row}.id"
        )
    else:
        source = f'{target._meta.db_table} n WHERE n."{relation.field.column}" = {row}.id'
    return (
        f"(SELECT coalesce(json_agg({_nested_object(serializer, target)} ORDER BY {_ordering(ordering, target)}),"
        f" '[]'::json) FROM {source})"
    )


def _ordering(names: Iterable[str], model: type[models.Model]) -> str:
    parts = []
    for name in names:
        bare = name.removeprefix("-")
        column = model._meta.pk.column if bare == "pk" else model._meta.get_field(bare).column  # type: ignore[union-attr]
        parts.append(f'n."{column}" {"DESC" if name.startswith("-") else "ASC"} NULLS LAST')
    return ", ".join(parts)
