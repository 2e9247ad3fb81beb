"""Reviews: GET and POST movies/{id}/reviews, GET, PATCH and DELETE reviews/{id}, PUT and DELETE reviews/{id}/like, GET
reviews/{id}/share, GET users/{username}/reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from movies.api.paths import readable_movie, writable
from social.api.limits import LIKES
from social.api.paths import path_id
from social.api.reading import read_one
from social.api.scopes import OWN_WRITES
from social.api.sections import SectionOfUser
from social.api.serializers.review import (
    OWN_REVIEW,
    REVIEW,
    OwnReviewSerializer,
    ReviewChangeInputSerializer,
    ReviewInputSerializer,
    ReviewSerializer,
)
from social.api.views.across import SharedSerializer, origin
from social.models import Review
from social.services.likes import like_review, unlike_review
from social.services.reviews import change_review, delete_review, write_review
from social.services.sharing import share_review
from watchly.api.conditional import expected_version
from watchly.api.filters import BooleanFilter, StrictFilterSet
from watchly.api.idempotency import idempotent
from watchly.api.input import StrictSerializer, check_nothing_sent, check_parameters
from watchly.api.limits import Limit
from watchly.api.permissions import SignedIn, SignedInWrites
from watchly.api.views import DocumentViewSet
from watchly.common.errors import NotFound


class ReviewFilter(StrictFilterSet):
    spoiler = BooleanFilter(field_name="spoiler", help_text="Only what gives the story away, or only what does not.")

    class Meta:
        model = Review
        fields: list[str] = []


class ReviewListViewSet(DocumentViewSet):
    """The base of lists of reviews that the reader may see."""

    queryset = Review.objects.all()
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter
    permission_classes: Sequence[Any] = (AllowAny,)
    document = REVIEW
    orderings: ClassVar[dict[str, Any]] = {
        "newest": ((F("id").desc(),), (F("id").asc(),)),
        "likes": ((F("likes_count").desc(), F("id").desc()), (F("likes_count").asc(), F("id").asc())),
        "stars": (
            (F("half_stars").desc(nulls_last=True), F("id").desc()),
            (F("half_stars").asc(nulls_last=True), F("id").desc()),
        ),
    }
    default_ordering = "newest"

    def lasting(self, query: QueryDict, rows: QuerySet[Any]) -> bool:
        return False  # the plan names who reads


class MovieReviewViewSet(ReviewListViewSet):
    """The reviews of one movie."""

    permission_classes = (SignedInWrites,)
    key_scopes = OWN_WRITES
    movie_id: int

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.visible_to(self.request.user).filter(movie=self.movie_id)

    def list(self, request: Request, pk: str) -> HttpResponse:  # type: ignore[override]
        self.movie_id = readable_movie(request, pk)
        return super().list(request)

    @idempotent
    def create(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = ReviewInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        review_id = write_review(user_id=request.user.pk or 0, movie_id=writable(pk), **serializer.values())
        response = _own(request, review_id, status=201)
        response.headers["Location"] = f"/api/reviews/{review_id}"
        return response


class UserReviewViewSet(SectionOfUser, ReviewListViewSet):
    """The reviews of one person."""

    section = "profile"


class ReviewViewSet(ViewSet):
    """One review."""

    queryset = Review.objects.all()
    serializer_class = OwnReviewSerializer
    permission_classes = (SignedInWrites,)
    key_scopes = OWN_WRITES
    document = REVIEW
    picks = True

    def retrieve(self, request: Request, pk: str) -> HttpResponse:
        visible = Review.objects.visible_to(request.user)
        return read_one(request, path_id(pk), visible=visible, document=REVIEW, own=OWN_REVIEW)

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = ReviewChangeInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        review_id = path_id(pk)
        change_review(
            user_id=request.user.pk or 0,
            review_id=review_id,
            values=serializer.values(),
            expected_version=expected_version(request._request),
        )
        return _own(request, review_id)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        version = expected_version(request._request)
        delete_review(user_id=request.user.pk or 0, review_id=path_id(pk), expected_version=version)
        return Response(status=204)


class ReviewLikeViewSet(ViewSet):
    """Liking one review."""

    limits: ClassVar[dict[str, tuple[Limit, ...]]] = {"PUT": (LIKES,)}
    serializer_class = StrictSerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def update(self, request: Request, pk: str) -> Response:
        check_nothing_sent(request)
        like_review(user_id=request.user.pk or 0, review_id=path_id(pk))
        return Response(status=204)

    def destroy(self, request: Request, pk: str) -> Response:
        check_nothing_sent(request)
        unlike_review(user_id=request.user.pk or 0, review_id=path_id(pk))
        return Response(status=204)


class ReviewShareViewSet(ViewSet):
    """What is told of a review where it is shared."""

    serializer_class = SharedSerializer
    permission_classes = (AllowAny,)

    def share(self, request: Request, pk: str) -> Response:
        check_parameters(request.query_params, known=())
        found = Review.objects.visible_to(request.user).filter(pk=path_id(pk))
        review = found.select_related("user", "movie").first()
        if review is None:
            raise NotFound(f"There is no review {pk[:20]}.")
        return Response(share_review(review=review).document(origin(request)))


def _own(request: Request, review_id: int, *, status: int = 200) -> HttpResponse:
    own = Review.objects.filter(user=request.user.pk)
    return read_one(request, review_id, visible=own, document=OWN_REVIEW, status=status, picks=False)
