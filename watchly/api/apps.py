from typing import Any

from django.apps import AppConfig
from django.core.signals import request_finished
from structlog.contextvars import clear_contextvars


class ApiConfig(AppConfig):
    """The conventions of the HTTP API: problem documents, pages, documents, conditional requests, retries."""

    name = "watchly.api"
    label = "api"

    def ready(self) -> None:
        from watchly.api import wording  # DRF reads the settings as it is imported

        wording.use()
        request_finished.connect(_forget_request, dispatch_uid="watchly.api.apps.forget_request")


def _forget_request(**kwargs: Any) -> None:
    """What a thread does after a request does not belong to it, in the log and in the jobs that it defers."""
    clear_contextvars()
