"""What social shows in, and asks of, the catalogue for a caller who is signed in."""

from __future__ import annotations

from watchly.api import viewer


def register() -> None:
    """For the app's `ready()`."""
    from social.api.filters import VIEWER_FILTERS
    from social.api.serializers.entry import ME, MeSerializer
    from social.api.serializers.review import REVIEW_ME, ReviewMeSerializer

    viewer.register(
        viewer.ViewerExpansion("movies.Movie", "me", ME, MeSerializer),
        viewer.ViewerExpansion("social.Review", "me", REVIEW_ME, ReviewMeSerializer),
        *VIEWER_FILTERS,
    )
