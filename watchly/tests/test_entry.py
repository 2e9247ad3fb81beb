"""The entry as clients meet it: a real server process, raw sockets."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.tests.factories import UserFactory
from watchly.env import BASE_DIR
from watchly.tests.embedded_commands import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

PASSWORD = "a long walk in the rain"
_HUGE = 300 * 2**20
_FORM = "Content-Type: multipart/form-data; boundary=b"
_JSON = "Content-Type: application/json"


class Web:
    """A running web server."""

    def __init__(self, port: int, name: str) -> None:
        self.port = port
        self.username = name

    def open(self) -> socket.socket:
        """A connection that nothing was sent on."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def send(self, start: str, *headers: str, body: bytes = b"", host: str = "localhost") -> tuple[int, Any, str]:
        """Send a request as it is written here; its status, body (JSON as an object) and head."""
        with self.open() as client:
            head = "\r\n".join([f"{start} HTTP/1.1", f"Host: {host}", "Connection: close", *headers])
            client.sendall(head.encode() + b"\r\n\r\n" + body)
            answer = http.client.HTTPResponse(client, method=start.split(" ")[0])
            answer.begin()
            content = answer.read()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(content) if is_json and content else content, str(answer.headers)

    def token(self) -> str:
        """An Authorization header of the server's user."""
        body = json.dumps({"username": self.username, "password": PASSWORD}).encode()
        _, answer, _ = self.send("POST /api/auth/login", _JSON, f"Content-Length: {len(body)}", body=body)
        return f"Authorization: Bearer {answer['access']}"


def _database_url() -> str:
    found = connection.settings_dict
    host = found["HOST"]
    place = f"?host={host}" if host.startswith("/") else ""
    where = "" if place else f"{host}:{found['PORT'] or 5432}"
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@{where}/{found['NAME']}{place}"


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("web")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log"
    with django_db_blocker.unblock():
        user = UserFactory.create(username="entry-user")
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        environment = {
            **os.environ,
            "DATABASE_URL": _database_url(),
            "PORT": str(port),
            "WEB_WORKERS": "1",
            "WEB_THREADS": "2",
            "WATCHLY_DATA": str(settings.DATA_FOLDER),
            "STATIC_ROOT": str(folder),
            "DJANGO_SETTINGS_MODULE": "watchly.settings",
        }
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603  our own interpreter
                [sys.executable, str(BASE_DIR / "manage.py"), "web"], env=environment, stdout=out, stderr=out
            )
        try:
            wait_for(lambda: process.poll() is not None or _is_ready(port), f"the web server: {log.read_text()}")
            assert process.poll() is None, log.read_text()
            yield Web(port, user.username)
        finally:
            process.terminate()
            process.wait(30)
            User.objects.filter(pk=user.pk).delete()


def _is_ready(port: int) -> bool:
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("GET", "/readyz")
        return client.getresponse().status == 200
    except OSError:
        return False


def test_open_connections_and_unfinished_bodies_stop_nobody_else(web: Web) -> None:
    with ExitStack() as held:
        for number in range(450):
            client = held.enter_context(web.open())
            if number % 3 == 0:
                client.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            elif number % 3 == 1:
                client.sendall(f"POST /api/auth/login HTTP/1.1\r\nHost: x\r\n{_JSON}\r\n".encode())
                client.sendall(b"Content-Length: 100\r\n\r\n{")
        assert web.send("GET /api/genres")[0] == 200
        assert web.send("GET /livez")[:2] == (200, {"status": "alive"})
        assert web.send("GET /readyz")[:2] == (200, {"status": "ready", "cache": "ok"})


@pytest.mark.parametrize(
    ("start", "headers", "status"),
    [
        ("POST /nothing", (_FORM, "Cookie: csrftoken=made-up"), 404),
        ("POST /api/nothing", (_FORM,), 404),
        ("DELETE /api/genres", (_FORM,), 405),
        ("PUT /api/me/avatar", (_FORM,), 401),
        ("POST /api/movies", (_FORM,), 401),
        ("POST /api/movies/import", (_FORM,), 401),
        ("POST /admin/login/", (_FORM, f"Cookie: csrftoken={'a' * 32}"), 413),
        ("POST /api/auth/login", (_JSON,), 413),
    ],
)
def test_a_huge_body_is_refused_before_it_is_sent(web: Web, start: str, headers: Any, status: int) -> None:
    found, body, head = web.send(start, *headers, f"Content-Length: {_HUGE}")
    assert found == status
    assert "connection: close" in head.lower()
    if status == 413:
        assert "65,536 bytes" in str(body)


def test_a_signed_in_caller_sends_what_the_view_takes(web: Web) -> None:
    token = web.token()
    for start, media_type, limit in (
        ("PUT /api/me/avatar", _FORM, "5,308,416 bytes"),
        ("PATCH /api/me", _JSON, "4,194,304 bytes"),
        ("POST /api/auth/password/change", _JSON, "65,536 bytes"),
    ):
        status, body, _ = web.send(start, token, media_type, f"Content-Length: {_HUGE}")
        assert (status, body["code"], limit in body["detail"]) == (413, "too_large", True), (start, body)
    status, body, _ = web.send("POST /api/movies/import", token, _FORM, f"Content-Length: {_HUGE}")
    assert (status, body["code"]) == (403, "permission_denied")


def test_a_body_above_what_anyone_may_send_is_read_for_those_who_may(web: Web) -> None:
    body = json.dumps({"bio": "x" * 100_000}).encode()
    status, answer, _ = web.send("PATCH /api/me", web.token(), _JSON, f"Content-Length: {len(body)}", body=body)
    assert (status, answer["errors"][0]["pointer"]) == (400, "/bio")


def _chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces) + end


def test_a_chunked_body_is_read_within_the_limits(web: Web) -> None:
    body = json.dumps({"display_name": "Chunked"}).encode()
    token = web.token()
    chunked = (token, _JSON, "Transfer-Encoding: chunked")
    status, answer, _ = web.send("PATCH /api/me", *chunked, body=_chunked(body[:7], body[7:]))
    assert (status, answer["display_name"]) == (200, "Chunked")
    status, answer, _ = web.send("POST /api/auth/login", *chunked[1:], body=_chunked(b"x" * 70_000))
    assert (status, answer["code"]) == (413, "too_large")


def test_a_body_that_breaks_off_has_no_effect(web: Web) -> None:
    body = json.dumps({"display_name": "Broken"}).encode()
    token = web.token()
    for headers, sent in (
        (f"Content-Length: {len(body) + 1}", body),
        ("Transfer-Encoding: chunked", _chunked(body, end=b"no chunk\r\n")),
    ):
        with web.open() as client:
            client.sendall(
                f"PATCH /api/me HTTP/1.1\r\nHost: localhost\r\n{token}\r\n{_JSON}\r\n{headers}\r\n\r\n".encode() + sent
            )
            client.shutdown(socket.SHUT_WR)
            client.recv(65_536)
    assert web.send("GET /api/me", token)[1]["display_name"] != "Broken"


@pytest.mark.parametrize("path", ["/admin%2flogin/", "/%61dmin/", "/api%2Fmovies", "/api/movies%00", "/api/%2e%2e/x"])
def test_a_path_that_a_gateway_may_read_differently_is_refused(web: Web, path: str) -> None:
    status, body, head = web.send(f"GET {path}")
    assert status == 400
    assert "x-request-id" in head.lower()
    assert "percent" not in str(body)
    assert f"must not contain {path[path.index('%') :][:3]}" in str(body)


def test_a_media_type_that_cannot_be_read_is_refused(web: Web) -> None:
    for start in ("GET /api/genres", "POST /api/auth/login"):
        status, body, head = web.send(start, "Content-Type: a/b; c*=bogus''%41", "Content-Length: 0")
        assert (status, body["code"]) == (400, "malformed_content_type")
        assert "x-request-id" in head.lower()


def test_a_repeated_host_is_refused(web: Web) -> None:
    status, body, _ = web.send("GET /api/genres", "Host: elsewhere.example")
    assert (status, body["code"]) == (400, "repeated_header")


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen(web: Web) -> None:
    assert "x-request-id: mine" not in web.send("GET /api/genres", "X_Request_ID: mine")[2].lower()


def test_probes_answer_to_any_host_and_to_reads_alone(web: Web) -> None:
    for path in ("/livez", "/readyz"):
        assert web.send(f"GET {path}", host="elsewhere.example")[0] == 200
        assert web.send(f"HEAD {path}")[:2] == (200, b"")
        status, _, head = web.send(f"POST {path}", "Content-Length: 0")
        assert (status, "allow: GET, HEAD" in head) == (405, True)


def test_a_foreign_host_is_told_what_names_it(web: Web) -> None:
    status, body, _ = web.send("GET /api/genres", host="elsewhere.example")
    assert (status, body["code"]) == (400, "foreign_host")
    assert "ALLOWED_HOSTS does not name it" in body["detail"]


def test_a_head_request_has_no_body(web: Web) -> None:
    status, body, head = web.send("HEAD /api/schema", "Accept: application/vnd.oai.openapi")
    assert (status, body) == (200, b"")
    assert "etag" in head.lower()
