from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    """The processes that make up a running Watchly: embedded servers and the supervisor."""

    name = "watchly.processes"
    label = "processes"
