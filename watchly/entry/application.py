"""The ASGI application: reads the body, waits for a thread, sends what Django answered."""

from __future__ import annotations

import asyncio
import contextlib
import io
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import IO, Any

import structlog

from watchly.api.middleware import address_in
from watchly.common.errors import RuleViolation, StorageUnavailable
from watchly.entry.admission import ANYONES_BYTES
from watchly.entry.answers import Answer
from watchly.entry.bodies import Body, Budget, DisconnectedError, OverBudgetError, Receive, TooSlowError, Unread
from watchly.entry.environ import check_head, environ_of
from watchly.entry.heartbeat import Heartbeat
from watchly.entry.probes import Probes
from watchly.entry.threads import OverloadedError, Threads

log = structlog.get_logger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Environ = dict[str, Any]

_PIECE = 64 * 1024
_WHOLE = 256 * 1024  # a larger response is handed over piece by piece, so that a client that does not read is noticed
_READ_SECONDS = 20.0  # for a client to read a piece
_IN_MEMORY = 1024 * 1024  # of a streamed response; the rest goes to a temporary file
_DISCARD_SECONDS, _DISCARD_BYTES = 2.0, 8 * 1024 * 1024


class _FileWrapper:
    """PEP 3333's wsgi.file_wrapper: Django hands a file over instead of its bytes."""

    def __init__(self, file: Any, block_size: int = _PIECE) -> None:
        self.file = file
        self.block_size = block_size
        self.close = getattr(file, "close", None)  # Django's response, which ends the request

    def __iter__(self) -> Iterable[bytes]:  # type: ignore[override]
        return iter(lambda: self.file.read(self.block_size), b"")


class Entry:
    """Serves a WSGI application from an event loop."""

    def __init__(
        self,
        wsgi: Callable[..., Iterable[bytes]],
        *,
        threads: Threads,
        probes: Probes,
        memory: Budget,
        disk: Budget,
        allowed_bytes: Callable[[Environ], int],
        refusal: Callable[[Environ, Exception], Answer],
        heartbeat: Heartbeat | None = None,
    ) -> None:
        """`allowed_bytes` runs in a thread and says how large a body this caller may send to this address; `refusal`
        runs on the event loop and makes the response to a request that Django never sees.
        """
        self._wsgi = wsgi
        self._threads = threads
        self._probes = probes
        self._memory = memory
        self._disk = disk
        self._allowed_bytes = allowed_bytes
        self._refusal = refusal
        self._heartbeat = heartbeat

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"Watchly serves HTTP, not {scope['type']}.")
        if self._heartbeat is not None:
            self._heartbeat.follow(asyncio.get_running_loop())
        if (probe := self._probes.get(scope["path"])) is not None:
            await _send(send, scope["method"], await probe(scope["method"]))
            return
        environ = environ_of(scope)
        body: Body | None = None
        try:
            try:
                check_head(scope)
                body = self._body_of(environ, receive)
                if body is not None:
                    await self._read(body, environ)
                answer = await self._threads.run(partial(self._answer, environ))
            except DisconnectedError:
                return
            except (RuleViolation, StorageUnavailable, TooSlowError, OverBudgetError, OverloadedError) as error:
                answer = self._refusal(environ, error)
            except Exception as error:  # what Django's handler does not turn into a response of its own
                log.exception("request_failed")
                answer = self._refusal(environ, error)
            if body is None or body.complete:
                if body is not None:
                    body.close()  # the response may take long to send
                await _send(send, scope["method"], answer)
                return
            answer.headers.append((b"connection", b"close"))
            await _send(send, scope["method"], answer)
            await body.discard(seconds=_DISCARD_SECONDS, most=_DISCARD_BYTES)
        finally:  # whatever happens: what is not given back counts against this address until the process ends
            if body is not None:
                body.close()

    def _body_of(self, environ: Environ, receive: Receive) -> Body | None:
        """The body that is still to be read; None for a request without one."""
        chunked = environ.pop("HTTP_TRANSFER_ENCODING", None) is not None
        declared = None if chunked else int(environ.get("CONTENT_LENGTH") or 0)
        if declared == 0:
            return None
        return Body(receive, declared=declared, memory=self._memory, disk=self._disk, address=address_in(environ) or "")

    async def _read(self, body: Body, environ: Environ) -> None:
        """Read the body if this caller may send one of its size; else leave something that refuses to be read."""
        most = ANYONES_BYTES
        if body.declared is None or body.declared <= most:
            await body.read_up_to(most)
        if not body.complete:
            most = await self._threads.run(partial(self._allowed_bytes, environ))
            if body.declared is None or body.declared <= most:
                try:
                    await body.read_up_to(most)
                except OSError as error:
                    log.error("body_not_stored", error=error.strerror)
                    raise StorageUnavailable("There is no room to store the request body. Try again later.") from error
        if body.complete and body.length <= most:
            environ["CONTENT_LENGTH"] = str(body.length)
            body.file.seek(0)
            environ["wsgi.input"] = body.file
        else:
            body.complete = False
            environ["CONTENT_LENGTH"] = "1"  # there is a body; its size is what nothing behind the entry may judge
            environ["wsgi.input"] = Unread(most)

    def _answer(self, environ: Environ) -> Answer:
        """Runs in a thread: the whole of a request, response included, so that database connections are its own."""
        environ.setdefault("wsgi.input", io.BytesIO())
        environ["wsgi.file_wrapper"] = _FileWrapper
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            started[:] = int(status.split(" ", 1)[0]), headers

        response = self._wsgi(environ, start_response)
        try:
            answer = Answer(
                started[0], [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in started[1]]
            )
            _gather(response, answer)
        finally:
            close = getattr(response, "close", None)
            if close is not None:
                close()
        return answer


def _gather(response: Iterable[bytes], answer: Answer) -> None:
    """Take the body of a response: a path, its bytes or, where it is streamed, a temporary file.

    A client that reads slowly then holds the event loop's attention for a moment at a time, and no thread.
    """
    if isinstance(response, _FileWrapper):
        name = getattr(response.file, "name", None)
        if isinstance(name, str) and name.startswith("/") and response.file.tell() == 0:
            answer.path = name
            return
    elif not getattr(response, "streaming", False):
        answer.body = b"".join(response)
        return
    stream = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  closed when it was sent
    try:
        for piece in response:
            stream.write(piece)
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    answer.stream = stream  # type: ignore[assignment]


async def _send(send: Send, method: str, answer: Answer) -> None:
    """Send a response; a client that has left, or that stops reading, is nothing to report."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if method == "HEAD":
            await send({"type": "http.response.body", "body": b""})
        elif answer.path is not None:
            await send({"type": "http.response.pathsend", "path": answer.path})
        elif answer.stream is not None:
            await _send_pieces(send, answer.stream)
        elif len(answer.body) > _WHOLE:
            await _send_pieces(send, io.BytesIO(answer.body))
        else:
            await send({"type": "http.response.body", "body": answer.body})
    if answer.stream is not None:
        answer.stream.close()


async def _send_pieces(send: Send, stream: IO[bytes]) -> None:
    """Send piece by piece, each once the client has room for it. Raises TimeoutError where it makes none in time."""
    more = True
    while more:
        piece = stream.read(_PIECE)
        more = len(piece) == _PIECE
        async with asyncio.timeout(_READ_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": more})
