"""Pictures in a bucket of S3, or of what speaks its protocol: django-storages' backend with our bounds around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import structlog
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from watchly.common.errors import StorageUnavailable
from watchly.common.files.facts import Facts, Listed

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
            # Servers other than Amazon's know none of its newer checksums; the MD5 that they answer with is compared.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # One thread: a picture is sent in one request, and the process has threads of its own.
        transfer = TransferConfig(use_threads=False, num_download_attempts=attempts)
        super().__init__(client_config=config, transfer_config=transfer, querystring_auth=False, **options)

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        kind = _TYPES.get(PurePosixPath(name).suffix)
        return {"CacheControl": _FOR_EVER, **({"ContentType": kind} if kind else {})}

    # --- what Watchly asks of a storage besides Django's own ---

    def facts(self, name: str) -> Facts | None:
        """Size in bytes, and the MD5 where the object's tag is one; None when it is not there."""
        with _reported("look up", name):
            try:
                head = self.connection.meta.client.head_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
            except ClientError as error:
                if _status(error) == 404:
                    return None
                raise
            tag = head["ETag"].strip('"')
            return Facts(head["ContentLength"], tag if len(tag) == 32 else None)

    def walk(self, folder: str) -> Iterator[Listed]:
        """Every file below this folder and the time it was written, 1,000 a call."""
        with _reported("list", folder):
            pages = self.connection.meta.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=f"{self._normalize_name(folder)}/"
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield Listed(entry["Key"], entry["LastModified"])

    # --- Django's ---

    def exists(self, name: str) -> bool:
        return self.facts(name) is not None

    def size(self, name: str) -> int:
        found = self.facts(name)
        if found is None:
            raise FileNotFoundError(f"There is no file {name}.")
        return found.size

    def get_modified_time(self, name: str) -> datetime:
        with _reported("look up", name):
            modified: datetime = super().get_modified_time(name)
            return modified

    def delete(self, name: str) -> None:
        with _reported("delete", name):
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _reported("list", name):
            folders, files = super().listdir(name)
            return folders, files

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Files in the bucket are read whole and written by `save`: open them with mode rb.")
        with _reported("read", name), super()._open(name, mode) as file:
            # Here, so that a broken answer is met where it can be reported.
            return ContentFile(file.read(), name=name)

    def _save(self, name: str, content: File[bytes]) -> str:
        with _reported("upload", name):
            saved: str = super()._save(name, content)
            return saved


@contextmanager
def _reported(operation: str, name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if operation in {"read", "look up"} and _status(error) == 404:
            raise FileNotFoundError(f"There is no file {name}.") from None
        raise _failed(operation, name, error) from None
    # boto3 wraps most of what urllib3 and sockets raise, and not what they raise while a body is read.
    except (BotoCoreError, HTTPError, ConnectionError, TimeoutError) as error:
        raise _failed(operation, name, error) from None
    except Exception as error:
        # boto3's own wrapper around what failed in a transfer.
        if type(error).__module__.partition(".")[0] not in {"boto3", "s3transfer"}:
            raise
        raise _failed(operation, name, error) from None


def _failed(operation: str, name: str, error: Exception) -> StorageUnavailable:
    # Errors of boto3 name the endpoint, the call and the server's words; requests, and with them keys, are in none.
    log.error("s3_failed", operation=operation, file=name, reason=f"{type(error).__name__}: {error}"[:300])
    return StorageUnavailable()


def _status(error: ClientError) -> int:
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status


def _needs_path(options: dict[str, Any]) -> bool:
    """Other servers than Amazon's seldom have a host name for each bucket; a dot in the name breaks TLS' wildcard."""
    return bool(options.get("endpoint_url")) or "." in options["bucket_name"]
