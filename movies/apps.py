from django.apps import AppConfig


class MoviesConfig(AppConfig):
    """What exists: the catalogue."""

    name = "movies"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        from movies.models import Image
        from movies.services.images import FOLDER
        from watchly.common.files.owners import PictureOwner, register_pictures

        register_pictures(PictureOwner(Image, FOLDER))
