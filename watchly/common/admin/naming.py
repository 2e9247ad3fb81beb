"""What the back office calls models of other packages, in menus, on pages and in messages."""

from __future__ import annotations

from typing import Any

from django.db.models import Model


def call(model: type[Model], one: str, many: str) -> None:
    """Names a model whose class is not ours. Migrations read the class as it was written and see no change."""
    options: Any = model._meta
    options.verbose_name, options.verbose_name_plural = one, many
