"""What a query may mean, and which typing errors two texts forgive each other: without a database."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.search.entries import edits, entries
from movies.search.normalise import name_key
from movies.search.reading import after, readings

_TEXT = st.text(string.ascii_lowercase + "éя千", min_size=4, max_size=60)


@given(_TEXT, st.data())
def test_one_wrong_missing_extra_or_swapped_letter_shares_an_edit(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 2))
    for mistyped in (
        text[:at] + "x" + text[at + 1 :],
        text[:at] + text[at + 1 :],
        text[:at] + "x" + text[at:],
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
    ):
        assert not set(edits(text)).isdisjoint(edits(mistyped)), mistyped


def test_edits_are_the_same_everywhere_and_for_ever() -> None:
    # They are stored: another number here means that every index must be rebuilt.
    assert edits("heat") == [-1844728759, -1697431782, -1682272858, -1169889544, -160994995]


def test_different_texts_share_no_edit() -> None:
    assert set(edits("matrix")).isdisjoint(edits("memento"))
    assert set(edits("matrix")).isdisjoint(edits("mtarxi"))  # two errors


def test_one_entry_per_compact_form_with_the_words_of_all() -> None:
    assert entries(["wall e", "walle", "", "the lord of rings", "!!!"]) == {
        "walle": ["e", "w", "wall", "walle"],
        "thelordofrings": ["l", "lord", "r", "rings"],
        "!!!": [],
    }


def test_a_year_at_the_end_may_belong_to_the_title_or_not() -> None:
    literal, dated = readings("Blade Runner (2049)")
    assert (literal.year, literal.forms[0]) == (None, "bladerunner2049")
    assert (dated.year, dated.forms[0]) == (2049, "bladerunner")


@pytest.mark.parametrize("query", ["1917", "2001 a space odyssey", "heat 12345", "heat 1799", "apollo 13"])
def test_what_is_no_year_at_the_end_stays_in_the_title(query: str) -> None:
    assert [reading.year for reading in readings(query)] == [None]


def test_the_last_word_may_be_half_typed_and_others_not() -> None:
    assert readings("lord of the ri")[0].words == "'lord' & 'ri':*"
    assert readings("lord of the r")[0].words == "'lord' & 'r'"
    assert readings("toy story 3")[0].words == "'toy' & 'story' & '3'"
    assert readings("r")[0].words is None
    assert readings("lord of the")[0].words == "'lord'"
    assert readings("the")[0].words is None


def test_numerals_of_a_series_are_read_both_ways() -> None:
    assert "rocky2" in readings("Rocky II")[0].forms
    assert readings("Rocky II")[0].words == "('rocky' & 'ii':*) | ('rocky' & '2')"
    assert readings("3 idiots")[0].forms == ["3idiots"]


def test_people_keep_what_would_be_an_article_of_a_title() -> None:
    assert readings("A Martinez", name_key)[0].forms == ["amartinez"]


@pytest.mark.parametrize("query", ["", " ", "\x00", "\ud800\udfff", "\u200b\u200b"])
def test_nothing_to_look_for(query: str) -> None:
    assert readings(query) == []


@given(st.text(max_size=300))
def test_any_query_can_be_read(query: str) -> None:
    for reading in readings(query):
        assert reading.forms
        assert all(form and "\x00" not in form for form in reading.forms)
        assert "\\" not in (reading.words or "")


@given(st.text(string.printable.strip() + "é\ud7ff\U0010ffff", min_size=1, max_size=5), st.text(max_size=3))
def test_what_begins_with_a_text_lies_before_what_comes_after_it(text: str, rest: str) -> None:
    if text[-1] != "\U0010ffff":
        assert text <= text + rest < after(text)
