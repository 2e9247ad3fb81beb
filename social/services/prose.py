"""What people write, in Markdown: made safe to show, once, when it is written.

CommonMark and strikethrough, without raw HTML and without pictures (which would tell their server who reads). What
comes out is cleaned again against a short list of elements, whatever the renderer lets through.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

import nh3
from markdown_it import MarkdownIt

from watchly.common.texts import count_words

EXCERPT = 300  # characters
WORDS_A_MINUTE = 230
MOST_MENTIONS = 20
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")
_ELEMENTS: Final = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "ul",
}  # fmt: skip
_MENTION = re.compile(r"(?<![\w@/.])@([A-Za-z0-9](?:[A-Za-z0-9._-]{0,148}[A-Za-z0-9_])?)")


@dataclass(frozen=True, slots=True)
class Prose:
    """A text as it is shown: HTML, its beginning in plain text, and how many words it has."""

    html: str
    excerpt: str
    words: int


def render(text: str) -> Prose:
    """Renders Markdown. Links open nothing but http, https and mailto, and are marked as users' own."""
    rendered = nh3.clean(
        _MARKDOWN.render(text),
        tags=_ELEMENTS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener noreferrer",
    )
    plain = " ".join(html.unescape(nh3.clean(rendered, tags=set(), attributes={})).split())
    return Prose(rendered, _shortened(plain), count_words(plain))


def mentioned(text: str) -> list[str]:
    """The first 20 usernames that a text mentions (@ada), in lower case, each once."""
    return list(dict.fromkeys(name.lower() for name in _MENTION.findall(text)))[:MOST_MENTIONS]


def _shortened(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    cut = text[: EXCERPT - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(",.;:") + "…"
