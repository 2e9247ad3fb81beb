"""What every test needs before it is collected: servers of its own, then Django on them.

pytest.ini names no settings on purpose: pytest-django would load them before this file, without the servers' URLs.
"""

import os
from typing import Any

import django
import pytest

from watchly.processes import pytest_servers

pytest_servers.prepare()
# Whoever runs the tests may have a key: no test asks the real service.
for name in ("TMDB_API_KEY", "TMDB_API_KEY_FILE"):
    os.environ.pop(name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "watchly.settings"
django.setup()
# The processes of a parallel run must come by here too, rather than load the settings early because of this variable.
del os.environ["DJANGO_SETTINGS_MODULE"]

pytest_plugins = ["watchly.tests.fixtures"]  # models can be imported from here on


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with transactions of their own empty every table afterwards, which the audit trail refuses elsewhere."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_auditevent DISABLE TRIGGER common_auditevent_never_emptied")


def pytest_unconfigure() -> None:
    """The end of the run, also after a Ctrl-C."""
    pytest_servers.remove()
