from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """What exists: the catalogue."""

    name = "movies"
    verbose_name = "Catalogue"
