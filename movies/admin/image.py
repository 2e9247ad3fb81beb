"""A movie's pictures on its page: shown, added, put first and taken away through the services that keep the files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import UnfoldAdminImageSmallFieldWidget, UnfoldBooleanWidget

from movies.admin.parts import PartForm, PartInline
from movies.admin.pictures import preview
from movies.models import Image
from movies.services.images import WIDTHS, add_picture, make_first, remove_image, set_language
from watchly.common.admin.pickers import OneReadFormSet
from watchly.common.errors import WatchlyError
from watchly.common.files.pictures import prepare


class Nothing(forms.Widget):
    """Stands in the column of the file where a picture is there already."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        return mark_safe("–")


class ImageForm(PartForm):
    upload = forms.FileField(
        required=False,
        label="file",
        widget=UnfoldAdminImageSmallFieldWidget(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG or WebP.",
    )
    first = forms.BooleanField(
        required=False,
        label="show first",
        widget=UnfoldBooleanWidget(),
        help_text="The first of a kind is what lists show.",
    )

    class Meta:
        model = Image
        fields = ("kind", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # A picture is what it is; another one is another row. Its renditions were cut for its kind.
            for name in ("kind", "upload"):
                if name in self.fields:
                    self.fields[name].disabled = True
            self.fields["upload"].widget = Nothing()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if self.instance.pk or self.errors or not kind:
            return cleaned
        upload = cleaned.get("upload")
        if upload is None:
            self.add_error("upload", "Choose a file.")
            return cleaned
        # Made here, so that what is wrong with the file is said beside it; the service keeps this very picture.
        try:
            picture = prepare(upload, max_bytes=settings.UPLOAD_MAX_BYTES, widths=WIDTHS[kind])
        except WatchlyError as error:
            self.add_error("upload", error.detail)
        else:
            cleaned["picture"] = picture
            movie_id = self.instance.movie_id
            if movie_id and Image.objects.filter(movie=movie_id, kind=kind, digest=picture.digest).exists():
                self.add_error("upload", f"The movie has this {kind} already.")
        return cleaned


class ImageFormSet(OneReadFormSet):
    """Saves through the services, which write files and keep the copies on the movie."""

    def save_new(self, form: Any, commit: bool = True) -> Image:
        cleaned = form.cleaned_data
        image = add_picture(
            movie_id=self.instance.pk, kind=cleaned["kind"], picture=cleaned["picture"], language=cleaned["language"]
        )
        return make_first(image_id=image.pk) if cleaned["first"] else image

    def save_existing(self, form: Any, obj: Image, commit: bool = True) -> Image:
        if "language" in form.changed_data:
            set_language(image_id=obj.pk, language=form.cleaned_data["language"])
        return make_first(image_id=obj.pk) if form.cleaned_data["first"] else obj

    def delete_existing(self, obj: Image, commit: bool = True) -> None:
        remove_image(image_id=obj.pk)


class ImageInline(PartInline):
    model = Image
    form = ImageForm
    formset = ImageFormSet
    fields = ("preview", "kind", "language", "upload", "first")
    readonly_fields = ("preview",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        may_write = self.has_add_permission(request, obj) or self.has_change_permission(request, obj)
        return self.fields if may_write else ("preview", "kind", "language")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        return super().get_queryset(request).defer("digest")

    def preview(self, image: Image) -> str:
        return preview(image) if image.pk else "–"
