"""The jobs of social."""

from __future__ import annotations

from procrastinate.contrib.django import app

from social.services import changes


@app.periodic(cron="47 3 * * *")
@app.task(name="social.tasks.clear_tombstones", queue="default", queueing_lock="clear_tombstones")
def clear_tombstones(timestamp: int) -> None:
    """Every night: what is gone for 90 days is no longer told to clients that ask for changes."""
    changes.clear_tombstones()
