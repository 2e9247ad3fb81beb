"""Pictures in a bucket of S3, or of what speaks its protocol: django-storages' backend with our bounds around it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from watchly.common.errors import StorageUnavailable
from watchly.common.files.facts import MOST_BYTES, Facts, Listed, inside, md5_of

log = structlog.get_logger(__name__)

# By suffix, since Python learned that of WebP in 3.13 only, and with another type browsers show no picture.
_TYPES = {".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
_FOR_EVER = "public, max-age=31536000, immutable"  # a name is random and its content never changes


class PictureS3Storage(S3Storage):
    """One bucket, whose objects anybody may read by the bucket's own policy.

    `connect_timeout` and `read_timeout` are seconds, `attempts` is how often a call is tried in all. Whatever fails is
    logged and raised as StorageUnavailable; a file that is not there as FileNotFoundError.
    """

    def __init__(
        self, *, connect_timeout: float = 5.0, read_timeout: float = 10.0, attempts: int = 3, **options: Any
    ) -> None:
        config = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": "path" if _needs_path(options) else "auto"},
            # Servers other than Amazon's know none of its newer checksums; all know the MD5 that is sent instead.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, querystring_auth=False, **options)

    @cached_property
    def _client(self) -> Any:
        """One for all threads, which clients allow and resources do not. The backend makes a session for each thread,
        which takes a tenth of a second of CPU, and the threads that serve requests are short-lived.
        """
        return self.connection.meta.client

    # --- what Watchly asks of a storage besides Django's own ---

    def facts(self, name: str) -> Facts | None:
        """Size in bytes, and the MD5 where the object's tag is one; None when it is not there."""
        head = self._head(name)
        if head is None:
            return None
        tag = head["ETag"].strip('"')
        return Facts(head["ContentLength"], tag if len(tag) == 32 else None)

    def walk(self, folder: str) -> Iterator[Listed]:
        """Every file below this folder and the time it was written, 1,000 a call."""
        with _reported("list", folder):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=f"{self._normalize_name(folder)}/"
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield Listed(entry["Key"], entry["LastModified"])

    # --- Django's ---

    def exists(self, name: str) -> bool:
        return self._head(name) is not None

    def size(self, name: str) -> int:
        size: int = self._found(name)["ContentLength"]
        return size

    def get_modified_time(self, name: str) -> datetime:
        modified: datetime = self._found(name)["LastModified"]
        return modified

    def delete(self, name: str) -> None:
        """Deletes a file; one that is not there is fine."""
        with _reported("delete", name):
            self._client.delete_object(**self._object(name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        return inside(name, self.walk(name))

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Files in the bucket are read whole and written by `save`: open them with mode rb.")
        with _reported("read", name):
            answer = self._client.get_object(**self._object(name))
            data = answer["Body"].read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise _failed("read", name, "the file is larger than any picture of ours")
        if len(data) != answer["ContentLength"]:  # boto3 compares them only where all is read without a bound
            raise _failed("read", name, "the answer is cut off")
        return ContentFile(data, name=name)

    def _save(self, name: str, content: File[bytes]) -> str:
        content.seek(0)
        data = content.read()
        kind = _TYPES.get(PurePosixPath(name).suffix)
        with _reported("upload", name):
            self._client.put_object(
                **self._object(name),
                Body=data,
                CacheControl=_FOR_EVER,
                # The server refuses what arrives otherwise.
                ContentMD5=base64.b64encode(bytes.fromhex(md5_of(data))).decode(),
                **({"ContentType": kind} if kind else {}),
            )
        return name

    def _object(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}

    def _head(self, name: str) -> dict[str, Any] | None:
        try:
            with _reported("look up", name):
                head: dict[str, Any] = self._client.head_object(**self._object(name))
        except FileNotFoundError:
            return None
        return head

    def _found(self, name: str) -> dict[str, Any]:
        head = self._head(name)
        if head is None:
            raise FileNotFoundError(f"There is no file {name}.")
        return head


@contextmanager
def _reported(operation: str, name: str) -> Iterator[None]:
    """Makes one error of all that boto3 raises."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        answer: dict[str, Any] = error.response if isinstance(error, ClientError) else {}
        missing = answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404
        # A HEAD has no body that could say whether the object or the bucket is missing.
        if missing and answer.get("Error", {}).get("Code") in {"404", "NoSuchKey"} and operation != "upload":
            raise FileNotFoundError(f"There is no file {name}.") from None
        # These errors name the endpoint, the call and the server's words; requests, and with them keys, are in none.
        raise _failed(operation, name, f"{type(error).__name__}: {error}") from None


def _failed(operation: str, name: str, reason: str) -> StorageUnavailable:
    log.error("s3_failed", operation=operation, file=name, reason=reason[:300])
    return StorageUnavailable()


def _needs_path(options: dict[str, Any]) -> bool:
    """Other servers than Amazon's seldom have a host name for each bucket; a dot in the name breaks TLS' wildcard."""
    return bool(options.get("endpoint_url")) or "." in options["bucket_name"]
