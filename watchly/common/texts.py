"""One cleaning of every text that people and files give, before it is compared, counted or stored.

Texts are in Unicode's NFC, so that two ways to write one name are one. Characters that nobody sees and that make two
equal names differ, or show a name backwards, are removed. A text without any visible character is empty.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Control characters but the line feed; the separators of lines and paragraphs, which programs write and people do not.
_CONTROLS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROLS_BUT_TAB: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Overrides, embeddings and isolates of the direction of writing, deprecated signs, marks of byte order and annotation.
_TURNING: Final = "\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
_IN_PROSE: Final = re.compile(f"[{_TURNING}]")
# A line has no need for marks of direction, soft hyphens, spaces without a width, invisible operators or fillers.
_IN_LINES: Final = re.compile(
    f"[{_TURNING}\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u3164\uffa0]"
)
# Joiners make emoji and letters of Persian and of Indian scripts: they stay between characters of those.
_JOINERS: Final = re.compile("(?<![\u0600-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\U0010ffff])")
# The characters that spell a region inside a flag; outside of one they are invisible.
_TAGS: Final = re.compile("[\U000e0000-\U000e007f]")
_FLAG: Final = "\U0001f3f4"
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# A word of a script without spaces is one character; marks belong to the letter before them.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’-][^\W_]+)*")


def is_visible(text: str) -> bool:
    """Whether the text has a character that somebody sees."""
    return any(
        sign not in _BLANK and unicodedata.category(sign)[0] in "LNPSM" and not "\ufe00" <= sign <= "\ufe0f"
        for sign in text
    )


def normalized(text: str) -> str:
    """The text in NFC; empty when nothing of it is visible."""
    if text.isascii():
        return text if text.strip() else ""
    return unicodedata.normalize("NFC", text) if is_visible(text) else ""


def one_line(text: str) -> str:
    """A title, a name, a tag: one line, one space between words, only what is visible."""
    if not (text.isascii() and text.isprintable()):
        text = _CONTROLS.sub(" ", unicodedata.normalize("NFC", text))
        text = _JOINERS.sub("", _IN_LINES.sub("", text))
        text = text if _FLAG in text else _TAGS.sub("", text)
        if not is_visible(text):
            return ""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """A review, a note, an overview: several lines, and nothing that turns the direction of words."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = _IN_PROSE.sub("", unicodedata.normalize("NFC", text))
        if not is_visible(text):
            return ""
    return _CONTROLS_BUT_TAB.sub(" ", text).strip()


def count_words(text: str) -> int:
    """How many words a text has; of scripts without spaces each character counts."""
    # A mark that composes with no letter (a vowel sign of Devanagari) would end a word.
    marked = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign)[0] != "M")
    return len(_WORD.findall(marked))
