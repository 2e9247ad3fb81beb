"""Languages: their names and their codes, ISO 639-1 where there is one, else ISO 639-3."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

import pycountry

# What film lists call them, and ISO does not. A group of languages (Sami, Nahuatl) has no code of its own: its largest
# member stands for it only where the lists mean that one.
_ALIASES = MappingProxyType(
    {
        "aceh": "ace",
        "american sign": "ase",
        "ancient greek": "grc",
        "aramaic": "arc",
        "assyrian": "aii",
        "australian aboriginal pidgin english": "rop",
        "bahasa indonesia": "id",
        "banyumasan": "jv",
        "british sign": "bfi",
        "cantonese": "yue",
        "chewa": "ny",
        "classical arabic": "ar",
        "egyptian, ancient": "egy",
        "farsi": "fa",
        "flemish": "nl",
        "french sign": "fsl",
        "fula": "ff",
        "gaelic": "gd",
        "german sign": "gsg",
        "greek": "el",
        "guanzhong hua": "cmn",
        "haitian creole": "ht",
        "hariyani": "bgc",
        "hindustani": "hi",
        "hinglish": "hi",
        "hokkien": "nan",
        "japanese sign": "jsl",
        "korean sign": "kvk",
        "kriolu": "kea",
        "kuna": "cuk",
        "kyrgyz": "ky",
        "maasai": "mas",
        "malay": "ms",
        "mandarin": "cmn",
        "maninka": "emk",
        "maori": "mi",
        "māori": "mi",
        "maya, yucatán": "yua",
        "mende": "men",
        "min nan": "nan",
        "nahuatl languages": "nah",
        "napoletano-calabrese": "nap",
        "nepali": "ne",
        "old english": "ang",
        "osetin": "os",
        "pashto": "ps",
        "punjabi": "pa",
        "romani": "rom",
        "sami languages": "smi",
        "scanian": "sv",
        "shanghainese": "wuu",
        "shanxi": "cjy",
        "sioux": "dak",
        "slovene": "sl",
        "sotho": "st",
        "southwestern mandarin": "cmn",
        "sunda": "su",
        "swahili": "sw",
        "taiwanese hokkien": "nan",
        "teochew": "nan",
        "valencian": "ca",
        "yolngu matha": "dhg",
    }
)
# Codes that film lists use and pycountry's list of single languages lacks: three groups of ISO 639-2, and the two that
# TMDB uses for Cantonese and for films without words.
NO_LANGUAGE = "xx"
_GROUPS = MappingProxyType({"nah": "Nahuatl", "smi": "Sami", "cn": "Cantonese", NO_LANGUAGE: "No language"})
_COMMON = MappingProxyType(
    {"cmn": "Mandarin", "yue": "Cantonese", "el": "Greek", "ms": "Malay", "sw": "Swahili", "nan": "Min Nan"}
)
# Two-letter codes that ISO 639-1 replaced and old files still hold.
_WITHDRAWN = MappingProxyType({"in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro"})


@cache
def _names() -> dict[str, str]:
    """Code to English name."""
    names = {getattr(language, "alpha_2", language.alpha_3): language.name for language in pycountry.languages}
    return {**names, **_GROUPS, **_COMMON}


@cache
def _codes() -> dict[str, str]:
    """Case-folded name to code."""
    codes: dict[str, str] = {}
    for language in pycountry.languages:
        for kind in ("name", "inverted_name", "common_name"):
            if name := getattr(language, kind, None):
                codes.setdefault(name.casefold(), getattr(language, "alpha_2", language.alpha_3))
    return {**codes, **{name.casefold(): code for code, name in _GROUPS.items()}, **_ALIASES}


@cache
def _other_codes() -> dict[str, str]:
    """Three-letter codes of ISO 639-2 and 639-3, and the two-letter codes that ISO withdrew, to the preferred code."""
    codes = dict(_WITHDRAWN)
    for language in pycountry.languages:
        preferred = getattr(language, "alpha_2", language.alpha_3)
        for kind in ("alpha_3", "bibliographic"):
            if (code := getattr(language, kind, preferred)) != preferred:
                codes[code] = preferred
    return codes


def is_language(code: str) -> bool:
    """Whether this is a language's code as Watchly writes it: lower case, two letters where there are two."""
    return code in _names()


def language_name(code: str) -> str:
    """The English name of a code; the code itself when there is none."""
    return _names().get(code, code)


def language_named(name: str) -> str | None:
    """The code of a language by its name, else by its code: for lists that give names ("Ari" is a name and a code)."""
    return _codes().get(name.casefold()) or language_code(name)


def language_code(name: str) -> str | None:
    """The code of a language by its name or by any of its codes in any case (`eng`, `en-US`, `English`), or None."""
    folded = name.strip().casefold()
    # The code first: "en" is English, although a language of Vietnam is named En.
    if is_language(folded):
        return folded
    if found := _other_codes().get(folded) or _codes().get(folded):
        return found
    # A tag of BCP 47 begins with the language: what follows is its script or region.
    primary = folded.replace("_", "-").split("-")[0]
    return language_code(primary) if primary != folded and len(primary) in (2, 3) else None


def unknown_language(name: str) -> str:
    """The message for a language that `language_code` does not know. It suggests the nearest, by name or by code."""
    names = {**_codes(), **{code: code for code in _names() if len(code) == 2}}
    near = get_close_matches(name.strip().casefold()[:100], names, n=1, cutoff=0.5)
    hint = (
        f"Did you mean {names[near[0]]} ({language_name(names[near[0]])})?" if near else "Use one such as fr or French."
    )
    return f"{name[:60]!r} is not an ISO 639 code or the English name of a language. {hint}"
