"""Reads settings from the environment, and fails loudly: a wrong value names the variable and what would be right.

Used by the settings and by the processes that run before Django does, so nothing here imports Django.
"""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class ConfigurationError(Exception):
    """A setting in the environment is missing or wrong; the message says which and what would be right."""


def text(name: str, default: str | None = None) -> str | None:
    """The value of `name`, or the content of the file that `name`_FILE points at (for secrets), stripped.

    An empty value counts as not set. Raises ConfigurationError when both are set or the file cannot be read.
    """
    value, path = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if value and path:
        raise ConfigurationError(f"{name} and {name}_FILE are both set: set one of them.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{name}_FILE={path!r} cannot be read: {error.strerror}.") from error
        if not value:
            raise ConfigurationError(f"{name}_FILE={path!r} is empty.")
    return value or default


def flag(name: str, default: bool = False) -> bool:
    """A yes or no: 1/true/yes/on or 0/false/no/off, in any case."""
    value = text(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ConfigurationError(f"{name}={value!r} is neither yes nor no: use 1 or 0.")


def integer(name: str, default: int, *, at_least: int | None = None, at_most: int | None = None) -> int:
    """A whole number within the stated range."""
    value = text(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise ConfigurationError(f"{name}={value!r} is not a whole number.") from error
    if (at_least is not None and number < at_least) or (at_most is not None and number > at_most):
        raise ConfigurationError(f"{name}={number} is out of range: {at_least} to {at_most or 'any'}.")
    return number


def number(name: str, default: float, *, above: float) -> float:
    """A number greater than `above`."""
    value = text(name)
    if value is None:
        return default
    try:
        parsed = float(value)
    except ValueError as error:
        raise ConfigurationError(f"{name}={value!r} is not a number.") from error
    if not parsed > above:
        raise ConfigurationError(f"{name}={value} is out of range: it must be above {above}.")
    return parsed


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list."""
    value = text(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words."""
    value = text(name, default) or default
    if value not in allowed:
        raise ConfigurationError(f"{name}={value!r} is not known: use one of {', '.join(allowed)}.")
    return value


def data_folder() -> Path:
    """Where this installation keeps what must outlive a process: WATCHLY_DATA, by default `data/` in the checkout."""
    return Path(text("WATCHLY_DATA") or BASE_DIR / "data").expanduser().absolute()
