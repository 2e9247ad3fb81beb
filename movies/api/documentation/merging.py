"""Merging movies."""

from __future__ import annotations

from movies.api.documentation import examples
from movies.api.serializers.merging import MergeInputSerializer
from movies.api.serializers.movie import MovieSerializer
from movies.api.views.merging import MergeViewSet
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "movies"
_VERSIONED = ("ETag", "Cache-Control")

document(
    MergeViewSet,
    merge=Operation(
        id="mergeMovie",
        tag=TAG,
        summary="Merge a movie into another",
        description="For two that are one film. `into` stays and gets what this one has and it lacks: credits, images, "
        "videos, titles, awards, facts, external ids, and what people have recorded. This one's addresses answer 308 "
        "from then on. Nothing is lost, and `unmerge` takes it back. `If-Match` is the version of this movie. Needs "
        "the curator role.",
        body={JSON: Body(shape=MergeInputSerializer, examples={"heat": {"into": 950}})},
        answers=(
            Answer(
                says="The movie that stays.",
                shape=MovieSerializer,
                example=examples.MOVIE | {"id": 950},
                headers=_VERSIONED,
            ),
        ),
        problems=("not_found", "merged", "survivor_hidden", "conflict"),
        versioned=True,
        idempotent=True,
    ),
    unmerge=Operation(
        id="unmergeMovie",
        tag=TAG,
        summary="Undo the merge of a movie",
        description="Both are as they were before the merge; what was added to the other one or edited there since "
        "stays there. The id is that of the movie that was merged. Needs the curator role.",
        answers=(
            Answer(says="The movie that is back.", shape=MovieSerializer, example=examples.MOVIE, headers=_VERSIONED),
        ),
        problems=("not_found", "not_merged", "conflict"),
        versioned=True,
        idempotent=True,
    ),
)
