"""How fast one user may write what others see. How much in a day is counted in `social.services.daily_caps`."""

from __future__ import annotations

from watchly.api.limits import Limit

COMMENTS = Limit("comments", 10, 60, by="caller")
REPORTS = Limit("reports", 10, 60, by="caller")
