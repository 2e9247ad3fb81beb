"""The application that granian serves: `granian --interface asginl watchly.asgi:application`, or `manage.py web`."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
os.environ.setdefault("WATCHLY_ROLE", "web")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

# How long a thread may run Python before the event loop gets its turn. With Python's 5 ms the loop waits for the
# threads at every step, which cost a tenth of the throughput of a list; at 0.1 ms the switches cost more than waiting.
_SWITCH_SECONDS = 0.0005


def _application() -> object:
    wsgi = get_wsgi_application()
    # The entry uses the API's errors and the accounts' gate, which need the applications loaded.
    from watchly.entry.admission import allowed_bytes
    from watchly.entry.application import Entry
    from watchly.entry.bodies import Budget
    from watchly.entry.heartbeat import heartbeat
    from watchly.entry.open_files import raise_open_files_limit
    from watchly.entry.probes import Probes
    from watchly.entry.refusals import Refusals
    from watchly.entry.threads import Threads

    raise_open_files_limit()
    sys.setswitchinterval(_SWITCH_SECONDS)
    return Entry(
        wsgi,
        threads=Threads(settings.BLOCKING_THREADS, most_waiting=1024, patience=3.0),
        probes=Probes(),
        memory=Budget(most=64 * 2**20, most_of_one=16 * 2**20),
        disk=Budget(most=8 * settings.IMPORT_MAX_BYTES, most_of_one=2 * settings.IMPORT_MAX_BYTES),
        allowed_bytes=allowed_bytes,
        refusal=Refusals(),
        heartbeat=heartbeat(),
    )


application = _application()
