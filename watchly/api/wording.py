"""What DRF says of a value of the wrong kind, in the words of JSON instead of Python's.

DRF's own messages name types of Python ("Expected a dictionary, but got NoneType."), and say what was wrong and not
what would be right. Serializers look their messages up on the classes, so they are put there, once, at start-up.
"""

from __future__ import annotations

from typing import Final

from rest_framework import serializers

LIST, OBJECT = "Write a list, in square brackets.", "Write an object, in curly brackets."
DATE, TIME = "Write a date as YYYY-MM-DD, such as 1995-12-15.", "Write a time, such as 1995-12-15T21:30:00Z."
MESSAGES: Final[dict[type[serializers.Field], dict[str, str]]] = {  # type: ignore[type-arg]  # of any
    serializers.Serializer: {"invalid": OBJECT},
    serializers.ListSerializer: {"not_a_list": LIST},
    serializers.ListField: {"not_a_list": LIST},
    serializers.MultipleChoiceField: {"not_a_list": LIST},
    serializers.DictField: {"not_a_dict": OBJECT},
    serializers.CharField: {"invalid": "Write a text, in quotes."},
    serializers.BooleanField: {"invalid": "Write true or false."},
    serializers.IntegerField: {"invalid": "Write an integer.", "max_string_length": "This number has too many digits."},
    serializers.FloatField: {
        "invalid": "Write a number.",
        "max_string_length": "This number has too many digits.",
        "overflow": "This number is too large.",
    },
    serializers.DateField: {"invalid": DATE, "datetime": DATE},
    serializers.DateTimeField: {"invalid": TIME, "date": TIME, "make_aware": TIME, "overflow": TIME},
    serializers.FileField: {
        "required": "Send a file in multipart/form-data.",
        "invalid": "Send a file in multipart/form-data.",
        "no_name": "The file has no name: send one in its Content-Disposition.",
    },
}


def use() -> None:
    """Makes every serializer say it."""
    for field, messages in MESSAGES.items():
        field.default_error_messages = {**field.default_error_messages, **messages}  # type: ignore[misc]
