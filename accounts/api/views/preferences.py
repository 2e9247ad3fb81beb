"""`/api/me/preferences`"""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.api.serializers.preferences import PreferencesInputSerializer, PreferencesSerializer
from accounts.api.views.account import OwnView
from accounts.models import Preferences
from accounts.services.profile import change_preferences
from watchly.api.input import check_parameters


class PreferencesView(OwnView):
    """How Watchly behaves for the caller."""

    serializer_class = PreferencesSerializer

    def get(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        return self.answer(PreferencesSerializer(Preferences.objects.of(self.user_id)).data)

    def patch(self, request: Request) -> HttpResponse:
        check_parameters(request.query_params, known=())
        serializer = PreferencesInputSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        preferences = change_preferences(user_id=self.user_id, values=serializer.validated_data)
        return self.answer(PreferencesSerializer(preferences).data)
