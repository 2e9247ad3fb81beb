"""How Watchly behaves for oneself: shown, and changed."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models import Preferences
from accounts.time_zones import time_zones
from watchly.api.fields import ChoiceField, CountryField, LanguageField
from watchly.api.input import StrictSerializer, unknown
from watchly.common.notification_kinds import CHANNELS, choices, known
from watchly.common.visibility import Visibility

MOST_COUNTRIES = 20


def _time_zone(value: str) -> None:
    if value not in time_zones():
        raise ValidationError("Use the IANA name of a time zone, such as Europe/Berlin.", "time_zone")


class NotificationsField(serializers.Field):  # type: ignore[type-arg]
    """`{kind: {in_app, email}}`: all kinds when it is shown; when it is sent, those that change."""

    def to_representation(self, value: Any) -> dict[str, dict[str, bool]]:
        return choices(value)

    def to_internal_value(self, data: Any) -> dict[str, dict[str, bool]]:
        if not isinstance(data, dict):
            raise ValidationError("Write an object of kinds, each with in_app, email or both.", "invalid")
        errors: dict[str, Any] = {}
        for kind, ways in data.items():
            if kind not in known():
                errors[str(kind)] = unknown(str(kind), known(), "kind of notification")
            elif not isinstance(ways, dict):
                errors[kind] = [ErrorDetail("Write an object with in_app, email or both.", code="invalid")]
            else:
                wrong = {way: unknown(str(way), CHANNELS, "way") for way in ways if way not in CHANNELS}
                for way in ways:
                    if way not in wrong and not isinstance(ways[way], bool):
                        wrong[way] = [ErrorDetail("Write true or false, without quotes.", code="invalid")]
                errors.update({kind: wrong} if wrong else {})
        if errors:
            raise ValidationError(errors)
        return data


class NotificationsFieldExtension(OpenApiSerializerFieldExtension):
    """Documents the kinds that there are."""

    target_class = NotificationsField

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        ways = {way: {"type": "boolean"} for way in CHANNELS}
        must = {"required": list(CHANNELS)} if direction == "response" else {}
        kinds = {
            name: {
                "type": "object",
                "description": kind.says,
                "properties": ways,
                "additionalProperties": False,
                **must,
            }
            for name, kind in known().items()
        }
        said = "By kind, the ways it comes. Mails that keep an account safe always come."
        return {"type": "object", "description": said, "properties": kinds, "additionalProperties": False}


class PreferencesSerializer(serializers.Serializer[Any]):
    """The preferences of an account."""

    language = serializers.CharField(read_only=True, help_text="ISO 639.")
    time_zone = serializers.CharField(read_only=True, help_text="IANA.")
    rating_display = ChoiceField(choices=Preferences.RatingDisplay.choices, read_only=True)
    default_visibility = ChoiceField(choices=Visibility.choices, read_only=True)
    hide_spoilers = serializers.BooleanField(read_only=True)
    release_countries = serializers.ListField(child=serializers.CharField(), read_only=True)
    notifications = NotificationsField(read_only=True)


class PreferencesInputSerializer(StrictSerializer):
    """What changes; the rest stays as it is. Lists are set whole."""

    language = LanguageField(spoken=True, required=False)
    time_zone = serializers.CharField(max_length=64, required=False, validators=[_time_zone])
    rating_display = ChoiceField(choices=Preferences.RatingDisplay.choices, required=False)
    default_visibility = ChoiceField(
        choices=Visibility.choices, required=False, help_text="Of what is written without saying who may see it."
    )
    hide_spoilers = serializers.BooleanField(required=False)
    release_countries = serializers.ListField(
        child=CountryField(),
        required=False,
        max_length=MOST_COUNTRIES,
        help_text="ISO 3166-1, the most wanted first: whose release dates are shown.",
    )
    notifications = NotificationsField(required=False)

    def validate_release_countries(self, value: list[str]) -> list[str]:
        return list(dict.fromkeys(value))
