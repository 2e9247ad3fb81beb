"""What hangs on a movie and is edited on its page: credits, titles, videos, releases, awards (pictures: `image.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminExpandableTextareaWidget, UnfoldAdminTextInputWidget

from movies.admin.ordered import OrderedFormSet
from movies.definition.limits import longest, most, oversized_nomination
from movies.models import AlternativeTitle, Award, Credit, ReleaseDate, Video
from movies.video_addresses import NOT_A_VIDEO, is_key, video_of
from watchly.common.admin.pickers import KnowingForm, KnownPickers, OneReadFormSet
from watchly.common.countries import country_code, unknown_country
from watchly.common.form_texts import CleanTexts, LineFormField
from watchly.common.languages import language_code, unknown_language


class PartForm(KnowingForm):
    """Takes a country or language by code or by English name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"country", "language"} & self.fields.keys():
            # The column's length is that of a code.
            self.fields[name] = forms.CharField(
                required=self.fields[name].required,
                widget=UnfoldAdminTextInputWidget(),
                label=self.fields[name].label,
                help_text="Code or English name.",
            )

    def clean_country(self) -> str | None:
        return self._code("country", country_code, unknown_country)

    def clean_language(self) -> str | None:
        return self._code("language", language_code, unknown_language)

    def _code(self, name: str, code_of: Callable[[str], str | None], unknown: Callable[[str], str]) -> str | None:
        value: str | None = self.cleaned_data[name] or None
        code = code_of(value) if value else None
        if value and code is None:
            raise forms.ValidationError(unknown(value))
        return code


class CreditForm(KnowingForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Credit.Kind.CAST:
            for name in ("job", "department"):
                if cleaned.get(name):
                    self.add_error(name, "The cast has a character instead.")
        elif cleaned.get("kind") == Credit.Kind.CREW:
            if not cleaned.get("job"):
                self.add_error("job", "The crew needs a job, such as Director.")
            if cleaned.get("character"):
                self.add_error("character", "The crew has a job instead.")
        return cleaned


class AwardForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    people = SimpleArrayField(
        LineFormField(max_length=longest("award.person")),
        max_length=most("award.people"),
        delimiter="\n",
        required=False,
        widget=UnfoldAdminExpandableTextareaWidget(attrs={"rows": 1}),
        help_text="Names as nominated, one a line.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        texts = (cleaned.get("award") or "", cleaned.get("category") or "", cleaned.get("people") or [])
        if told := oversized_nomination(*texts):
            self.add_error("people", told)
        return cleaned


class PartInline(CleanTexts, KnownPickers, TabularInline):
    """One tab of a movie's page."""

    formset = OneReadFormSet
    form: type[forms.ModelForm[Any]] = PartForm
    extra = 0
    tab = True
    hide_title = True
    per_page = 10
    show_count = True


class CreditFormSet(OrderedFormSet):
    """Directors, cast and the rest of the crew are billed each by themselves."""

    group = staticmethod(lambda credit: (credit.kind, credit.job == Credit.DIRECTOR))


class CreditInline(PartInline):
    model = Credit
    formset = CreditFormSet
    ordering_field = "position"
    form = CreditForm
    autocomplete_fields = ("person",)
    fields = ("person", "kind", "character", "department", "job", "position")
    per_page = 25

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        return super().get_queryset(request).select_related("person")


class AlternativeTitleInline(PartInline):
    model = AlternativeTitle
    fields = ("title", "country", "language", "kind")
    verbose_name_plural = "titles"


class ReleaseDateInline(PartInline):
    model = ReleaseDate
    fields = ("country", "kind", "date", "certification", "note")
    verbose_name_plural = "releases"


class VideoForm(PartForm):
    key = forms.CharField(
        max_length=300,
        label="address or key",
        widget=UnfoldAdminTextInputWidget(),
        help_text="Paste the address of the video's page at YouTube or Vimeo.",
    )

    def clean(self) -> dict[str, Any]:
        """Takes provider and key out of an address that was pasted."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        pasted = (cleaned.get("key") or "").strip()
        if not pasted or is_key(pasted):
            return cleaned
        found = video_of(pasted)
        if found is None:
            self.add_error("key", NOT_A_VIDEO)
        else:
            cleaned["provider"], cleaned["key"] = found
            self.errors.pop("provider", None)
        return cleaned


class VideoInline(PartInline):
    model = Video
    formset = OrderedFormSet
    ordering_field = "position"
    form = VideoForm
    fields = ("kind", "provider", "key", "page", "name", "official", "language", "position")
    readonly_fields = ("page",)

    def page(self, video: Video) -> str:
        if not video.pk:
            return "–"
        return format_html(
            '<a class="outside" href="{}" target="_blank" rel="noopener noreferrer">Watch</a>', video.url
        )


class AwardInline(PartInline):
    model = Award
    form = AwardForm
    fields = ("award", "ceremony", "category", "won", "people")
