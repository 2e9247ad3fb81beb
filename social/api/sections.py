"""Lists below `users/{username}/`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from social.services.section_owner import owner_of_section
from watchly.api.views import DocumentViewSet


class SectionOfUser(DocumentViewSet):
    """What one person keeps or writes, as far as that section of theirs is open to the reader."""

    section: ClassVar[str]
    owner_id: int

    def list(self, request: Request, username: str) -> HttpResponse:  # type: ignore[override]  # the path names whose
        self.owner_id = owner_of_section(username=username, section=self.section, viewer=request.user)
        return super().list(request)

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        found: QuerySet[Any] = rows.visible_to(self.request.user).filter(user=self.owner_id)
        return found
