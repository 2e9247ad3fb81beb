"""What an API key needs where a view writes its owner's own things."""

from __future__ import annotations

OWN_WRITES: dict[str, str | None] = dict.fromkeys(("POST", "PUT", "PATCH", "DELETE"), "write")
