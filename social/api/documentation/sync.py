"""What a client needs to hold the same library."""

from __future__ import annotations

from typing import Any

from social.api.documentation import examples
from social.api.serializers.change import LastActivitiesSerializer, OwnChangeSerializer
from social.api.views.changes import ChangesView, LastActivitiesView
from social.services.changes import kinds
from watchly.api.operations import Answer, Operation, document
from watchly.api.pages import LARGEST_PAGE_SIZE

TAG = "library"
_AT = "2026-02-08T06:11:30.000000Z"


def _changes(schema: Any) -> dict[str, Any]:
    address = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "required": ["next", "previous", "cursor", "results"],
        "properties": {
            "next": {**address, "description": "What follows, if anything waits."},
            "previous": {"type": "null", "description": "There is no way back."},
            "cursor": {"type": "string", "description": "Where to go on the next time."},
            "results": {"type": "array", "items": _own_change(schema)},
        },
    }


def _own_change(schema: Any) -> dict[str, Any]:
    """One schema for each kind, told apart by `kind`: a generated client knows what `data` is."""
    common = schema._map_serializer(OwnChangeSerializer(), "response")
    mapping = {}
    for kind in kinds():
        data = schema.shape(kind.document().serializer_class, "response")
        properties = {
            **common["properties"],
            "kind": {"type": "string", "const": kind.name},
            "data": {"oneOf": [data, {"type": "null"}], "description": "The whole thing; null when it was deleted."},
        }
        said = f"A change of kind `{kind.name}`."
        name = "".join(word.capitalize() for word in kind.name.split("_")) + "Change"
        change = {"type": "object", "description": said, "required": [*properties], "properties": properties}
        mapping[kind.name] = schema.component(f"Own{name}", change)
    return schema.component(
        "OwnChange",
        {
            "description": "One thing of yours as it is now, or that it was deleted.",
            "oneOf": [*mapping.values()],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {name: refer["$ref"] for name, refer in mapping.items()},
            },
        },
    )


document(
    ChangesView,
    get=Operation(
        id="listChanges",
        tag=TAG,
        summary="Replay the changes of your things",
        description="Everything of yours in the order in which it last changed. Store what is there, let go of what is "
        "`deleted`, keep `cursor` and come back with it. Without a cursor: from nothing. What is gone is told for 90 "
        "days: an older cursor is 410 `resync_required`, and you begin from nothing.",
        query={
            "cursor": {"type": "string", "description": "The `cursor` of the last answer."},
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_PAGE_SIZE,
                "default": 100,
                "description": "At most how many.",
                "example": 100,
            },
        },
        answers=(
            Answer(
                says="The changes since.",
                shape=_changes,
                example={
                    "next": None,
                    "previous": None,
                    "cursor": "WzEyLDMxOCwiZW50cnkiLDk0OSwzMThd:Q2hhbmdlcw",
                    "results": [
                        {"kind": "play", "id": 17, "revision": 316, "deleted": True, "data": None},
                        {"kind": "entry", "id": 949, "revision": 318, "deleted": False, "data": examples.ENTRY},
                    ],
                },
            ),
        ),
        problems=("resync_required",),
        cached=True,
    ),
)
document(
    LastActivitiesView,
    get=Operation(
        id="getLastActivities",
        tag=TAG,
        summary="See when anything of yours last changed",
        description="One small answer that says whether it is worth asking for changes.",
        answers=(
            Answer(
                says="Your last revision, and the last change of each kind.",
                shape=LastActivitiesSerializer,
                example={
                    "revision": 318,
                    "kinds": {
                        "entry": {"changed_at": _AT, "removed_at": None},
                        "play": {"changed_at": "2026-02-08T06:10:00.000000Z", "removed_at": _AT},
                        "top_film": {"changed_at": None, "removed_at": None},
                    },
                },
            ),
        ),
        cached=True,
    ),
)
