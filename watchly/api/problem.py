"""One line of the table of problems (`watchly.api.problems`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One code: the status it comes with, when it comes, and the detail of an example."""

    status: int
    meaning: str
    detail: str
    errors: tuple[tuple[str, str], ...] = ()  # of the example: pointers and codes
    members: tuple[tuple[str, Any], ...] = ()  # of the example, beside the fixed ones
