"""Stands for an S3 server with path-style addresses: PUT, HEAD, GET, DELETE of objects, and ListObjectsV2.

It checks that a request is signed for the key that it knows; what the signature covers is boto3's affair.
"""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from watchly.common.files.facts import md5_of
from watchly.tests.stand_ins import Handler, StandIn

BUCKET, KEY, SECRET = "pictures", "an-access-key", "a-secret-key-nobody-may-see"
_A_PAGE = 3  # so that a test of listing meets more than one


def options(server: StandIn, **changes: Any) -> dict[str, Any]:
    """Of the storage that knows this server; it gives up soon."""
    known = {"bucket_name": BUCKET, "access_key": KEY, "secret_key": SECRET, "region_name": "us-east-1"}
    return {**known, "endpoint_url": server.url, "read_timeout": 0.2, "attempts": 2, **changes}


def settings(server: StandIn) -> dict[str, Any]:
    """Its entry in Django's STORAGES."""
    return {"BACKEND": "watchly.common.files.s3_storage.PictureS3Storage", "OPTIONS": options(server)}


class S3Handler(Handler):
    def answer(self) -> None:
        parts = urlsplit(self.path)
        _, bucket, name = (*unquote(parts.path).split("/", 2), "")[:3]
        signed = re.match(
            rf"AWS4-HMAC-SHA256 Credential={KEY}/\d+/[a-z0-9-]+/s3/aws4_request, SignedHeaders=\S+, "
            r"Signature=[0-9a-f]{64}$",
            self.headers.get("Authorization", ""),
        )
        if not signed:
            return self.refuse(403, "InvalidAccessKeyId")
        if bucket != BUCKET:
            return self.refuse(404, "NoSuchBucket")
        if not name:
            return self.list(parse_qs(parts.query))
        files = self.stand_in.files
        match self.command:
            case "PUT" if self.headers["Content-MD5"] != base64.b64encode(bytes.fromhex(md5_of(self.body))).decode():
                self.refuse(400, "BadDigest")
            case "PUT":
                self.stand_in.keep(name, self.body, self.headers.get("Content-Type", ""))
                self.reply(200, ETag=f'"{md5_of(self.body)}"')
            case "DELETE":
                files.pop(name, None)
                self.reply(204)
            case _ if name not in files:
                self.refuse(404, "NoSuchKey")
            case _:
                self.reply(
                    200,
                    files[name],
                    ETag=f'"{md5_of(files[name])}"',
                    Last_Modified=self.stand_in.written[name].strftime("%a, %d %b %Y %H:%M:%S GMT"),
                    Content_Type=self.stand_in.types[name],
                    Content_Length=str(len(files[name])),
                )
        return None

    def list(self, query: dict[str, list[str]]) -> None:
        prefix, begin = query["prefix"][0], query.get("continuation-token", [""])[0]
        names = sorted(name for name in self.stand_in.files if name.startswith(prefix) and name > begin)
        page, more = names[:_A_PAGE], len(names) > _A_PAGE
        contents = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.stand_in.files[name])}</Size>"
            f"<LastModified>{self.stand_in.written[name]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for name in page
        )
        following = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        self.reply(
            200,
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{following}{contents}"
            "</ListBucketResult>".encode(),
            Content_Type="application/xml",
        )

    def refuse(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>Refused.</Message></Error>".encode()
        self.reply(status, body, Content_Type="application/xml")
