"""Text that is not UTF-8: Windows-1252, as spreadsheets on Windows save it."""

from __future__ import annotations

# Five bytes that the code page leaves undefined: browsers read them as Latin-1 does, and so do we.
_UNDEFINED = {number: chr(number) for number in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TABLE = "".join(_UNDEFINED.get(number) or bytes([number]).decode("cp1252") for number in range(256))


def windows_1252(content: bytes) -> str:
    """Any bytes as Windows-1252: curly quotes, dashes and the ellipsis are what Latin-1 takes for controls."""
    return content.decode("latin-1").translate(_TRANSLATED)


_TRANSLATED = {number: sign for number, sign in enumerate(_TABLE) if ord(sign) != number}
