"""Imports of catalogue files."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples
from movies.api.views.imports import ImportRequestSerializer, ImportRunSerializer, ImportRunViewSet, ImportView
from watchly.api.operations import MULTIPART, Answer, Body, Operation, document

TAG = "imports"
_UPLOAD: dict[str, Any] = {"file": "(binary)", "preview": True}

document(
    ImportView,
    post=Operation(
        id="importMovies",
        tag=TAG,
        summary="Take in a file of movies",
        description="The file is kept and taken in by a job: follow `Location`. With `preview` the job says what would "
        "change and waits for `start`. Needs the permission to import.",
        body={MULTIPART: Body(shape=ImportRequestSerializer, examples={"preview": _UPLOAD})},
        answers=(
            Answer(
                status=202,
                says="The import waits for its turn.",
                shape=ImportRunSerializer,
                example=examples.WAITING,
                headers=("Location",),
            ),
        ),
        problems=("unknown_format",),
        idempotent=True,
    ),
)
document(
    ImportRunViewSet,
    retrieve=Operation(
        id="getImport",
        tag=TAG,
        summary="Read what became of an import",
        description="Its state, how far it is, what it did, and the first hundred rows it refused.",
        answers=(
            Answer(says="The import.", shape=ImportRunSerializer, example=examples.RUN, headers=("Cache-Control",)),
        ),
        problems=("not_found",),
    ),
    start=Operation(
        id="startImport",
        tag=TAG,
        summary="Carry out a previewed import",
        answers=(
            Answer(
                status=202,
                says="The import waits for its turn.",
                shape=ImportRunSerializer,
                example=examples.WAITING,
                headers=("Location",),
            ),
        ),
        problems=("not_found", "not_previewed"),
    ),
    cancel=Operation(
        id="cancelImport",
        tag=TAG,
        summary="Stop an import",
        description="At its next batch; what it has written stays.",
        answers=(Answer(says="The import.", shape=ImportRunSerializer, example=examples.RUN | {"state": "cancelled"}),),
        problems=("not_found", "import_over"),
    ),
)
