"""The input of merging and splitting people."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from movies.api.serializers.movie_input import integer
from movies.definition.limits import PERSON_IMDB_ID, longest
from movies.models import Person
from watchly.api.fields import LineField, ProseField
from watchly.api.input import StrictSerializer
from watchly.api.views import LARGEST_ID

_MOST_CREDITS = 5_000


class PersonMergeInputSerializer(StrictSerializer):
    """The person to merge into."""

    into = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, help_text="The id of the person who stays and gets the credits of this one."
    )


class PersonSplitInputSerializer(StrictSerializer):
    """The credits that move to a new person, and the facts of that person."""

    credits = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        min_length=1,
        max_length=_MOST_CREDITS,
        help_text="The ids of the credits that are the new person's. At least one credit must stay.",
    )
    name = LineField(required=False, max_length=longest("person.name"), help_text="The same name unless given.")
    biography = ProseField(required=False, allow_null=True, max_length=longest("person.biography"))
    born = integer("person.born", required=False, allow_null=True, help_text="Year.")
    died = integer("person.died", required=False, allow_null=True, help_text="Year.")
    imdb_id = serializers.RegexField(
        rf"\A{PERSON_IMDB_ID}\Z",
        required=False,
        allow_null=True,
        help_text="An id of the old person goes to the new one.",
        error_messages={"invalid": "An IMDb id of a person is nm and seven to ten digits, such as nm0000537."},
    )
    tmdb_id = integer("person.tmdb_id", required=False, allow_null=True)

    class Meta:
        model = Person

    def validate(self, attrs: Any) -> Any:
        born, died = attrs.get("born"), attrs.get("died")
        if born and died and died < born:
            raise serializers.ValidationError(
                {"died": "A person cannot die before they are born."}, code="contradiction"
            )
        return attrs
