"""Measures sign-in: `make bench-sign-in`. What a login costs, and whether its time tells who is here.

Logins with a wrong password, for names that somebody has and names that nobody has, in turn, over the whole stack in
this process (middleware, view, service, database), each from an address of its own so that no lock is reached. The two
medians must be within a tenth of each other. Beside them: a login that succeeds, a refresh, and a read with an access
token and with an API key. It makes its users and takes them away again. Exits with 1 if the bar is missed.
"""

from __future__ import annotations

import argparse
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
    os.environ.setdefault("WATCHLY_RATE_SCALE", "100000")
    django.setup()

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services.api_keys import create_key

LOGINS, READS = 200, 500
BAR = 10.0  # percent between the medians of known and unknown names
_ADDRESSES = "2001:db8:"  # reserved for documentation; each login comes from a /48 of its own
_PREFIX, _PASSWORD, _USERS = "bench-sign-in-", "a password of the measure", 20


def run(arguments: list[str] | None = None) -> NoReturn:
    """The command line; its own arguments unless others are given."""
    parser = argparse.ArgumentParser(prog="benchmarks.sign_in", description=__doc__)
    parser.add_argument("--logins", type=int, default=LOGINS, help="of each kind")
    parser.add_argument("--reads", type=int, default=READS, help="of each kind")
    options = parser.parse_args(arguments)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    _clear()
    try:
        sys.exit(_measure(options.logins, options.reads))
    finally:
        _clear()


def _measure(logins: int, reads: int) -> int:
    encoded = make_password(_PASSWORD)
    users = [User.objects.create(username=f"{_PREFIX}{number}", password=encoded) for number in range(_USERS)]
    client = APIClient()
    known: list[float] = []
    unknown: list[float] = []
    _login(client, users[0].username, "wrong", 0, 401)  # warms up
    _login(client, f"{_PREFIX}nobody", "wrong", 1, 401)
    for number in range(logins):  # in turn, so that what slows the machine down slows both
        name, other = users[number % _USERS].username, f"{_PREFIX}nobody-{secrets.token_hex(2)}"
        known.append(_timed(partial(_login, client, name, "wrong", 2 * number + 2, 401)))
        unknown.append(_timed(partial(_login, client, other, "wrong", 2 * number + 3, 401)))
    right = [
        _timed(partial(_login, client, users[number % _USERS].username, _PASSWORD, 0, 200))
        for number in range(min(logins, 50))
    ]
    pair = _login(client, users[0].username, _PASSWORD, 0, 200).json()
    refreshes: list[float] = []
    for _ in range(min(reads, 200)):
        token = pair["refresh"]
        start = time.perf_counter()
        pair = client.post("/api/auth/refresh", {"refresh": token}).json()
        refreshes.append(time.perf_counter() - start)
    _, key = create_key(user_id=users[0].pk, name="bench", scopes=["read"])
    doors = {"nobody": "", "access token": f"Bearer {pair['access']}", "API key": f"Api-Key {key}"}
    rows = [
        ("login, known name", known),
        ("login, unknown name", unknown),
        ("login that succeeds", right),
        ("refresh", refreshes),
        *((f"GET genres, {door}", [_timed(_reader(header)) for _ in range(reads)]) for door, header in doors.items()),
    ]
    for name, times in rows:
        ordered = sorted(times)
        p95 = ordered[min(len(ordered) * 95 // 100, len(ordered) - 1)]
        print(f"{name:<24} median {_median(times):8.2f} ms   p95 {p95 * 1_000:8.2f} ms   of {len(times)}")
    apart = difference(known, unknown)
    met = apart < BAR
    print(f"\nknown and unknown names: medians {apart:.1f} % apart (bar {BAR:.0f} %)  {'met' if met else 'MISSED'}")
    return 0 if met else 1


def difference(one: list[float], other: list[float]) -> float:
    """How far apart the medians are, in percent of the smaller."""
    medians = sorted((statistics.median(one), statistics.median(other)))
    return 100 * (medians[1] / medians[0] - 1)


def _median(times: list[float]) -> float:
    return statistics.median(times) * 1_000


def _timed(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _login(client: APIClient, name: str, password: str, number: int, status: int) -> Any:
    address = f"{_ADDRESSES}{number:x}::1"
    answer = client.post("/api/auth/login", {"username": name, "password": password}, REMOTE_ADDR=address)
    if answer.status_code != status:
        sys.exit(f"A login was answered {answer.status_code}: {answer.content!r}")
    return answer


def _reader(header: str) -> Callable[[], Any]:
    client = APIClient()
    if header:
        client.credentials(HTTP_AUTHORIZATION=header)
    return lambda: client.get("/api/genres")


def _clear() -> None:
    User.objects.filter(username__startswith=_PREFIX).delete()
    AccessAttempt.objects.filter(ip_address__startswith=_ADDRESSES).delete()


if __name__ == "__main__":
    run()
