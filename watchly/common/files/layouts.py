"""How the widths of a picture are kept: as a file each, or as addresses that the storage makes from one file.

A row's `path` is the name of a file in either layout, that of the largest rendition. Its `renditions` are files of ours
(`images/ab/abc-w320.webp`) where the storage only keeps bytes, and orders to the storage
(`c_limit,f_webp,q_auto,w_320/v1/images/ab/abc-w1280.webp`) where it cuts pictures itself. Both are suffixes of the
public prefix, so an address is put together in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from watchly.common.files.pictures import EXTENSION


@runtime_checkable
class CutsItself(Protocol):
    """A storage that answers for a picture in any width, so that one file is all it is given."""

    def rendition_path(self, name: str, width: int) -> str:
        """What follows the public prefix in the address of this file at most `width` pixels wide.

        It holds a comma, which the name of a file never does.
        """


def sibling(path: str, width: int) -> str:
    """The name of the file that holds another width of the same picture."""
    return f"{stem(path)}-w{width}.{EXTENSION}"


def stem(path: str) -> str:
    """What the names of one picture's files have in common."""
    return path.rpartition("-w")[0] or path


def is_file(path: str) -> bool:
    """Whether this path of a row is the name of a file, rather than an order to cut one."""
    return "," not in path


def files_of(path: str, renditions: Mapping[str, str]) -> list[str]:
    """The names of the files of a row, the largest first."""
    return list(dict.fromkeys([path, *(each for each in renditions.values() if is_file(each))]))


def cuts_itself(storage: Any) -> bool:
    """Whether this storage makes renditions of its own."""
    return isinstance(storage, CutsItself)


def renditions_for(storage: Any, path: str, widths: Iterable[int]) -> dict[str, str]:
    """The paths of these widths (pixels, the largest being that of the file at `path`), as this storage keeps them."""
    ordered = sorted(widths)
    if not isinstance(storage, CutsItself):
        return {str(width): sibling(path, width) for width in ordered}
    return {str(width): path if width == ordered[-1] else storage.rendition_path(path, width) for width in ordered}
