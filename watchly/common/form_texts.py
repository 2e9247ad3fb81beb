"""Form fields for texts of people: the cleaning of the API, in admin forms and in filters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from watchly.common import texts


class LineFormField(forms.CharField):
    """One line without invisible characters."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return texts.one_line(found) or self.empty_value if isinstance(found, str) and "\x00" not in found else found


class ProseFormField(forms.CharField):
    """A text of several lines."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return texts.paragraphs(found) or self.empty_value if isinstance(found, str) and "\x00" not in found else found


class CleanTexts:
    """For admins and inlines: the texts of their forms are cleaned as those of the API."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: Any, **kwargs: Any) -> Any:
        if not db_field.choices:
            if type(db_field) is models.CharField:
                kwargs.setdefault("form_class", LineFormField)
            elif type(db_field) is models.TextField:
                kwargs.setdefault("form_class", ProseFormField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
