"""What is told of a thing where it is shared: an address, a text, and the data of a card (Open Graph, Twitter)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import Profile, User
from movies.models import Movie
from social.models import MovieList, Review
from social.services.prose import render

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing to share; `path` is that of its page, `image` an address or None."""

    path: str
    title: str
    text: str
    kind: str  # Open Graph's og:type
    image: str | None = None

    def document(self, origin: str) -> dict[str, Any]:
        """The card's data with addresses that begin with this origin (https://films.example)."""
        url = f"{origin}{self.path}"
        image = f"{origin}{self.image}" if self.image and self.image.startswith("/") else self.image
        return {
            "url": url,
            "title": self.title,
            "text": f"{self.title} {url}",
            "card": {
                "og:title": self.title,
                "og:description": self.text or None,
                "og:type": self.kind,
                "og:url": url,
                "og:image": image,
                "og:site_name": "Watchly",
                "twitter:card": "summary_large_image" if image else "summary",
            },
        }


def share_movie(*, movie: Movie) -> Shared:
    """What is told of a movie."""
    return Shared(
        path=f"/movies/{movie.slug}",
        title=str(movie),
        text=_described(movie),
        kind="video.movie",
        image=movie.poster_url,
    )


def _described(movie: Movie) -> str:
    """What a card says of a movie: its overview, with where that is from if its licence asks for it."""
    text = movie.overview or movie.tagline or ""
    if movie.overview_attribution is None:
        return shortened(text)
    origin = f" ({movie.overview_attribution})"
    return shortened(text, _LONGEST - len(origin)) + origin


def share_user(*, user: User) -> Shared:
    """What is told of a person: what everybody may see of them."""
    profile = Profile.objects.of(user.pk)
    return Shared(
        path=f"/users/{user.username}",
        title=profile.display_name or user.username,
        text=shortened(profile.bio or "") if profile.profile_visibility == "public" else "",
        kind="profile",
        image=f"{settings.MEDIA_URL}{profile.avatar_path}" if profile.avatar_path else None,
    )


def share_review(*, review: Review) -> Shared:
    """What is told of a review: nothing of its words where they give the story away."""
    who = Profile.objects.of(review.user_id).display_name or review.user.username
    return Shared(
        path=f"/reviews/{review.pk}",
        title=f"{who} on {review.movie}",
        text="" if review.spoiler else shortened(review.excerpt),
        kind="article",
        image=review.movie.poster_url,
    )


def share_list(*, movie_list: MovieList) -> Shared:
    """What is told of a list."""
    who = Profile.objects.of(movie_list.user_id).display_name or movie_list.user.username
    described = render(movie_list.description).excerpt if movie_list.description else ""
    return Shared(
        path=f"/lists/{movie_list.pk}",
        title=f"{movie_list.title} by {who}",
        text=shortened(described),
        kind="website",
        image=movie_list.cover_movie.poster_url if movie_list.cover_movie else None,
    )


def shortened(text: str, longest: int = _LONGEST) -> str:
    """At most 200 characters of a text, or `longest`, cut between words, on one line."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
