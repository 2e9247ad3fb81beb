"""Marks the pages of the back office that take a file larger than an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def takes_file(permission: str) -> Callable[[View], View]:
    """Lets users with this permission send a file of up to `IMPORT_MAX_BYTES` to the view.

    `watchly.entry.admission` reads the mark before it reads the body; Django's admin copies it onto the view it routes.
    """

    def mark(view: View) -> View:
        view.takes_file_with = permission  # type: ignore[attr-defined]
        return view

    return mark
