"""Pictures of movies: rows in the database over files in the storage (`watchly.common.files.stored`)."""

from __future__ import annotations

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Max

from movies.models import Image, Movie
from movies.services.differences import Value, difference, shown_image
from movies.services.movies import get_movie, record_edit
from watchly.common.errors import Conflict, FieldError, NotFound, RuleViolation
from watchly.common.files.layouts import files_of
from watchly.common.files.pictures import Picture, prepare
from watchly.common.files.stored import StoredPicture, discard, storing
from watchly.common.languages import is_language, unknown_language

FOLDER = "images"
# Pixels. What a list, a page and a large screen show of each, at one and two device pixels.
WIDTHS: dict[str, tuple[int, ...]] = {
    Image.Kind.POSTER: (185, 342, 500, 780, 1280),
    Image.Kind.BACKDROP: (300, 780, 1280, 1920),
    Image.Kind.SCREENSHOT: (300, 780, 1280, 1920),
}
_LOCKED = "images"  # the name under which `Movie.locked_fields` keeps that staff chose the pictures


def add_image(
    *,
    movie_id: int,
    kind: str,
    upload: File[bytes],
    language: str | None = None,
    lock: bool = True,
    pointer: str = "/file",
) -> Image:
    """Verifies a picture, cuts it to renditions and hangs it on a movie, behind those of its kind that are there.

    `language` is ISO 639, of the words on it. `lock` keeps later refreshes of the catalogue from the movie's pictures.
    `pointer` is where in the input the file was. Inside a transaction of the caller that rolls back later, the files
    stay until `manage.py sweep_media`.

    Raises RuleViolation or TooLarge for what is not a picture that is taken (`watchly.common.files.pictures.prepare`),
    Conflict (`same_image`) when the movie has it already, StorageUnavailable when it cannot be kept, and what
    `get_movie` raises. In each case neither a row nor a file is left.
    """
    _check(kind, language)
    get_movie(movie_id=movie_id)  # before the work of decoding; it is looked at again under the lock
    upload.seek(0)
    picture = prepare(upload, max_bytes=settings.UPLOAD_MAX_BYTES, widths=WIDTHS[kind], pointer=pointer)
    return add_picture(movie_id=movie_id, kind=kind, picture=picture, language=language, lock=lock, pointer=pointer)


def add_picture(
    *,
    movie_id: int,
    kind: str,
    picture: Picture,
    language: str | None = None,
    lock: bool = True,
    pointer: str = "/file",
) -> Image:
    """Hangs a picture on a movie that was verified already and cut to the WIDTHS of its kind.

    Raises what `add_image` raises, but for what is wrong with the file.
    """
    _check(kind, language)
    with storing(picture, folder=FOLDER) as stored:
        movie = get_movie(movie_id=movie_id, for_update=True)
        image = _insert(movie, kind, language, stored, pointer)
        _record(movie.pk, [], [shown_image(image)], lock=lock)
    return image


@transaction.atomic
def remove_image(*, image_id: int) -> None:
    """Takes a picture off its movie; the next of its kind moves up. The files go when the transaction is through.

    Raises NotFound.
    """
    image = _locked(image_id)
    paths = files_of(image.path, image.renditions)
    before = shown_image(image)
    image.delete()
    _record(image.movie_id, [before], [])
    transaction.on_commit(lambda: discard(paths))


@transaction.atomic
def make_first(*, image_id: int) -> Image:
    """Makes a picture the one of its kind that lists show. Does nothing when it is that already.

    Raises NotFound.
    """
    image = _locked(image_id)
    images = list(Image.objects.filter(movie_id=image.movie_id, kind=image.kind).order_by("position", "pk"))
    if images[0].pk == image.pk:
        return image
    before = [shown_image(each) for each in images]
    images.sort(key=lambda other: other.pk != image.pk)  # stable: the others keep their order
    for position, each in enumerate(images):
        each.position = position
    Image.objects.bulk_update(images, ["position"])
    _record(image.movie_id, before, [shown_image(each) for each in images])
    return images[0]


@transaction.atomic
def set_language(*, image_id: int, language: str | None) -> Image:
    """Says in which language the words on a picture are (ISO 639), or that there are none.

    Raises NotFound, RuleViolation.
    """
    image = _locked(image_id)
    _check(image.kind, language)
    if image.language != language:
        before = shown_image(image)
        image.language = language
        image.save(update_fields=["language"])
        _record(image.movie_id, [before], [shown_image(image)])
    return image


def _check(kind: str, language: str | None) -> None:
    if kind not in Image.Kind.values:
        detail = f"{kind!r} is not a kind of picture: use one of {', '.join(Image.Kind.values)}."
        raise RuleViolation(detail, errors=[FieldError("/kind", "invalid_choice", detail)])
    if language is not None and not is_language(language):
        detail = unknown_language(language)
        raise RuleViolation(detail, errors=[FieldError("/language", "invalid", detail)])


def _insert(movie: Movie, kind: str, language: str | None, stored: StoredPicture, pointer: str) -> Image:
    last = Image.objects.filter(movie=movie, kind=kind).aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            return Image.objects.create(
                movie=movie,
                kind=kind,
                path=stored.path,
                renditions=stored.renditions,
                width=stored.width,
                height=stored.height,
                bytes=stored.bytes,
                digest=stored.digest,
                language=language,
                position=0 if last is None else last + 1,
            )
    except IntegrityError as error:
        if "movies_image_same_upload_once" not in str(error):
            raise
        detail = f"The movie has this {kind} already."
        raise Conflict(detail, code="same_image", errors=[FieldError(pointer, "same_image", detail)]) from error


def _record(movie_id: int, before: list[Value], after: list[Value], *, lock: bool = True) -> None:
    record_edit(movie_id=movie_id, fields=[_LOCKED] if lock else [], changes={"images": difference(before, after)})


def _locked(image_id: int) -> Image:
    """The picture, with its movie locked, so that the order of the movie's pictures stands still."""
    movie = Movie.objects.select_for_update(of=("self",)).filter(images=image_id).first()
    image = Image.objects.filter(pk=image_id, movie=movie).first() if movie else None
    if image is None:
        raise NotFound(f"There is no image {image_id}.")
    return image
