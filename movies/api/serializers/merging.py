"""What is taken to merge a movie."""

from __future__ import annotations

from rest_framework import serializers

from watchly.api.input import StrictSerializer
from watchly.api.views import LARGEST_ID


class MergeInputSerializer(StrictSerializer):
    """Into which movie."""

    into = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, help_text="The id of the movie that stays, and gets what this one has."
    )
