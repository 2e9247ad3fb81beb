"""The form of a movie: codes by their names, refusals in words, and no overwriting of what somebody else just saved."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from movies.admin.filters import country_names, language_names
from movies.definition.limits import IMDB_ID, IMDB_ID_WORDS, WIKIDATA_ID, WIKIDATA_ID_WORDS, contradiction, most
from watchly.common.admin.pickers import QuickSelect, QuickSelectMultiple, tell_labels
from watchly.common.countries import country_name
from watchly.common.languages import language_name

_FORMS = {
    "imdb_id": (re.compile(IMDB_ID), IMDB_ID_WORDS),
    "wikidata_id": (re.compile(WIKIDATA_ID), WIKIDATA_ID_WORDS),
}

_COUNTED = ("countries", "languages", "genres", "tags", "companies")


class MovieForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput())
    countries = forms.MultipleChoiceField(
        required=False, widget=QuickSelectMultiple(), help_text="Where it was produced."
    )
    languages = forms.MultipleChoiceField(required=False, widget=QuickSelectMultiple(), label="Spoken languages")
    original_language = forms.ChoiceField(required=False, widget=QuickSelect())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        movie = self.instance
        self._offer("countries", country_names(), movie.countries, country_name)
        self._offer("languages", language_names(), movie.languages, language_name)
        stored = [movie.original_language] if movie.original_language else []
        self._offer("original_language", {"": "Not known", **language_names()}, stored, language_name)
        self.initial["seen_version"] = movie.version if movie.pk else None
        if movie.pk and "genres" in self.fields:
            for relation in ("genres", "tags", "companies"):
                tell_labels(self.fields[relation], list(getattr(movie, relation).all()))
            tell_labels(self.fields["collection"], [movie.collection] if movie.collection else [])

    def _offer(self, name: str, names: dict[str, str], stored: list[str], named: Any) -> None:
        """The known codes, and with them those that the movie has (three letters, gone countries)."""
        extra = [(code, named(code)) for code in stored if code not in names]
        self.fields[name].choices = [*names.items(), *extra]  # type: ignore[attr-defined]

    def clean_original_language(self) -> str | None:
        return self.cleaned_data["original_language"] or None

    def clean_countries(self) -> list[str]:
        return self._in_stored_order("countries")

    def clean_languages(self) -> list[str]:
        return self._in_stored_order("languages")

    def _in_stored_order(self, name: str) -> list[str]:
        """A list of checkboxes knows no order; the first country of a film is its main one and stays the first."""
        chosen = self.cleaned_data[name]
        stored = [code for code in getattr(self.instance, name) if code in chosen]
        return stored + [code for code in chosen if code not in stored]

    def clean_imdb_id(self) -> str | None:
        return self._formed("imdb_id")

    def clean_wikidata_id(self) -> str | None:
        return self._formed("wikidata_id")

    def _formed(self, name: str) -> str | None:
        value: str | None = self.cleaned_data[name] or None
        pattern, message = _FORMS[name]
        if value is not None and not pattern.fullmatch(value):
            raise forms.ValidationError(message)
        return value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = cleaned.get("seen_version")
        if self.instance.pk and seen is not None and seen != self.instance.version:
            raise forms.ValidationError(
                "Somebody else has changed this movie since you opened it. Open it again and repeat your changes."
            )
        if cleaned.get("release_date") and not cleaned.get("year"):
            cleaned["year"] = cleaned["release_date"].year
        if told := contradiction(cleaned.get("year"), cleaned.get("release_date")):
            self.add_error("release_date", told)
        for relation in _COUNTED:
            if relation in cleaned and len(cleaned[relation]) > most(f"movie.{relation}"):
                self.add_error(relation, f"At most {most(f'movie.{relation}')} are taken.")
        return cleaned
