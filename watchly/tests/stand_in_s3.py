"""Stands for an S3 server with path-style addresses: PUT, HEAD, GET, DELETE of objects and both listings.

It checks that a request is signed for the key that it knows; what the signature covers is boto3's affair.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from watchly.common.files.facts import md5_of
from watchly.tests.stand_ins import Handler

BUCKET, KEY, SECRET = "pictures", "an-access-key", "a-secret-key-nobody-may-see"
_A_PAGE = 3  # so that a test of listing meets more than one


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
        prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
        begin = query.get("continuation-token", query.get("marker", [""]))[0]
        names = sorted(name for name in self.stand_in.files if name.startswith(prefix) and name > begin)
        folders = {prefix + name[len(prefix) :].split("/")[0] + "/" for name in names if "/" in name[len(prefix) :]}
        if delimiter:
            names = [name for name in names if "/" not in name[len(prefix) :]]
        page, more = names[:_A_PAGE], len(names) > _A_PAGE
        contents = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.stand_in.files[name])}</Size>"
            f"<LastModified>{self.stand_in.written[name]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for name in page
        )
        common = "".join(f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in folders)
        following = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if more else ""
        marker = f"<NextMarker>{page[-1]}</NextMarker>" if more else ""
        self.reply(
            200,
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{following}{marker}{contents}"
            f"{common if delimiter else ''}</ListBucketResult>".encode(),
            Content_Type="application/xml",
        )

    def refuse(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>Refused.</Message></Error>".encode()
        self.reply(status, body, Content_Type="application/xml")
