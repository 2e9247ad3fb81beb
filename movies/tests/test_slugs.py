"""Slugs are made of all letters that can be written in ASCII."""

from __future__ import annotations

import pytest

from movies.definition.slugs import slug_of
from movies.importers.movielens import titles
from movies.search.normalise import title_key
from movies.services.slugs import slug_base


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Œdipe roi", "oedipe-roi"),
        ("ŒDIPE", "oedipe"),
        ("Blå øjne", "bla-ojne"),
        ("Dødes Ærø", "dodes-aero"),
        ("Straße", "strasse"),
        ("GROẞE", "grosse"),
        ("Miłość", "milosc"),
        ("Đorđe", "dorde"),
        ("Þrestir og Ðe", "threstir-og-de"),
        ("Kız", "kiz"),
        ("İstanbul", "istanbul"),
        ("Ħal Ŋ", "hal-n"),
        ("8½", "8-1-2"),
        ("ﬁnal", "final"),
        ("Amélie", "amelie"),
        ("Schindler's List", "schindlers-list"),
        ("東京物語", "film"),
    ],
)
def test_letters_that_do_not_decompose_are_spelt(title: str, slug: str) -> None:
    assert slug_base(title, None) == slug


def test_genres_and_tags_are_addressed_the_same_way() -> None:
    assert slug_of("Œuvre", "tag", 80) == "oeuvre"
    assert slug_of("映画", "tag", 80).startswith("tag-")


@pytest.mark.parametrize("title", ["Matrix, The", "Matrix; The", "Matrix ; The", "Matrix ,The"])
def test_an_article_after_a_comma_or_semicolon_comes_first(title: str) -> None:
    assert title_key(title) == title_key("The Matrix")
    assert titles(f"{title} (1999)") == ("The Matrix", 1999, [])


def test_a_semicolon_before_another_word_stays() -> None:
    assert titles("Stop; Look (1999)") == ("Stop; Look", 1999, [])
