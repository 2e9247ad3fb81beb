"""What becomes of what people write."""

from __future__ import annotations

import pytest

from social.services.prose import EXCERPT, mentioned, render


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[here](javascript:alert(1))",
        "[here](data:text/html;base64,PHNjcmlwdD4=)",
        "![](https://tracker.example/pixel.png)",
        '[x](https://a.example "onmouseover=alert(1)")<svg/onload=alert(1)>',
        "<a href='vbscript:x'>x</a><style>*{display:none}</style>",
        "`<iframe>`",
    ],
)
def test_nothing_runs_and_nothing_is_loaded(text: str) -> None:
    html = render(text).html
    for bad in ("<script", "<img", "<svg", "<style", "<iframe", 'href="javascript', 'href="data', 'href="vbscript'):
        assert bad not in html.lower()


def test_markdown_is_rendered_and_links_are_marked_as_users_own() -> None:
    prose = render("# So\n\n**Bold** ~~no~~ and [a link](https://films.example)\n\n> said\n\n1. one")
    assert "<h1>So</h1>" in prose.html
    assert "<strong>Bold</strong> <s>no</s>" in prose.html
    assert '<a href="https://films.example" rel="nofollow ugc noopener noreferrer">a link</a>' in prose.html
    assert (prose.excerpt, prose.words) == ("So Bold no and a link said one", 8)


def test_words_are_counted_in_every_script() -> None:
    assert render("Don't panic, L'Avventura is it").words == 5
    assert render("七人の侍").words == 4
    assert render("").words == 0


def test_an_excerpt_ends_between_words_and_holds_no_markup() -> None:
    excerpt = render("word & " * 200).excerpt
    assert len(excerpt) <= EXCERPT
    assert excerpt.endswith(("&…", "word…"))
    assert "&amp;" not in excerpt


def test_mentions_are_names_and_no_addresses() -> None:
    assert mentioned("@Ada and @ada, (@bob.b). me@example.org @@x https://a.example/@eve") == ["ada", "bob.b"]
    assert len(mentioned(" ".join(f"@user{n}" for n in range(50)))) == 20
