"""Trailers are given by the address that a browser shows, through every door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from movies.importers.watchly import _videos
from movies.models import Video
from movies.tests.back_office import form_data, page, signed_in
from movies.tests.factories import MovieFactory
from movies.video_addresses import video_of

KEY = "2GfZl4kuVNI"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"https://www.youtube.com/watch?v={KEY}", ("youtube", KEY)),
        (f"https://www.youtube.com/watch?feature=share&v={KEY}&t=42s#top", ("youtube", KEY)),
        (f"http://m.youtube.com/watch?v={KEY}&list=PL1", ("youtube", KEY)),
        (f"youtube.com/watch?v={KEY}", ("youtube", KEY)),
        (f"  https://youtu.be/{KEY}?si=abc  ", ("youtube", KEY)),
        (f"//youtu.be/{KEY}", ("youtube", KEY)),
        (f"https://www.youtube.com/shorts/{KEY}", ("youtube", KEY)),
        (f"https://www.youtube.com/live/{KEY}?feature=share", ("youtube", KEY)),
        (f"https://www.youtube.com/embed/{KEY}?autoplay=1", ("youtube", KEY)),
        (f"https://www.youtube-nocookie.com/embed/{KEY}", ("youtube", KEY)),
        (f"https://music.youtube.com/watch?v={KEY}", ("youtube", KEY)),
        ("https://vimeo.com/76979871", ("vimeo", "76979871")),
        ("https://vimeo.com/76979871/abcdef1234?share=copy", ("vimeo", "76979871")),
        ("https://player.vimeo.com/video/76979871?h=8272103f6e", ("vimeo", "76979871")),
        ("vimeo.com/channels/staffpicks/76979871", ("vimeo", "76979871")),
        ("https://vimeo.com/showcase/12/video/76979871", ("vimeo", "76979871")),
        (KEY, None),
        ("https://www.youtube.com/@channel", None),
        ("https://www.youtube.com/watch?v=", None),
        ("https://youtu.be/", None),
        ("https://vimeo.com/watch", None),
        ("https://youtube.com.example.org/watch?v=x", None),
        ("https://example.org/watch?v=x", None),
        ("https://[broken/watch", None),
        ("", None),
    ],
)
def test_the_provider_and_key_are_read_from_an_address(address: str, found: tuple[str, str] | None) -> None:
    assert video_of(address) == found


@pytest.mark.django_db
def test_a_pasted_address_becomes_a_video_in_the_back_office(make_user: Callable[..., Any]) -> None:
    browser, movie = signed_in(make_user(role="curator")), MovieFactory.create()
    data = form_data(browser.get(page(movie)))
    row = {"kind": "trailer", "provider": "youtube", "position": 0}
    data |= {f"videos-0-{name}": value for name, value in row.items()} | {"videos-TOTAL_FORMS": 2}
    data |= {f"videos-1-{name}": value for name, value in row.items()} | {"videos-0-key": f"https://youtu.be/{KEY}"}
    refused = browser.post(page(movie), data | {"videos-1-key": "https://example.org/trailer"}).content.decode()
    assert "not the address of a video" in refused
    assert "movies_video" not in refused
    assert browser.post(page(movie), data | {"videos-1-key": "https://vimeo.com/76979871"}).status_code == 302
    assert sorted(Video.objects.values_list("provider", "key")) == [("vimeo", "76979871"), ("youtube", KEY)]


@pytest.mark.django_db
def test_the_api_takes_the_address_of_a_video(curator: APIClient) -> None:
    movie = MovieFactory.create()
    video = {"provider": "youtube", "key": f"https://www.youtube.com/shorts/{KEY}"}
    assert curator.patch(f"/api/movies/{movie.pk}", {"videos": [video]}, format="json").status_code == 200
    assert movie.videos.get().key == KEY
    for change, pointer in (({"provider": "vimeo"}, "/videos/0/provider"), ({"key": "a b"}, "/videos/0/key")):
        answer = curator.patch(f"/api/movies/{movie.pk}", {"videos": [video | change]}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["patch", "post"])
def test_one_video_sent_twice_is_refused_without_a_constraints_name(curator: APIClient, method: str) -> None:
    rows = [{"provider": "youtube", "key": KEY, "name": name} for name in ("One", "Two")]
    address = "/api/movies" if method == "post" else f"/api/movies/{MovieFactory.create().pk}"
    answer = getattr(curator, method)(address, {"title": "Heat", "videos": rows}, format="json")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The movie has this video already: send it once."


def test_a_file_of_movies_may_name_a_video_by_its_address() -> None:
    clips = _videos([{"provider": "youtube", "key": f"https://youtu.be/{KEY}"}], "videos")
    assert [(clip.provider, clip.key) for clip in clips] == [("youtube", KEY)]
