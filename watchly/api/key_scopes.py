"""Which scopes open a view to an API key: deny by default, method by method.

Reading takes `read`. What a Django permission guards, to read or to write, takes `curate`. Anything else a key may not
do, unless the view says so: `key_scopes = {"POST": "write"}`, or several of which one is enough, such as
`("write", "scrobble")`. A method it leaves out keeps its rule; None closes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import SAFE_METHODS

from watchly.api.permissions import HasAnyPermission, HasPermission, ReadAllWriteWith
from watchly.common.scopes import Scope

KeyScopes = Mapping[str, str | tuple[str, ...] | None]


def opening_scopes(view: Any, method: str) -> tuple[str, ...]:
    """The scopes of which a key needs one to call this method of a view; none where no key may."""
    said: KeyScopes = getattr(view, "key_scopes", {})
    method = "GET" if method == "HEAD" else method
    if method in said:
        scopes = said[method]
        return scopes if isinstance(scopes, tuple) else (scopes,) if scopes else ()
    rules = [rule for rule in view.permission_classes if isinstance(rule, type)]  # others are composed: `A | B`
    if any(issubclass(rule, (HasPermission, HasAnyPermission)) for rule in rules):
        return (Scope.CURATE,)
    if method in SAFE_METHODS:
        return (Scope.READ,)
    return (Scope.CURATE,) if any(issubclass(rule, ReadAllWriteWith) for rule in rules) else ()
