"""Reviews, comments, likes, reports."""

from __future__ import annotations

from typing import Any

from movies.api.documentation.examples import MOVIE, page
from movies.api.documentation.movies import ID_OR_SLUG
from social.api.documentation.community import CARD, USERNAME
from social.api.documentation.examples import stream
from social.api.serializers.comment import CommentChangeInputSerializer, CommentInputSerializer, CommentSerializer
from social.api.serializers.report import ReportInputSerializer, ReportSerializer
from social.api.serializers.review import (
    OwnReviewSerializer,
    ReviewChangeInputSerializer,
    ReviewInputSerializer,
    ReviewSerializer,
)
from social.api.views.across import SharedSerializer
from social.api.views.comments import CommentViewSet, ReportViewSet, ReviewCommentViewSet
from social.api.views.reviews import (
    MovieReviewViewSet,
    ReviewLikeViewSet,
    ReviewShareViewSet,
    ReviewViewSet,
    UserReviewViewSet,
)
from watchly.api.operations import JSON, Answer, Body, Operation, document

TAG = "reviews"
_AT = "2026-02-08T06:10:00.000000Z"
_MADE = ("Location", "ETag", "Cache-Control")
_MOVIE = {name: MOVIE[name] for name in ("id", "slug", "title", "year", "poster_url")}
REVIEW: dict[str, Any] = {
    "id": 5,
    "user": CARD,
    "movie": _MOVIE,
    "body": "The **coffee** scene.",
    "html": "<p>The <strong>coffee</strong> scene.</p>\n",
    "excerpt": "The coffee scene.",
    "spoiler": False,
    "stars": 4.5,
    "visibility": "public",
    "words": 3,
    "reading_minutes": 1,
    "likes_count": 12,
    "comments_count": 2,
    "moderation": "visible",
    "moderation_reason": None,
    "version": 1,
    "created_at": _AT,
    "edited_at": None,
    "updated_at": _AT,
}
OWN: dict[str, Any] = {**REVIEW, "plays": [4711]}
COMMENT: dict[str, Any] = {
    "id": 31,
    "review_id": 5,
    "parent_id": None,
    "user": CARD,
    "body": "It is, @bob.",
    "html": "<p>It is, @bob.</p>\n",
    "deleted": False,
    "moderation": "visible",
    "moderation_reason": None,
    "created_at": _AT,
    "edited_at": None,
}
_INPUT = {"body": "The **coffee** scene.", "stars": 4.5, "spoiler": False, "visibility": "public"}
_TARGET = {"kind": "review", "id": 5}
_PAGE = Answer(says="A page of reviews.", shape=ReviewSerializer, page=True, example=page(REVIEW))
_OTHERS = ("not_found", "permission_denied")
_SEEN = (
    "Of others you see what is public, or for followers if you follow them, and nothing that is held back. A spoiler "
    "says so and has no `excerpt`: hide its text from who wants that."
)

document(
    MovieReviewViewSet,
    list=Operation(
        id="listMovieReviews",
        path={"id": ID_OR_SLUG},
        tag=TAG,
        summary="List the reviews of a movie",
        description=f"The newest first. {_SEEN}",
        answers=(_PAGE,),
        problems=("moved", "not_found", "gone"),
        cached=True,
    ),
    create=Operation(
        id="writeReview",
        tag=TAG,
        summary="Review a movie",
        description="One review a movie; a second is refused with the path of the first. The body is Markdown; raw "
        "HTML and pictures are not taken. `stars` become your rating; `plays` are viewings of yours that it is about. "
        "@names are told, and friends who have the film on their watchlist.",
        body={JSON: Body(shape=ReviewInputSerializer, examples={"coffee": _INPUT})},
        answers=(Answer(status=201, says="The review.", shape=OwnReviewSerializer, example=OWN, headers=_MADE),),
        problems=("daily_limit", "moved", "not_found", "gone", "reviewed_already"),
        idempotent=True,
    ),
)
document(
    UserReviewViewSet,
    list=Operation(
        id="listUserReviews",
        tag=TAG,
        summary="List somebody's reviews",
        description=f"The newest first. {_SEEN}",
        path=USERNAME,
        answers=(_PAGE,),
        problems=("not_found",),
        cached=True,
    ),
)
document(
    ReviewViewSet,
    retrieve=Operation(
        id="getReview",
        tag=TAG,
        summary="Read a review",
        description="`expand=me` says whether you like it. Your own comes with `plays`, and says why it is held back "
        "if it is.",
        answers=(Answer(says="The review.", shape=OwnReviewSerializer, example=OWN),),
        problems=("not_found",),
        cached=True,
    ),
    partial_update=Operation(
        id="changeReview",
        tag=TAG,
        summary="Change your review",
        description="What is left out stays. New words are marked (`edited_at`).",
        body={JSON: Body(shape=ReviewChangeInputSerializer, examples={"spoiler": {"spoiler": True}})},
        answers=(
            Answer(says="The review.", shape=OwnReviewSerializer, example=OWN, headers=("ETag", "Cache-Control")),
        ),
        problems=("merged", *_OTHERS),
        versioned=True,
    ),
    destroy=Operation(
        id="deleteReview",
        tag=TAG,
        summary="Delete your review",
        description="With all comments and likes; your rating stays.",
        answers=(Answer(status=204, says="It is gone."),),
        problems=("conflict", *_OTHERS),
        versioned=True,
    ),
)
document(
    ReviewLikeViewSet,
    update=Operation(
        id="likeReview",
        tag=TAG,
        summary="Like a review",
        description="Twice changes nothing.",
        answers=(Answer(status=204, says="You like it."),),
        problems=(
            "daily_limit",
            "not_found",
        ),
    ),
    destroy=Operation(
        id="unlikeReview",
        tag=TAG,
        summary="Take a like back",
        answers=(Answer(status=204, says="You do not."),),
        problems=("not_found",),
    ),
)
document(
    ReviewShareViewSet,
    share=Operation(
        id="shareReview",
        tag="sharing",
        summary="Share a review",
        description="Its address, a text and the data of a card; nothing of the words of a spoiler.",
        answers=(
            Answer(
                says="What is told of it.",
                shape=SharedSerializer,
                example={
                    "url": "https://films.example/reviews/5",
                    "title": "Ada Example on Heat (1995)",
                    "text": "Ada Example on Heat (1995) https://films.example/reviews/5",
                    "card": {"og:title": "Ada Example on Heat (1995)", "og:type": "article", "og:image": None},
                },
            ),
        ),
        problems=("not_found",),
    ),
)
document(
    ReviewCommentViewSet,
    list=Operation(
        id="listComments",
        tag=TAG,
        summary="List the comments on a review",
        description="The oldest first, each with the answers to it behind it (`parent_id`). One that was deleted and "
        "has answers keeps its place without words.",
        answers=(Answer(says="The comments.", shape=CommentSerializer, page=True, example=stream(COMMENT)),),
        problems=("not_found",),
        cached=True,
    ),
    create=Operation(
        id="addComment",
        tag=TAG,
        summary="Comment on a review",
        description="`parent` answers a comment; answers are one level deep.",
        body={JSON: Body(shape=CommentInputSerializer, examples={"comment": {"body": "It is, @bob."}})},
        answers=(Answer(status=201, says="The comment.", shape=CommentSerializer, example=COMMENT, headers=_MADE),),
        problems=(
            "daily_limit",
            "not_found",
        ),
        idempotent=True,
    ),
)
document(
    CommentViewSet,
    partial_update=Operation(
        id="changeComment",
        tag=TAG,
        summary="Change your comment",
        body={JSON: Body(shape=CommentChangeInputSerializer, examples={"comment": {"body": "It is so."}})},
        answers=(
            Answer(says="The comment.", shape=CommentSerializer, example=COMMENT, headers=("ETag", "Cache-Control")),
        ),
        problems=_OTHERS,
    ),
    destroy=Operation(
        id="deleteComment",
        tag=TAG,
        summary="Delete your comment",
        description="One that has answers leaves an empty place without your name.",
        answers=(Answer(status=204, says="It is gone."),),
        problems=_OTHERS,
    ),
)
_REPORT = {"id": 8, "target": _TARGET, "reason": "spam", "note": "An advertisement.", "created_at": _AT}
document(
    ReportViewSet,
    create=Operation(
        id="report",
        tag=TAG,
        summary="Report a review, a comment, a list or a person",
        description="Moderators decide. What three users report within 24 hours is held back until then; only users "
        "with a verified e-mail address and an account of at least a day count. The same report twice changes "
        "nothing.",
        body={
            JSON: Body(
                shape=ReportInputSerializer,
                examples={"spam": {"target": _TARGET, "reason": "spam", "note": "An advertisement."}},
            )
        },
        answers=(
            Answer(says="You have reported it before.", shape=ReportSerializer, example=_REPORT),
            Answer(status=201, says="The report.", shape=ReportSerializer, example=_REPORT),
        ),
        problems=("daily_limit", "not_found", "oneself"),
        idempotent=True,
    ),
)
