"""Comments: GET and POST reviews/{id}/comments, PATCH and DELETE comments/{id}; and POST reports."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from social.api.limits import COMMENTS, COMMENTS_BY_THE_HOUR, REPORTS
from social.api.paths import path_id
from social.api.scopes import OWN_WRITES
from social.api.serializers.comment import (
    COMMENT,
    CommentChangeInputSerializer,
    CommentInputSerializer,
    CommentSerializer,
)
from social.api.serializers.report import ReportInputSerializer, ReportSerializer
from social.models import Comment, Review
from social.services.comments import add_comment, change_comment, delete_comment
from social.services.moderation import report_thing
from watchly.api.conditional import json_answer
from watchly.api.idempotency import idempotent
from watchly.api.input import check_nothing_sent, check_parameters
from watchly.api.limits import Limit
from watchly.api.permissions import SignedIn, SignedInWrites
from watchly.api.statements import fetch
from watchly.api.streams import Stream, StreamViewSet
from watchly.common.errors import NotFound

_ONE = f"SELECT {COMMENT.expression()} FROM social_comment d WHERE d.id = %(id)s"


class ReviewCommentViewSet(StreamViewSet):
    """The comments on one review, the oldest first, each with the answers to it behind it."""

    queryset = Comment.objects.all()
    serializer_class = CommentSerializer
    permission_classes = (SignedInWrites,)
    key_scopes = OWN_WRITES
    limits: ClassVar[dict[str, tuple[Limit, ...]]] = {"POST": (COMMENTS, COMMENTS_BY_THE_HOUR)}
    stream = Stream("comments", COMMENT, "d.review_id = %(review)s", key="thread", newest_first=False)

    def list(self, request: Request, pk: str) -> HttpResponse:
        review_id = path_id(pk)
        if not Review.objects.visible_to(request.user).filter(pk=review_id).exists():
            raise NotFound(f"There is no review {review_id}.")
        among = Comment.objects.visible_to(request.user).filter(review=review_id)
        return self.page(request, {"review": review_id}, among=among)

    @idempotent
    def create(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = CommentInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        comment_id = add_comment(
            user_id=request.user.pk or 0, review_id=path_id(pk), body=given["body"], parent_id=given.get("parent_id")
        )
        response = _answer(request, comment_id, status=201)
        response.headers["Location"] = f"/api/comments/{comment_id}"
        return response


class CommentViewSet(GenericViewSet[Any]):
    """One comment of the caller's."""

    queryset = Comment.objects.all()
    serializer_class = CommentSerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES

    def partial_update(self, request: Request, pk: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = CommentChangeInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        comment_id = path_id(pk)
        change_comment(user_id=request.user.pk or 0, comment_id=comment_id, body=serializer.validated_data["body"])
        return _answer(request, comment_id)

    def destroy(self, request: Request, pk: str) -> HttpResponse:
        check_nothing_sent(request)
        delete_comment(user_id=request.user.pk or 0, comment_id=path_id(pk))
        return Response(status=204)


class ReportViewSet(ViewSet):
    """Telling moderators what is wrong."""

    serializer_class = ReportInputSerializer
    permission_classes = (SignedIn,)
    key_scopes = OWN_WRITES
    limits = (REPORTS,)

    @idempotent
    def create(self, request: Request) -> HttpResponse:
        """Takes a report: 201; 200 with the one that the caller has made before and nobody has decided about."""
        check_parameters(request.query_params, known=())
        serializer = ReportInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        report, new = report_thing(
            user_id=request.user.pk or 0,
            kind=given["target"]["kind"],
            object_id=given["target"]["id"],
            reason=given["reason"],
            note=given.get("note"),
        )
        answer = {
            "id": report.pk,
            "target": {"kind": given["target"]["kind"], "id": given["target"]["id"]},
            "reason": report.reason,
            "note": report.note,
            "created_at": report.created_at,
        }
        return Response(ReportSerializer(answer).data, status=201 if new else 200)


def _answer(request: Request, comment_id: int, *, status: int = 200) -> HttpResponse:
    ((body,),) = fetch(_ONE, {"id": comment_id})
    return json_answer(request._request, body.encode(), status=status)
