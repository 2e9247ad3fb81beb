"""Merging and splitting people."""

from __future__ import annotations

from movies.api.documentation import examples
from movies.api.serializers.people_merging import PersonMergeInputSerializer, PersonSplitInputSerializer
from movies.api.serializers.person import PersonSerializer
from movies.api.views.people_merging import PersonMergeViewSet
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "people"
_VERSIONED = ("ETag", "Cache-Control")
_SPLIT = {"credits": [2144], "born": 1969, "imdb_id": "nm2588606"}

document(
    PersonMergeViewSet,
    merge=Operation(
        id="mergePerson",
        tag=TAG,
        summary="Merge a person into another",
        description="`into` stays and gets the credits of this person, and the biography, years and external ids that "
        "it lacks. A credit that both have remains once. The address of this person answers 308 from then on; searches "
        "and imports that use this person's name or ids find the one who stays. `unmerge` undoes the merge. Merging a "
        "person back into the one they were split off undoes the split. Needs the curator role.",
        body={JSON: Body(shape=PersonMergeInputSerializer, examples={"same person": {"into": 950}})},
        answers=(
            Answer(
                says="The person who stays.",
                shape=PersonSerializer,
                example=examples.PERSON | {"id": 950},
                headers=_VERSIONED,
            ),
        ),
        problems=("not_found", "merged", "conflict"),
        idempotent=True,
    ),
    unmerge=Operation(
        id="unmergePerson",
        tag=TAG,
        summary="Undo the merge of a person",
        description="Both people are as they were before the merge; credits that were added to the other one or edited "
        "there since stay there. The id is that of the person who was merged. Needs the curator role.",
        answers=(
            Answer(says="The person who is back.", shape=PersonSerializer, example=examples.PERSON, headers=_VERSIONED),
        ),
        problems=("not_found", "not_merged", "conflict"),
        idempotent=True,
    ),
    split=Operation(
        id="splitPerson",
        tag=TAG,
        summary="Split a person in two",
        description="For one row that holds the credits of two people with the same name. Creates a person and moves "
        "the given credits to them. At least one credit must stay. Needs the curator role.",
        body={JSON: Body(shape=PersonSplitInputSerializer, examples={"homonyms": _SPLIT})},
        answers=(
            Answer(
                status=201,
                says="The new person.",
                shape=PersonSerializer,
                example=examples.PERSON,
                headers=(*_VERSIONED, "Location"),
            ),
        ),
        problems=("not_found", "merged", "duplicate", "invalid"),
        idempotent=True,
    ),
)
