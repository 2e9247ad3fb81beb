"""SMTP with a bound on the whole conversation. Django's time-out is for each answer: a server that drips has none."""

from __future__ import annotations

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any, Final

from django.core.mail.backends import smtp

SECONDS_IN_ALL: Final = 20.0  # below the 25 that a stopping worker waits for its jobs


class _Bounded(smtplib.SMTP):
    """Closes its socket when the time is over, so that whatever waits for an answer fails."""

    seconds_in_all = SECONDS_IN_ALL
    _timer: threading.Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in the stubs
        self._timer = threading.Timer(self.seconds_in_all, self._cut, [made])
        self._timer.daemon = True
        self._timer.start()
        return made

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().close()

    def _cut(self, made: socket.socket) -> None:
        # After STARTTLS another object holds the connection.
        for each in (self.sock, made):
            with suppress(OSError):
                if each is not None:
                    each.shutdown(socket.SHUT_RDWR)


class _BoundedSSL(_Bounded, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend over connections that end after 20 s."""

    @property
    def connection_class(self) -> Any:
        return _BoundedSSL if self.use_ssl else _Bounded
