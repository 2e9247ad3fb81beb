"""What others may see of one person: GET users/{username}/library|history|favorites|statistics, movies/{id}/friends."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from movies.api.paths import published_movie
from movies.models import Movie
from social.api.filters import SHOWN_COLUMNS, SHOWN_ORDERINGS, LibraryFilter
from social.api.sections import SectionOfUser
from social.api.serializers.shown import (
    FRIEND_ENTRY,
    SHOWN_ENTRY,
    SHOWN_PLAY,
    ShownEntrySerializer,
    StatisticsSerializer,
)
from social.api.views.library import LibraryViewSet
from social.models import LibraryEntry, Play
from social.models.entry import EntryQuerySet
from social.models.play import PlayQuerySet
from social.services.section_owner import owner_of_section
from watchly.api.conditional import json_answer
from watchly.api.input import check_parameters
from watchly.api.pages import literal_sql
from watchly.api.permissions import SignedIn
from watchly.api.statements import fetch
from watchly.api.streams import Stream, StreamViewSet

# Statistics count what the reader sees of an entry: its owner the entry itself, others what it shows to them.
_OWN, _SHOWN = ("status", "half_stars"), ("shown_status", "shown_half_stars")
_STATISTICS = """
WITH entry AS MATERIALIZED ({entries}), play AS MATERIALIZED ({plays})
SELECT json_build_object(
    'movies', (SELECT count(*) FROM entry),
    'by_status', (SELECT coalesce(json_object_agg(status, n ORDER BY status), '{{}}'::json)
        FROM (SELECT {status} AS status, count(*) AS n FROM entry WHERE {status} IS NOT NULL GROUP BY 1) s),
    'favorites', (SELECT count(*) FROM entry WHERE favorite),
    'rated', (SELECT count({half_stars}) FROM entry),
    'average', (SELECT round(avg({half_stars}) / 2, 2) FROM entry),
    'by_stars', (SELECT coalesce(json_object_agg((half_stars / 2.0)::float8::text, n ORDER BY half_stars), '{{}}'::json)
        FROM (SELECT {half_stars} AS half_stars, count(*) AS n FROM entry WHERE {half_stars} IS NOT NULL GROUP BY 1) s),
    'plays', (SELECT count(*) FROM play),
    'minutes', (SELECT coalesce(sum(m.runtime), 0) FROM play JOIN movies_movie m ON m.id = play.movie_id),
    'by_year', (SELECT coalesce(json_object_agg(year, n ORDER BY year), '{{}}'::json)
        FROM (SELECT extract(year FROM watched_on)::int AS year, count(*) AS n FROM play
              WHERE watched_on IS NOT NULL GROUP BY 1) s)
)::text
"""


class ShownLibraryFilter(LibraryFilter):
    """Every filter of a library but the owner's own words, over what the entries show to others."""

    columns: ClassVar[dict[str, str]] = SHOWN_COLUMNS
    my_tag = None  # type: ignore[assignment]  # how django-filter takes a filter away


class ShownLibraryViewSet(SectionOfUser, LibraryViewSet):
    """What somebody says of movies, as far as the reader may see it."""

    section = "library"
    serializer_class = ShownEntrySerializer
    filterset_class = ShownLibraryFilter
    permission_classes = (AllowAny,)
    document = SHOWN_ENTRY
    orderings: ClassVar[dict[str, Any]] = SHOWN_ORDERINGS

    def entries(self) -> QuerySet[LibraryEntry]:
        return _entries(self.owner_id).visible_to(self.request.user)


class ShownFavoriteViewSet(ShownLibraryViewSet):
    """Somebody's favourites, the newest first."""

    always = Q(favorite=True)
    default_ordering = "favorited"


class ShownHistoryViewSet(StreamViewSet):
    """Somebody's viewings, last seen first."""

    queryset = Play.objects.all()
    permission_classes = (AllowAny,)
    stream = Stream("shown-history", SHOWN_PLAY, "d.user_id = %(owner)s", key="history_order")

    def list(self, request: Request, username: str) -> HttpResponse:
        owner = owner_of_section(username=username, section="history", viewer=request.user)
        return self.page(request, {"owner": owner}, among=_plays(owner).visible_to(request.user))


class ShownStatisticsView(ViewSet):
    """What somebody's library adds up to, over what the reader may see of it."""

    permission_classes = (AllowAny,)
    serializer_class = StatisticsSerializer

    def retrieve(self, request: Request, username: str) -> HttpResponse:
        check_parameters(request.query_params, known=())
        owner = owner_of_section(username=username, section="statistics", viewer=request.user)
        status, half_stars = _OWN if owner == request.user.pk else _SHOWN
        entries = _entries(owner).visible_in("statistics", request.user)
        statement = _STATISTICS.format(
            status=status,
            half_stars=half_stars,
            entries=literal_sql(entries.values("favorite", status, half_stars)),
            plays=literal_sql(_plays(owner).visible_in("statistics", request.user).values("movie_id", "watched_on")),
        )
        ((body,),) = fetch(statement)
        return json_answer(request._request, body.encode())


class FriendsViewSet(StreamViewSet):
    """What those whom the reader follows say of a movie."""

    permission_classes = (SignedIn,)
    stream = Stream(
        "friends",
        FRIEND_ENTRY,
        "d.movie_id = %(movie)s AND EXISTS (SELECT FROM social_follow f WHERE f.follower_id = %(reader)s"
        " AND f.followed_id = d.user_id AND f.state = 'accepted')",
    )

    def list(self, request: Request, pk: str) -> HttpResponse:
        movie = published_movie(request, pk)
        among = LibraryEntry.objects.saying_something().filter(movie=movie).visible_to(request.user)
        return self.page(request, {"movie": movie.pk, "reader": request.user.pk}, among=among)


def _entries(owner: int) -> EntryQuerySet:
    """The entries of one person that say something to others, of movies of the catalogue."""
    said = LibraryEntry.objects.saying_something().filter(user=owner, movie__state=Movie.State.PUBLISHED)
    return said.order_by()


def _plays(owner: int) -> PlayQuerySet:
    """The viewings of one person, of movies of the catalogue."""
    return Play.objects.filter(user=owner, movie__state=Movie.State.PUBLISHED).order_by()
