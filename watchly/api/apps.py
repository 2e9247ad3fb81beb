from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The conventions of the HTTP API: problem documents, pages, documents, conditional requests, retries."""

    name = "watchly.api"
    label = "api"
