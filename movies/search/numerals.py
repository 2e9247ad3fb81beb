"""One spelling for the numbers of a title: "The Godfather Part II", "godfather 2" and "Godfather: Part Two" are one."""

from __future__ import annotations

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ROMANS = {
    "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
    "xiii": 13, "xiv": 14, "xv": 15,
}  # fmt: skip
# What names a part of a series and is left out as often as not: "Kill Bill: Volume 1", "kill bill vol 1".
_DESIGNATORS = frozenset({"part", "pt", "parts", "vol", "volume", "chapter", "ch", "episode", "ep", "no", "number"})


def with_digits(key: str) -> str:
    """A title key with its number words and Roman numerals as digits, and without "part" or "volume" before a number.

    A key of one word stays as it is: "seven" and "ten" are titles. So does a Roman numeral that begins a key ("v for
    vendetta") and "i", except after a designator.
    """
    words = key.split()
    if len(words) < 2:
        return key
    found: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        value, length = _number(words, at)
        if value is None and at > 0:
            value, length = _roman(word, after=words[at - 1]), 1
        if value is None:
            found.append(word)
            at += 1
            continue
        if len(found) > 1 and found[-1] in _DESIGNATORS:
            found.pop()
        found.append(str(value))
        at += length
    return " ".join(found)


def _roman(word: str, *, after: str) -> int | None:
    return 1 if word == "i" and after in _DESIGNATORS else _ROMANS.get(word)


def _number(words: list[str], at: int) -> tuple[int | None, int]:
    """The number that begins at this word, and of how many words it consists; digits count as a number too."""
    word = words[at]
    if word.isascii() and word.isdigit() and len(word) <= 4:
        return int(word), 1
    value, length = _below_hundred(words, at)
    if value is None:
        return None, 1
    if value < 10 and words[at + length : at + length + 1] == ["hundred"]:
        value, length = 100 * value, length + 1
        skipped = 1 if words[at + length : at + length + 1] == ["and"] else 0
        rest, more = _below_hundred(words, at + length + skipped)
        if rest is not None:
            value, length = value + rest, length + skipped + more
    return value, length


def _below_hundred(words: list[str], at: int) -> tuple[int | None, int]:
    word = words[at] if at < len(words) else ""
    if word in _UNITS:
        return _UNITS[word], 1
    if word in _TENS:
        unit = _UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
        return (_TENS[word] + unit, 2) if 0 < unit < 10 else (_TENS[word], 1)
    return None, 0
