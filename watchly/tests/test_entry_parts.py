"""The parts of the entry that a running server shows only by chance: waiting, budgets, streamed responses."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from watchly.entry.application import Entry
from watchly.entry.bodies import Body, Budget, OverBudgetError
from watchly.entry.open_files import most_connections
from watchly.entry.probes import Probes
from watchly.entry.refusals import Refusals
from watchly.entry.threads import OverloadedError, Threads
from watchly.processes.claim import Address, EmbeddedServerError, held_address
from watchly.processes.web import web_command

_SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "path": "/api/x",
    "raw_path": b"/api/x",
    "query_string": b"",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", "80"),
    "client": ("127.0.0.1", "1"),
    "headers": [(b"host", b"localhost")],
}


def _pieces(*pieces: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    waiting = list(pieces)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    return receive


def _served(response: Any, method: str = "GET") -> list[dict[str, Any]]:
    """What the server is told to send for this response of Django's."""
    sent: list[dict[str, Any]] = []

    def wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        if getattr(response, "file_to_stream", None) is not None:
            response.file_to_stream.close = response.close  # as Django's handler does
            wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](response.file_to_stream)
            return wrapped
        return response  # type: ignore[no-any-return]

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    entry = Entry(
        wsgi,
        threads=Threads(1, most_waiting=1, patience=20),
        probes=Probes(),
        memory=Budget(most=1000, most_of_one=1000),
        disk=Budget(most=1000, most_of_one=1000),
        allowed_bytes=lambda environ: 0,
        refusal=Refusals(),
    )
    asyncio.run(entry({**_SCOPE, "method": method}, _pieces(b""), send))
    return sent


def test_a_request_that_finds_no_thread_in_time_is_refused() -> None:
    held = threading.Event()
    begun = threading.Event()

    def work() -> str:
        begun.set()
        held.wait(20)
        return "done"

    async def scenario() -> None:
        threads = Threads(1, most_waiting=1, patience=0.05)
        first = asyncio.ensure_future(threads.run(work))
        await asyncio.to_thread(begun.wait, 20)
        late = asyncio.ensure_future(threads.run(lambda: "never"))
        await asyncio.sleep(0)  # it waits in the queue, which is full now
        with pytest.raises(OverloadedError):
            await threads.run(lambda: "never")
        with pytest.raises(OverloadedError):
            await late
        held.set()
        assert await first == "done"
        assert await threads.run(lambda: "again") == "again"

    asyncio.run(scenario())


def test_unfinished_bodies_of_one_address_are_bounded() -> None:
    async def scenario() -> None:
        budget, disk = Budget(most=30, most_of_one=20), Budget(most=3 * 2**20, most_of_one=2 * 2**20)

        def body(address: str, *pieces: bytes) -> Body:
            return Body(_pieces(*pieces), declared=None, memory=budget, disk=disk, address=address)

        first = body("a", b"x" * 20, b"")
        await first.read_up_to(19)  # longer than that, so reading stops with the rest still to come
        with pytest.raises(OverBudgetError):
            await body("a", b"x", b"").read_up_to(100)
        with pytest.raises(OverBudgetError):
            await body("b", b"x" * 11, b"").read_up_to(100)
        first.close()
        again = body("a", b"x" * 20, b"")
        await again.read_up_to(100)
        assert (again.complete, again.length) == (True, 20)
        roomy = Budget(most=2**30, most_of_one=2**30)
        on_disk = [
            Body(_pieces(*[b"x" * 2**20] * 2), declared=None, memory=roomy, disk=disk, address=name) for name in "ab"
        ]
        await on_disk[0].read_up_to(2**30)
        with pytest.raises(OverBudgetError):
            await on_disk[1].read_up_to(2**30)
        on_disk[0].close()
        assert disk.held == 0

    asyncio.run(scenario())


def _abandoned(receive: Any, headers: Any = (), method: str = "POST", refusal: Any = None) -> tuple[int, int]:
    """What the budgets hold after a request whose client went away, or whose refusal failed."""

    async def send(message: dict[str, Any]) -> None:
        """Nobody reads it."""

    memory, disk = Budget(most=10**9, most_of_one=10**9), Budget(most=10**9, most_of_one=10**9)
    entry = Entry(
        lambda environ, start_response: [],
        threads=Threads(1, most_waiting=1, patience=20),
        probes=Probes(),
        memory=memory,
        disk=disk,
        allowed_bytes=lambda environ: 10**9,
        refusal=refusal or Refusals(),
    )
    scope = {**_SCOPE, "method": method, "headers": [*_SCOPE["headers"], (b"transfer-encoding", b"chunked"), *headers]}
    with contextlib.suppress(ZeroDivisionError):
        asyncio.run(entry(scope, receive, send))
    return memory.held, disk.held


def _then_leaves(*pieces: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    waiting = list(pieces)

    async def receive() -> dict[str, Any]:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    return receive


@pytest.mark.parametrize("pieces", [[b"x" * 60_000], [b"x" * 2**20] * 3])
def test_a_client_that_leaves_gives_its_budget_back(pieces: list[bytes]) -> None:
    assert _abandoned(_then_leaves(*pieces)) == (0, 0)


def test_a_refusal_that_fails_gives_the_budget_back() -> None:
    def refusal(environ: Any, error: Exception) -> Any:
        raise ZeroDivisionError

    async def receive() -> dict[str, Any]:
        raise OSError("broken")

    waiting = [{"type": "http.request", "body": b"x" * 60_000, "more_body": True}]

    async def then_breaks() -> dict[str, Any]:
        return waiting.pop() if waiting else await receive()

    assert _abandoned(then_breaks, refusal=refusal) == (0, 0)


def test_a_plain_response_is_sent_whole() -> None:
    start, body = _served(HttpResponse(b"hello"))
    assert (start["status"], body["body"]) == (200, b"hello")


def test_a_file_is_sent_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"hello")
    response = FileResponse(path.open("rb"))
    _, body = _served(response)
    assert response.closed
    assert body == {"type": "http.response.pathsend", "path": str(path)}


def test_a_streamed_response_is_produced_in_one_thread_and_sent_from_the_loop() -> None:
    threads: set[int] = set()

    def content() -> Iterable[bytes]:
        for _ in range(3):
            threads.add(threading.get_ident())
            yield b"x" * 50_000

    messages = _served(StreamingHttpResponse(content()))
    assert b"".join(message.get("body", b"") for message in messages[1:]) == b"x" * 150_000
    assert threading.get_ident() not in threads
    assert len(threads) == 1


def test_what_the_application_raises_is_a_problem_document() -> None:
    class Broken(HttpResponse):
        def __iter__(self) -> Any:
            raise KeyError("a secret")

    start, body = _served(Broken())
    assert start["status"] == 500
    assert b"internal_error" in body["body"]
    assert b"secret" not in body["body"]


def test_a_check_that_hangs_does_not_hold_up_the_probes() -> None:
    held = threading.Event()

    def check() -> Any:
        held.wait(20)
        return 200, {}

    async def scenario() -> None:
        probes = Probes(check)
        ready, alive = probes.get("/readyz"), probes.get("/livez")
        assert ready is not None
        assert alive is not None
        assert (await alive("GET")).status == 200
        assert [answer.status for answer in await asyncio.gather(ready("GET"), ready("GET"))] == [503, 503]
        held.set()

    asyncio.run(scenario())


def test_the_web_server_holds_as_many_connections_as_files_may_be_open() -> None:
    command = web_command(Address("127.0.0.1", 8000))
    assert int(command[command.index("--backpressure") + 1]) == most_connections() > 400
    assert command[command.index("--http1-header-read-timeout") + 1] == "10000"


def test_an_address_is_held_by_one_watchly() -> None:
    with held_address(Address("127.0.0.1", 1)):
        with held_address(Address("127.0.0.1", 2)):
            pass
        with pytest.raises(EmbeddedServerError, match="Another Watchly is starting or running on port 1"):
            held_address(Address("127.0.0.1", 1)).__enter__()
    with held_address(Address("127.0.0.1", 1)):
        pass
