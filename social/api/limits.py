"""How fast one user may write what others see. How much in a day is counted in `social.services.daily_caps`."""

from __future__ import annotations

from watchly.api.limits import Limit

COMMENTS = Limit("comments", 10, 60, by="caller")
# The daily caps count what is there; these also count what was taken back and done again.
COMMENTS_BY_THE_HOUR = Limit("comments-hour", 60, 3600, by="caller")
FOLLOWS = Limit("follows", 120, 3600, by="caller")
LIKES = Limit("likes", 240, 3600, by="caller")
REPORTS = Limit("reports", 10, 60, by="caller")
