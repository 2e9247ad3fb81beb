"""Trailers by the address that a browser shows: which provider an address belongs to, and its key there."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from movies.definition.limits import longest
from movies.models.video import Video

NOT_A_VIDEO: Final = (
    "This is not the address of a video: paste one of YouTube or Vimeo, such as https://youtu.be/2GfZl4kuVNI, or the "
    "video's key alone."
)
_KEY: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{longest('video.key')}}}")
_YOUTUBE_HOSTS: Final = frozenset({"youtube.com", "youtube-nocookie.com", "youtu.be"})
_VIMEO_HOSTS: Final = frozenset({"vimeo.com"})
# youtube.com/shorts/KEY and the like; the short host has the key alone.
_YOUTUBE_FOLDERS: Final = frozenset({"shorts", "embed", "live", "v", "e"})


def is_key(text: str) -> bool:
    """Whether the text is a provider's key: letters, digits, `_` and `-`, at most 60."""
    return _KEY.fullmatch(text) is not None


def video_of(text: str) -> tuple[Video.Provider, str] | None:
    """The provider and the key of an address of YouTube or Vimeo, in any of the shapes that they hand out.

    With or without a scheme, parameters or a fragment. None for a text that is no such address.
    """
    text = text.strip()
    if "/" not in text and "." not in text:
        return None
    try:
        parts = urlsplit(text if "://" in text else f"https://{text.lstrip('/')}")
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("music.")
    except ValueError:  # half an IPv6 address
        return None
    folders = [each for each in parts.path.split("/") if each]
    if host in _YOUTUBE_HOSTS:
        key = _youtube_key(host, folders, parts.query)
        return (Video.Provider.YOUTUBE, key) if key and is_key(key) else None
    if host.removeprefix("player.") in _VIMEO_HOSTS:
        # The number comes last, but for the word that opens a video that is not listed.
        number = next((each for each in folders if each.isascii() and each.isdigit() and _last(each, folders)), None)
        return (Video.Provider.VIMEO, number) if number and is_key(number) else None
    return None


def _youtube_key(host: str, folders: list[str], query: str) -> str | None:
    if host == "youtu.be":
        return folders[0] if folders else None
    if len(folders) > 1 and folders[0] in _YOUTUBE_FOLDERS:
        return folders[1]
    return next(iter(parse_qs(query).get("v", ())), None)


def _last(number: str, folders: list[str]) -> bool:
    """Whether no other number follows: vimeo.com/album/12/video/345 is video 345."""
    place = len(folders) - 1 - folders[::-1].index(number)
    return not any(each.isascii() and each.isdigit() for each in folders[place + 1 :])
