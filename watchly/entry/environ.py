"""From an ASGI scope to a WSGI environ (PEP 3333)."""

from __future__ import annotations

import re
import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from django.utils.http import parse_header_parameters

from watchly.common.errors import RuleViolation

# Escapes that make one path look like another to a gateway that matches prefixes before it decodes: slashes, control
# characters, and characters that never need one (RFC 3986, section 6.2.2.2).
_DISGUISED = re.compile(rb"%(?:2[def]|5[cf]|[01][0-9a-f]|7[f0-9ae]|3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f])", re.IGNORECASE)
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_ONCE = frozenset({b"host", b"authorization", b"content-type", b"content-length", b"x-forwarded-proto"})


def check_head(scope: dict[str, Any]) -> None:
    """Raise RuleViolation for a path or headers that a gateway and Django might understand differently."""
    raw_path = _raw_path(scope)
    if b"%" in raw_path and (found := _DISGUISED.search(raw_path)):
        raise RuleViolation(
            f"The path must not contain {found.group().decode()}: write letters, digits and slashes as they are.",
            code="encoded_path",
        )
    seen = set()
    for raw_name, raw_value in scope["headers"]:
        if raw_name == b"content-type":
            try:
                parse_header_parameters(raw_value.decode("latin-1"))
            except (ValueError, LookupError) as error:
                raise RuleViolation(
                    "The Content-Type header is malformed: send a media type such as application/json.",
                    code="malformed_content_type",
                ) from error
        if raw_name in _ONCE:
            if raw_name in seen:
                name = raw_name.decode()
                raise RuleViolation(f"The header {name} is given more than once: send it once.", code="repeated_header")
            seen.add(raw_name)


def _raw_path(scope: dict[str, Any]) -> bytes:
    return scope.get("raw_path") or scope["path"].encode()


def environ_of(scope: dict[str, Any]) -> dict[str, Any]:
    """The environ of a request, without its body."""
    host, port = scope["server"]
    client, client_port = scope.get("client") or ("", "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(_raw_path(scope)).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:  # it would pass for the same name with hyphens, which a proxy may have set
            continue
        key = _PLAIN.get(name) or "HTTP_" + name.upper().replace("-", "_")
        if key in environ:
            if raw_name in _ONCE:
                continue  # check_head refuses the request
            value = f"{environ[key]}{'; ' if name == 'cookie' else ', '}{value}"
        environ[key] = value
    return environ
