"""Writing the catalogue: one movie, many movies."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension

from movies.api.documentation import examples
from movies.api.documentation.parts import PICTURE, REFUSED_PICTURES
from movies.api.multipart import NESTED, WORDS
from movies.api.serializers.movie import MovieSerializer
from movies.api.serializers.movie_input import MovieInputSerializer, PersonReferenceSerializer
from movies.api.serializers.vocabulary import NamedField
from movies.api.views.bulk import BulkAnswerSerializer, BulkView
from movies.api.views.movies import MovieViewSet
from movies.services.bulk import MOST_ITEMS
from watchly.api.operations import FORM, JSON, MULTIPART, Answer, Body, Operation, Schema, document
from watchly.api.parameters import ID

TAG = "movies"
_NAME = {"type": "string", "minLength": 1}
_VERSIONED = ("ETag", "Cache-Control")


class NamedFieldExtension(OpenApiSerializerFieldExtension):
    """Documents the four ways to name a genre or tag."""

    target_class = NamedField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        named = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {"id": {"type": "integer", "minimum": 1}, "slug": _NAME, "name": _NAME},
        }
        said = "An id, a slug, a name, or an object with one of them."
        return {"description": said, "anyOf": [{"type": "integer", "minimum": 1}, _NAME, named]}


class PersonReferenceExtension(OpenApiSerializerExtension):
    """Documents the three ways to name a person."""

    target_class = PersonReferenceSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> Schema:
        named: Schema = auto_schema._map_basic_serializer(self.target, direction)
        named |= {"additionalProperties": False, "minProperties": 1}
        said = named.pop("description")
        return {"description": said, "anyOf": [ID, {**_NAME, "maxLength": 300}, named]}


def _input(auto_schema: Any) -> Schema:
    """The schema of a movie's input itself, rather than a reference to it."""
    schema: Schema = auto_schema._map_serializer(MovieInputSerializer(), "request")
    return schema


def _form(auto_schema: Any) -> Schema:
    """The same fields in a form: lists are repeated, nested rows are JSON, and an empty field is an unknown one."""
    properties: Schema = {}
    for name, found in _input(auto_schema)["properties"].items():
        if found.get("readOnly"):
            continue
        said = {"description": found["description"]} if "description" in found else {}
        if name in NESTED:
            properties[name] = {"type": "string", "contentMediaType": JSON, "description": "A JSON list."}
        elif name in WORDS:
            properties[name] = {"type": "array", "items": {"type": "string"}, **said}
        else:
            properties[name] = {"type": "string", **said}
    properties["title"]["minLength"] = 1
    return {"type": "object", "required": ["title"], "additionalProperties": False, "properties": properties}


def _form_with_poster(auto_schema: Any) -> Schema:
    schema = _form(auto_schema)
    schema["properties"]["poster"] = PICTURE
    component: Schema = auto_schema.component("MovieForm", schema)
    return component


def _plain_form(auto_schema: Any) -> Schema:
    component: Schema = auto_schema.component("MoviePlainForm", _form(auto_schema))
    return component


def _bulk(auto_schema: Any) -> Schema:
    fields = _input(auto_schema)
    named: Schema = {
        "id": {**ID, "description": "Which movie."},
        "version": {"type": "integer", "minimum": 1, "description": "Refuse if the stored version differs."},
    }

    def item(op: str, required: list[str], properties: Schema) -> Schema:
        known = {"op": {"type": "string", "const": op}, **properties}
        schema = {
            "type": "object",
            "additionalProperties": False,
            "required": ["op", *required],
            "properties": known,
        }
        reference: Schema = auto_schema.component(f"Bulk{op.capitalize()}", schema)
        return reference

    facts = fields["properties"]
    writable = {name: found for name, found in facts.items() if not found.get("readOnly")}
    items = [
        item("create", ["title"], writable),
        item("update", ["id"], {**{name: f for name, f in facts.items() if name != "id"}, **named}),
        item("delete", ["id"], named),
    ]
    mapping = {found["$ref"].rpartition("Bulk")[2].lower(): found["$ref"] for found in items}
    schema = {
        "type": "object",
        "description": f"At most {MOST_ITEMS} items, all or nothing (`atomic`) or each for itself (`partial`).",
        "additionalProperties": False,
        "required": ["items"],
        "properties": {
            "mode": {"type": "string", "enum": ["atomic", "partial"], "default": "atomic"},
            "items": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ITEMS,
                "items": {"oneOf": items, "discriminator": {"propertyName": "op", "mapping": mapping}},
            },
        },
    }
    component: Schema = auto_schema.component("Bulk", schema)
    return component


_WRITE_PROBLEMS = ("moved", "not_found", "gone", "duplicate", "conflict")
_WRITTEN = Answer(
    says="The movie as it is stored now.", shape=MovieSerializer, example=examples.MOVIE, headers=_VERSIONED
)

document(
    MovieViewSet,
    create=Operation(
        id="createMovie",
        tag=TAG,
        summary="Add a movie",
        description="As JSON, or as a form that may carry the poster. Needs the curator role. Tags, people, companies "
        "and collections that nobody knows yet are made; genres are not.",
        body={
            JSON: Body(shape=MovieInputSerializer, examples={"heat": examples.INPUT}),
            MULTIPART: Body(shape=_form_with_poster, examples={"heat": examples.FORM_INPUT}),
            FORM: Body(shape=_plain_form, examples={"heat": examples.FORM_INPUT}),
        },
        answers=(
            Answer(
                status=201,
                says="The movie.",
                shape=MovieSerializer,
                example=examples.MOVIE,
                headers=("Location", *_VERSIONED),
            ),
        ),
        problems=("duplicate", "conflict", *REFUSED_PICTURES),
        idempotent=True,
    ),
    update=Operation(
        id="replaceMovie",
        tag=TAG,
        summary="Replace a movie",
        description="A fact that is left out becomes unknown; a relation that is left out stays as it is. What was "
        "read can be sent back as it was. Needs the curator role.",
        body={JSON: Body(shape=MovieInputSerializer, examples={"heat": examples.INPUT})},
        answers=(_WRITTEN,),
        problems=_WRITE_PROBLEMS,
        versioned=True,
    ),
    partial_update=Operation(
        id="changeMovie",
        tag=TAG,
        summary="Change some fields of a movie",
        description="What is left out stays. A relation that is given is set whole. Needs the curator role.",
        body={JSON: Body(shape=MovieInputSerializer, examples={"runtime": {"runtime": 170}})},
        answers=(_WRITTEN,),
        problems=_WRITE_PROBLEMS,
        versioned=True,
    ),
    destroy=Operation(
        id="withdrawMovie",
        tag=TAG,
        summary="Withdraw a movie from the catalogue",
        description="It is gone from the catalogue (410) and stays in the library, history and export of everyone who "
        "recorded it. Needs the curator role.",
        query={
            "reason": {"type": "string", "description": "Why; kept, at most 300 characters.", "example": "A double"}
        },
        answers=(Answer(status=204, says="It is withdrawn."),),
        problems=("merged", "not_found", "gone"),
        versioned=True,
    ),
)

_BULK_EXAMPLE: dict[str, Any] = {
    "mode": "partial",
    "items": [
        {"op": "create", "title": "Heat", "year": 1995},
        {"op": "update", "id": 949, "version": 3, "runtime": 170},
        {"op": "delete", "id": 950},
    ],
}
_DONE = {"results": [{"op": "create", "status": 201, "id": 951}, {"op": "update", "status": 200, "id": 949}]}
_PARTLY = {
    "results": [
        {"op": "create", "status": 201, "id": 951},
        {
            "op": "delete",
            "status": 404,
            "id": 950,
            "code": "not_found",
            "detail": "There is no movie 950.",
            "errors": [],
        },
    ]
}

document(
    BulkView,
    post=Operation(
        id="writeMovies",
        tag=TAG,
        summary="Create, update and withdraw many movies in one call",
        description="`atomic` does all or nothing: 422 with pointers such as `/items/3/year`. `partial` does what "
        "can be done: 207 with a result an item. Each item needs the permission that the same call alone would need.",
        body={JSON: Body(shape=_bulk, examples={"partial": _BULK_EXAMPLE})},
        answers=(
            Answer(says="All of it is done.", shape=BulkAnswerSerializer, example=_DONE),
            Answer(status=207, says="What became of each item.", shape=BulkAnswerSerializer, example=_PARTLY),
        ),
        problems=(("invalid", 422),),
        idempotent=True,
    ),
)
