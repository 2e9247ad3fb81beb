"""Transactions that may stand in each other's way."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import structlog
from django.db import OperationalError, connection, transaction
from psycopg import errors

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 3
P = ParamSpec("P")
R = TypeVar("R")


def atomic_despite_deadlocks(function: Callable[P, R]) -> Callable[P, R]:
    """Makes a function one transaction, which is run again, three times in all, when PostgreSQL ended it in a deadlock.

    For what locks rows of many people in an order that nobody can foresee. Within another transaction it is part of
    that one and is not run again, since what was done before it would be lost.
    """
    whole = transaction.atomic(function)

    @wraps(function)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS):
            try:
                return whole(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, errors.DeadlockDetected) or connection.in_atomic_block:
                    raise
                log.info("deadlock", function=function.__qualname__, attempt=attempt)
        return whole(*args, **kwargs)

    return again
