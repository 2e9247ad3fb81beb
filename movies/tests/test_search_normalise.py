"""Keys of titles and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.search.normalise import NAME_KEY_LENGTH, TITLE_KEY_LENGTH, fold, name_key, title_key

_WORDS = st.lists(
    st.sampled_from(["dark", "Amélie", "Straße", "8", "night", "Øst", "千尋", "기생충"]), min_size=1, max_size=6
)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("The Matrix", "matrix"),
        ("Matrix, The", "matrix"),
        ("matrix", "matrix"),
        ("Amélie", "amelie"),
        ("WALL·E", "wall e"),
        ("Se7en", "se7en"),
        ("Fast & Furious", "fast and furious"),
        ("Ocean's Eleven", "oceans eleven"),
        ("Ocean’s Eleven", "oceans eleven"),
        ("Ocean´s Eleven", "oceans eleven"),
        ("L'Avventura", "avventura"),
        ("Misérables, Les", "miserables"),
        ("Łódź Øst Straße Æon Þing Œuvre Đak", "lodz ost strasse aeon thing oeuvre dak"),
        ("İstanbul", "istanbul"),
        ("8½", "8 1 2"),
        ("Alien³", "alien3"),
        ("ﬁlm", "film"),
        ("A.I. Artificial Intelligence", "a i artificial intelligence"),
        ("The A-Team", "a team"),
        ("Plan A", "plan a"),
        ("Goodbye, Columbus", "goodbye columbus"),
        ("Die Hard", "die hard"),
        ("La Haine", "haine"),
        ("La La Land", "la la land"),
        ("Los Angeles Plays Itself", "los angeles plays itself"),
        ("O Brother, Where Art Thou?", "o brother where art thou"),
        ("千と千尋の神隠し", "千と千尋の神隠し"),
        ("ガラス", "ガラス"),
        ("기생충", "기생충"),
        ("आवारा", "आवारा"),
        ("Ирония судьбы", "ирония судьбы"),
        ("الرِّسالة", "الرسالة"),
    ],
)
def test_title_key(title: str, key: str) -> None:
    assert title_key(title) == key


@pytest.mark.parametrize(
    ("title", "key"),
    [("The", "the"), ("A", "a"), ("The The", "the"), ("!!!", "!!!"), ("...", "..."), ("🎬", "🎬"), ("L'", "l")],
)
def test_a_title_without_anything_else_keeps_what_it_has(title: str, key: str) -> None:
    assert title_key(title) == key


@pytest.mark.parametrize("nothing", ["", "  ", "\x00", "\ud800", "\u200b"])
def test_nothing_has_an_empty_key(nothing: str) -> None:
    assert title_key(nothing) == name_key(nothing) == ""


def test_name_key_keeps_articles() -> None:
    assert name_key("The Rock") == "the rock"
    assert name_key("Penélope Cruz") == "penelope cruz"
    assert name_key("J.J. Abrams") == "j j abrams"


@given(st.text(max_size=600))
def test_keys_fit_their_columns_and_the_database(text: str) -> None:
    for key, longest in ((title_key(text), TITLE_KEY_LENGTH), (name_key(text), NAME_KEY_LENGTH)):
        assert len(key) <= longest
        assert key == key.strip()
        assert "  " not in key
        assert "\x00" not in key
        key.encode()  # no lone surrogate


@given(st.text(max_size=200))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_WORDS, st.sampled_from([" ", "-", ": ", " · ", "... ", " — "]))
def test_case_and_punctuation_do_not_matter(words: list[str], between: str) -> None:
    plain = title_key(" ".join(words))
    assert title_key(between.join(words)) == plain
    assert title_key(" ".join(words).upper()) == plain
    assert title_key(f"«{between.join(words)}!»") == plain


@given(_WORDS, st.sampled_from(["The", "A", "an", "Les", "Der", "il"]))
def test_an_article_before_or_after_does_not_matter(words: list[str], article: str) -> None:
    title = " ".join(words)
    assert title_key(f"{article} {title}") == title_key(f"{title}, {article}") == title_key(title)
