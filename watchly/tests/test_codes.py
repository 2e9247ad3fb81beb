"""Names and codes of countries and languages, both ways."""

from __future__ import annotations

import pytest

from watchly.common.countries import country_code, country_name, is_country
from watchly.common.languages import is_language, language_code, language_name, language_named


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"), ("USA", "US"), ("us", "US"), ("West Germany", "DE"), ("East Germany", "DD"),
        ("Soviet Union", "SU"), ("Czechoslovakia", "CS"), ("Yugoslavia", "YU"), ("Turkey", "TR"), ("Russia", "RU"),
        ("Palestine", "PS"), ("Hong Kong", "HK"), ("Ivory Coast", "CI"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_country_names_have_codes(name: str, code: str | None) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English", "en"), ("eng", "en"), ("American Sign", "ase"), ("Min Nan", "nan"), ("Cantonese", "yue"),
        ("Mandarin", "cmn"), ("Greek", "el"), ("Persian", "fa"), ("Klingon", "tlh"), ("Gibberish", None),
    ],
)  # fmt: skip
def test_language_names_have_codes(name: str, code: str | None) -> None:
    assert language_code(name) == code


@pytest.mark.parametrize("code", ["US", "SU", "DD", "CS", "YU", "RU", "TR", "PS", "KR", "GB", "CI", "CD", "XK", "TW"])
def test_the_name_of_a_country_leads_back_to_its_code(code: str) -> None:
    assert is_country(code)
    assert country_code(country_name(code)) == code


@pytest.mark.parametrize(
    "code", ["en", "nan", "yue", "cmn", "el", "ms", "sw", "ase", "fa", "smi", "nah", "sh", "tlh", "no", "aac", "gaa"]
)
def test_the_name_of_a_language_leads_back_to_its_code(code: str) -> None:
    assert is_language(code)
    assert language_named(language_name(code)) == code
