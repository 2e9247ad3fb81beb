"""Stands for Cloudinary: upload, explicit, destroy and download with their signature checked, and the paged listing."""

from __future__ import annotations

import base64
import hashlib
import json
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from watchly.common.files.facts import md5_of
from watchly.tests.stand_ins import Handler, StandIn

CLOUD, KEY, SECRET = "watchly-test", "123456789012345", "a-secret-nobody-may-see"
_UNSIGNED = {"file", "api_key", "signature", "resource_type", "cloud_name"}
_A_PAGE = 2  # so that a test of listing meets more than one
PREFIX = f"https://res.cloudinary.com/{CLOUD}/image/upload/"


def options(server: StandIn, **changes: Any) -> dict[str, Any]:
    """Of the storage that knows this server; it gives up soon."""
    known = {"cloud_name": CLOUD, "api_key": KEY, "api_secret": SECRET, "base_url": PREFIX}
    return {**known, "api_url": server.url, "read_timeout": 0.2, "pause": 0, **changes}


def settings(server: StandIn) -> dict[str, Any]:
    """Its entry in Django's STORAGES."""
    return {"BACKEND": "watchly.common.files.cloudinary_storage.CloudinaryStorage", "OPTIONS": options(server)}


def signature(fields: dict[str, str]) -> str:
    """Cloudinary's own: the fields in order, `&` in a value escaped, the secret behind them, SHA-1."""
    signed = "&".join(f"{name}={value}".replace("&", "%26") for name, value in sorted(fields.items()))
    return hashlib.sha1(f"{signed}{SECRET}".encode(), usedforsecurity=False).hexdigest()


class CloudinaryHandler(Handler):
    def answer(self) -> None:
        parts = urlsplit(self.path)
        if not parts.path.startswith(f"/v1_1/{CLOUD}/"):
            return self.refuse(401, "Invalid cloud_name")
        action = unquote(parts.path.removeprefix(f"/v1_1/{CLOUD}/"))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if action == "resources/image/upload":
            return self.list(query)
        fields, file = (query, None) if self.command == "GET" else self.form()
        signed = {name: value for name, value in fields.items() if name not in _UNSIGNED}
        if fields.get("api_key") != KEY or fields.get("signature") != signature(signed):
            return self.refuse(401, "Invalid Signature. String to sign - 'x'.")
        public_id = fields["public_id"]
        known = next((name for name in self.stand_in.files if name.rpartition(".")[0] == public_id), None)
        match action:
            case "image/upload" if file is not None:
                name = f"{public_id}.{format_of(file)}"
                self.stand_in.keep(name, file)
                self.tell(self.asset(name))
            case "image/explicit" if known:
                self.tell(self.asset(known))
            case "image/destroy":
                self.tell({"result": "ok" if known and self.stand_in.files.pop(known) else "not found"})
            case "image/download" if known == f"{public_id}.{fields.get('format')}":
                self.reply(200, self.stand_in.files[known], Content_Type="image/webp")
            case _:
                self.refuse(404, f"Resource not found - {public_id}")
        return None

    def form(self) -> tuple[dict[str, str], bytes | None]:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts: Any = message_from_bytes(head + self.body, policy=HTTP).iter_parts()  # type: ignore[attr-defined]
        found: dict[str, bytes] = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts
        }
        file = found.pop("file", None)
        return {name: content.decode() for name, content in found.items()}, file

    def list(self, query: dict[str, str]) -> None:
        if self.headers.get("Authorization") != "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode():
            return self.refuse(401, "unknown api_key")
        names = sorted(name for name in self.stand_in.files if name.startswith(query["prefix"]))
        begin = int(query.get("next_cursor", 0))
        page: dict[str, Any] = {"resources": [self.asset(name) for name in names[begin : begin + _A_PAGE]]}
        if begin + _A_PAGE < len(names):
            page["next_cursor"] = str(begin + _A_PAGE)
        return self.tell(page)

    def asset(self, name: str) -> dict[str, Any]:
        data = self.stand_in.files[name]
        public_id, _, kind = name.rpartition(".")
        return {
            "public_id": public_id,
            "format": kind,
            "resource_type": "image",
            "type": "upload",
            "bytes": len(data),
            "etag": md5_of(data),
            "created_at": f"{self.stand_in.written[name]:%Y-%m-%dT%H:%M:%SZ}",
        }

    def tell(self, answer: dict[str, Any]) -> None:
        self.reply(200, json.dumps(answer).encode(), Content_Type="application/json")

    def refuse(self, status: int, message: str) -> None:
        self.reply(status, json.dumps({"error": {"message": message}}).encode(), Content_Type="application/json")


def format_of(data: bytes) -> str:
    """As Cloudinary does, from the content."""
    return "webp" if data[:4] == b"RIFF" else "jpg" if data[:2] == b"\xff\xd8" else "png"
