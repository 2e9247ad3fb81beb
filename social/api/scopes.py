"""What an API key needs where a view writes its owner's own things."""

from __future__ import annotations

from watchly.api.key_scopes import KeyScopes
from watchly.common.scopes import Scope

OWN_WRITES: KeyScopes = dict.fromkeys(("POST", "PUT", "PATCH", "DELETE"), Scope.WRITE)
# Of programs for one purpose: a player that logs plays, an importer that fills a library, a reader of the feed.
LOGS_PLAYS: KeyScopes = {**OWN_WRITES, "POST": (Scope.WRITE, Scope.SCROBBLE)}
FILLS_LIBRARY: KeyScopes = {**OWN_WRITES, "POST": (Scope.WRITE, Scope.IMPORT)}
READS_FEED: KeyScopes = {"GET": (Scope.READ, Scope.FEED)}
