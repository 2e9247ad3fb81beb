"""Reading people."""

from __future__ import annotations

from movies.api.documentation import examples
from movies.api.serializers.person import PersonCreditSerializer, PersonSerializer
from movies.api.views.people import PersonCreditViewSet, PersonViewSet
from watchly.api.operations import Answer, Operation, document

PEOPLE = "people"

document(
    PersonViewSet,
    list=Operation(
        id="listPeople",
        tag=PEOPLE,
        summary="Browse and search people",
        description="Everybody with a part in a film, those with most parts first; with `search` by relevance.",
        answers=(
            Answer(says="A page of people.", shape=PersonSerializer, page=True, example=examples.page(examples.PERSON)),
        ),
        cached=True,
    ),
    retrieve=Operation(
        id="getPerson",
        tag=PEOPLE,
        summary="Read a person",
        answers=(Answer(says="The person.", shape=PersonSerializer, example=examples.PERSON),),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    PersonCreditViewSet,
    list=Operation(
        id="listPersonCredits",
        tag=PEOPLE,
        summary="List the parts of a person",
        description="In published films, the newest film first.",
        answers=(
            Answer(
                says="A page of parts.",
                shape=PersonCreditSerializer,
                page=True,
                example=examples.page(examples.PERSON_CREDIT),
            ),
        ),
        cached=True,
    ),
)
