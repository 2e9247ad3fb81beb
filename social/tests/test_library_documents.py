"""What PostgreSQL renders of libraries equals what DRF renders from the same rows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from movies.tests.factories import GenreFactory, MovieFactory, PersonFactory
from social.api.serializers.entry import ENTRY
from social.api.serializers.play import PLAY
from social.api.serializers.top_film import TOP_FILM
from social.models import TopFilm
from social.tests.factories import BlockFactory, LibraryEntryFactory, PlayFactory
from watchly.api.documents import Document
from watchly.api.renderers import JSONRenderer
from watchly.api.statements import fetch

pytestmark = pytest.mark.django_db


def both(document: Document, row: Any) -> tuple[Any, Any]:
    """The row as PostgreSQL and as DRF render it."""
    ((text,),) = fetch(f"SELECT {document.expression()} FROM {document.table} d WHERE d.id = %(id)s", {"id": row.pk})
    row.refresh_from_db()
    return json.loads(text), json.loads(JSONRenderer().render(document.serializer_class(row).data))


@pytest.fixture
def movie() -> Any:
    return MovieFactory.create(
        title='"Heat" \\ 100 %',
        genres=[GenreFactory.create(name="Crime"), GenreFactory.create(name="Action")],
        directors=[PersonFactory.create(), PersonFactory.create()],
        rating_average="4.25",
    )


def test_entries(movie: Any) -> None:
    now = timezone.now()
    full = LibraryEntryFactory.create(
        movie=movie, status="watched", status_changed_at=now, half_stars=9, rated_at=now, favorite=True,
        favorited_at=now, tags=["noir", 'a "b"'], note="Ω\n", plays=3, last_watched_at=now,
    )  # fmt: skip
    for entry in (full, LibraryEntryFactory.create(half_stars=8), LibraryEntryFactory.create()):
        ours, theirs = both(ENTRY, entry)
        assert ours == theirs
        assert list(ours) == list(theirs)


def test_plays(movie: Any) -> None:
    user, friend, foe, former = (UserFactory.create() for _ in range(4))
    BlockFactory.create(blocker=foe, blocked=user)
    former.is_active = False
    former.save()
    now = timezone.now()
    first = PlayFactory.create(user=user, movie=movie)
    full = PlayFactory.create(
        user=user, movie=movie, watched_at=now, watched_on=now.date(), precision="exact", half_stars=1, note="x",
        place="y", source="plex", source_key="1",
    )  # fmt: skip
    full.companions.set([friend, foe, former])
    again = PlayFactory.create(user=user, movie=movie, watched_at=now, watched_on=now.date(), precision="exact")
    for play, rewatch in ((first, False), (full, True), (again, True), (PlayFactory.create(), False)):
        ours, theirs = both(PLAY, play)
        assert ours == theirs
        assert ours["rewatch"] is rewatch
    assert [each["id"] for each in both(PLAY, full)[0]["companions"]] == [friend.pk]


def test_top_films(movie: Any) -> None:
    film = TopFilm.objects.create(user=UserFactory.create(), movie=movie, position=1, revision=1)
    ours, theirs = both(TOP_FILM, film)
    assert ours == theirs
