"""The accounts' jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from accounts.services.erasure import erase_due_accounts
from accounts.services.exports import clear_exports, make_export
from accounts.services.letters import deliver
from watchly.common.actor import acting
from watchly.common.jobs import task


@task(queue="bulk")
def build_export(*, export_id: int) -> None:
    """Makes the archive of an account; killed, it is made anew when the job is given out again."""
    with acting(via="job"):
        make_export(export_id=export_id)


@task(queue="default")
def send_letter(*, letter: str, user_id: int) -> None:
    """Writes to a user about their data, if they have an address."""
    deliver(letter=letter, user_id=user_id)


@app.periodic(cron="41 * * * *")
@app.task(name="accounts.tasks.clear_old_exports", queue="default", queueing_lock="clear_old_exports")
def clear_old_exports(timestamp: int) -> None:
    """Every hour: exports that were offered for 24 hours lose their files."""
    with acting(via="job"):
        clear_exports()


@app.periodic(cron="29 2 * * *")
@app.task(name="accounts.tasks.erase_accounts", queue="bulk", queueing_lock="erase_accounts")
def erase_accounts(timestamp: int) -> None:
    """Every night: accounts whose owners asked for it 14 days ago are erased."""
    with acting(via="job"):
        erase_due_accounts()
