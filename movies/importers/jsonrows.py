"""Rows that are JSON: one object per line, or an array that is never held whole."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator

from movies.importers.encodings import windows_1252
from movies.importers.record import Problem, Raw, Refused
from movies.importers.source import DAMAGED, Lines, Oversized

LARGEST_OBJECT = 2**20  # characters
_CHUNK = 1 << 18
_BETWEEN = re.compile(r"[\s,]*")
# Errors that more text could mend; all others mean that what was read is no JSON. Halves of words and numbers, too, are
# found within a few characters of the end.
_UNFINISHED = "Unterminated string"
_EDGE = 16


def parse(content: object) -> dict[str, object]:
    """The object that a row holds: one that was read already, or its text. Raises Refused."""
    if isinstance(content, str):
        text = content
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            cut = _ends_early(error, len(text.rstrip()))
            raise Refused(
                "cut" if cut else "not_json",
                f"The row {'stops in the middle' if cut else 'is not JSON'}: {error.msg} at column {error.colno}.",
            ) from error
        except (ValueError, RecursionError) as error:
            raise Refused(
                "not_json", "The row is not JSON that can be read: its numbers or its nesting have no end."
            ) from error
    if not isinstance(content, dict):
        raise Refused("not_an_object", 'A film is an object: {"title": …}.')
    return content


def read_lines(lines: Lines) -> Iterator[Raw | Problem]:
    """One row per line that is not blank, not parsed yet."""
    for line in lines:
        if lines.problems:
            yield from lines.problems
            lines.problems.clear()
        if line and not line.isspace():
            yield Raw(lines.number, line)
    yield from lines.problems


def spans_lines(beginning: bytes) -> bool:
    """Whether a text begins with one object that is written over several lines, rather than with one a line."""
    first, _, rest = beginning.lstrip().partition(b"\n")
    opened = first.rstrip()[-1:] in (b"{", b"[", b",")
    return opened and bool(rest.strip()) and not rest.lstrip().startswith(b"{")


def read_object(stream: io.BufferedReader) -> Iterator[Raw | Problem]:
    """The one object that a text is, not parsed yet."""
    try:
        content = stream.read(4 * LARGEST_OBJECT + 1)
    except Oversized:
        content = bytes(4 * LARGEST_OBJECT + 1)
    except DAMAGED as error:
        yield Problem(1, "cut", f"The file ends in the middle or is damaged: {error}.")
        return
    if len(content) > 4 * LARGEST_OBJECT:
        yield Problem(1, "too_large", f"The object has more than {4 * LARGEST_OBJECT} bytes: it was skipped.")
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Problem(1, "encoding", "Not UTF-8: the file was read as Windows-1252.", accepted=True)
        text = windows_1252(content)
    yield Raw(1, text)


def read_array(stream: io.BufferedReader) -> Iterator[Raw | Problem]:
    """The elements of an array, parsed. After a broken element it goes on at the next that starts a line of its own."""
    array = _Array(stream)
    yield from array.rows()
    yield from array.drained()


class _Array:
    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._line = "", 0, 1
        self._over = self._windows = False
        self._indent = ""
        self._problems: list[Problem] = []

    def drained(self) -> list[Problem]:
        problems, self._problems = self._problems, []
        return problems

    def rows(self) -> Iterator[Raw | Problem]:
        decoder = json.JSONDecoder()
        if not self._pass_over(re.compile(r"\s*\[")):
            yield Problem(1, "not_json", "The file is no JSON array: it starts with [ and ends with ].")
            return
        while True:
            if self._problems:
                yield from self.drained()
            self._skip_separators()
            if self._at >= len(self._text):
                yield Problem(self._line, "cut", "The array has no end: the file stops in the middle.")
                return
            if self._text[self._at] == "]":
                return
            self._note_indent()
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._may_be_unfinished(error) and self._more():
                    continue
                yield self._broken(error)
                if not self._recover():
                    return
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on
            yield Raw(self._line, value)
            self._advance(end)

    def _broken(self, error: Exception) -> Problem:
        cut = self._over and isinstance(error, json.JSONDecodeError) and _ends_early(error, len(self._text.rstrip()))
        why = error.msg if isinstance(error, json.JSONDecodeError) else "numbers or nesting without an end"
        return Problem(
            self._line,
            "cut" if cut else "not_json",
            f"The object {'stops in the middle' if cut else 'is not JSON'}: {why}.",
            self._text[self._at : self._at + 200],
        )

    def _may_be_unfinished(self, error: Exception) -> bool:
        if not isinstance(error, json.JSONDecodeError) or len(self._text) - self._at > LARGEST_OBJECT:
            return False
        return _ends_early(error, len(self._text))

    def _more(self) -> bool:
        """Reads on; whether there was more."""
        if self._over:
            return False
        try:
            chunk = self._stream.read1(max(_CHUNK, len(self._text) - self._at))
        except Oversized:
            self._problems.append(
                Problem(self._line, "too_large", "More came out of the archive than is taken: split the file.")
            )
            chunk = b""
        except DAMAGED as error:
            self._problems.append(Problem(self._line, "cut", f"The file ends in the middle or is damaged: {error}."))
            chunk = b""
        self._over = not chunk
        self._text, self._at = self._text[self._at :] + self._decoded(chunk), 0
        return bool(chunk)

    def _decoded(self, chunk: bytes) -> str:
        if self._windows:
            return windows_1252(chunk)
        try:
            return self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            pending = self._decode.getstate()[0]
            self._windows = True
            detail = "Not UTF-8: the file was read as Windows-1252 from here."
            self._problems.append(Problem(self._line, "encoding", detail, accepted=True))
            # What is valid before the first wrong byte stays UTF-8.
            whole = pending + chunk
            try:
                whole.decode()
            except UnicodeDecodeError as error:
                return whole[: error.start].decode() + windows_1252(whole[error.start :])
            return whole.decode()

    def _pass_over(self, pattern: re.Pattern[str]) -> bool:
        while not (found := pattern.match(self._text, self._at)):
            if self._text.strip() or not self._more():
                return False
        self._advance(found.end())
        return True

    def _skip_separators(self) -> None:
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._advance(found.end() if found else self._at)
            if self._at < len(self._text) or not self._more():
                return

    def _advance(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _note_indent(self) -> None:
        start = self._text.rfind("\n", max(0, self._at - 64), self._at)
        if start >= 0 and not self._text[start + 1 : self._at].strip(" \t,"):
            self._indent = self._text[start + 1 : self._at].rstrip(",")

    def _recover(self) -> bool:
        """Goes to the next element on a line of its own, at the usual indentation; whether there is one."""
        pattern = re.compile(rf"\n{re.escape(self._indent)},?(?=\{{)")
        self._advance(self._at + 1)
        while not (found := pattern.search(self._text, self._at)):
            self._advance(max(self._at, len(self._text) - 128))
            if not self._more():
                return False
        self._advance(found.end())
        return True


def _ends_early(error: json.JSONDecodeError, length: int) -> bool:
    """Whether the text stopped, rather than being wrong."""
    return error.pos >= length - _EDGE or error.msg.startswith(_UNFINISHED)
