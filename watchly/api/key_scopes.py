"""Which scope an API key needs for a view: deny by default, method by method.

Reading takes `read`. What a Django permission guards, to read or to write, takes `curate`. Anything else a key may not
do, unless the view says so: `key_scopes = {"POST": "write"}` (a method it leaves out keeps its rule; None closes one).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import SAFE_METHODS

from watchly.api.permissions import HasAnyPermission, HasPermission, ReadAllWriteWith
from watchly.common.scopes import Scope


def needed_scope(view: Any, method: str) -> str | None:
    """The scope that a key needs to call this method of a view; None where no key may."""
    said: Mapping[str, str | None] = getattr(view, "key_scopes", {})
    method = "GET" if method == "HEAD" else method
    if method in said:
        return said[method]
    rules = [rule for rule in view.permission_classes if isinstance(rule, type)]  # others are composed: `A | B`
    if any(issubclass(rule, (HasPermission, HasAnyPermission)) for rule in rules):
        return Scope.CURATE
    if method in SAFE_METHODS:
        return Scope.READ
    return Scope.CURATE if any(issubclass(rule, ReadAllWriteWith) for rule in rules) else None
