"""The version of a row that a caller expects when it writes (`If-Match`)."""

from __future__ import annotations

from collections.abc import Collection

from watchly.common.errors import StaleVersion

# One version, any of several, or None for whatever is stored.
Expected = int | Collection[int] | None


def check_version(*, stored: int, expected: Expected, name: str) -> None:
    """Raises StaleVersion unless the stored version is one of those expected. `name` is what the row is called."""
    if expected is None:
        return
    versions = [expected] if isinstance(expected, int) else sorted(expected)
    if stored not in versions:
        given = " or ".join(str(version) for version in versions)
        raise StaleVersion(f"The {name} is at version {stored}, not {given}: read it again, then repeat the change.")
