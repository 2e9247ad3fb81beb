"""GET /api/me/notifications, POST /api/me/notifications/read, GET /api/me/notifications/unread"""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from social.api.serializers.notification import NOTIFICATION, ReadInputSerializer, UnreadSerializer
from social.services.notifications import read_notifications, unread_count
from watchly.api.input import check_parameters
from watchly.api.permissions import SignedIn
from watchly.api.streams import Stream, StreamViewSet


class NotificationViewSet(StreamViewSet):
    """One's own inbox, the newest line first."""

    permission_classes = (SignedIn,)
    stream = Stream("notifications", NOTIFICATION, "d.user_id = %(user)s AND d.in_app")

    def list(self, request: Request) -> HttpResponse:
        return self.page(request, {"user": request.user.pk})


class InboxViewSet(ViewSet):
    """How many lines are unread, and reading them."""

    permission_classes = (SignedIn,)
    serializer_class = UnreadSerializer

    def unread(self, request: Request) -> Response:
        check_parameters(request.query_params, known=())
        return Response({"unread": unread_count(user_id=request.user.pk or 0)})

    def read(self, request: Request) -> Response:
        check_parameters(request.query_params, known=())
        serializer = ReadInputSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        read_notifications(user_id=request.user.pk or 0, ids=serializer.validated_data.get("ids"))
        return Response({"unread": unread_count(user_id=request.user.pk or 0)})
