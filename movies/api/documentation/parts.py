"""What hangs on a movie: credits, images, videos, awards."""

from __future__ import annotations

from typing import Any

from movies.api.documentation import examples
from movies.api.documentation.movies import ID_OR_SLUG
from movies.api.serializers.movie import AwardSerializer, CreditSerializer, ImageSerializer, VideoSerializer
from movies.api.views.parts import AwardViewSet, CreditViewSet, ImageViewSet, VideoViewSet
from movies.models import Image
from watchly.api.operations import MULTIPART, Answer, Body, Operation, document

TAG = "movies"
_REFUSED_PICTURES = (
    "image_animated",
    "image_polyglot",
    "image_too_small",
    "image_truncated",
    "image_type",
    "not_an_image",
    "file_too_large",
    "image_too_large",
    "storage_unavailable",
)
PICTURE = {"type": "string", "format": "binary", "description": "A JPEG, PNG or WebP picture. It is stored re-encoded."}
_IMAGE_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file", "kind"],
    "additionalProperties": False,
    "properties": {
        "file": PICTURE,
        "kind": {"type": "string", "enum": list(Image.Kind.values)},
        "language": {
            "type": "string",
            "pattern": "^([a-z]{2,3})?$",
            "description": "Of the words on it, ISO 639; leave it out for a picture without words.",
        },
    },
}


def _listed(operation: str, what: str, shape: type[Any], example: dict[str, Any], description: str = "") -> Operation:
    return Operation(
        id=operation,
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary=f"List the {what} of a movie",
        description=description,
        answers=(Answer(says=f"A page of {what}.", shape=shape, page=True, example=examples.page(example)),),
        problems=("moved", "gone"),
        cached=True,
    )


document(
    CreditViewSet,
    list=_listed(
        "listMovieCredits", "credits", CreditSerializer, examples.CREDIT, "The cast in billing order, then the crew."
    ),
)
document(VideoViewSet, list=_listed("listMovieVideos", "videos", VideoSerializer, examples.VIDEO))
document(AwardViewSet, list=_listed("listMovieAwards", "awards", AwardSerializer, examples.AWARD))
document(
    ImageViewSet,
    list=_listed("listMovieImages", "images", ImageSerializer, examples.IMAGE),
    create=Operation(
        id="addMovieImage",
        tag=TAG,
        summary="Add a picture to a movie",
        description="The first poster and the first backdrop are the ones that lists show.",
        body={MULTIPART: Body(shape=_IMAGE_FORM, examples={"poster": {"file": "(binary)", "kind": "poster"}})},
        answers=(
            Answer(
                status=201,
                says="The picture.",
                shape=ImageSerializer,
                example=examples.IMAGE,
                headers=("Location", "ETag", "Cache-Control"),
            ),
        ),
        problems=("moved", "not_found", "gone", "same_image", *_REFUSED_PICTURES),
        idempotent=True,
    ),
)
REFUSED_PICTURES = _REFUSED_PICTURES
