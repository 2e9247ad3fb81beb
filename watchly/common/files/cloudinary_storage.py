"""A Django storage over Cloudinary's official SDK. Cloudinary cuts the pictures, so one file of each is kept there.

A file `images/ab/abc-w1280.webp` is the image of type `upload` with the public id `images/ab/abc-w1280`. Source of the
calls: Cloudinary's Upload API and Admin API references. All but the listing go to the Upload API, which has no hourly
limit; the Admin API's is 500 calls in the smallest plan.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, TypeVar

import certifi
import cloudinary
import cloudinary.api
import cloudinary.exceptions
import cloudinary.uploader
import cloudinary.utils
import structlog
import urllib3
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from watchly.common.errors import StorageUnavailable
from watchly.common.files.facts import MOST_BYTES, Facts, Listed, inside, md5_of

log = structlog.get_logger(__name__)
cloudinary.logger.removeHandler(cloudinary.ch)  # our logging writes its lines too, once

_Answer = TypeVar("_Answer")

_SUFFIXES = {".webp", ".jpg", ".jpeg", ".png"}
_ATTEMPTS = 3
# Seconds after which a call that failed is not begun again: a storage that hangs has been waited for already.
_PATIENCE = 5.0
_A_PAGE = 500  # the most that one listing call gives
# Refusals that the same call would meet again.
_FINAL = (
    cloudinary.exceptions.BadRequest,
    cloudinary.exceptions.AuthorizationRequired,
    cloudinary.exceptions.NotAllowed,
    cloudinary.exceptions.AlreadyExists,
)


@deconstructible
class CloudinaryStorage(Storage):
    """Pictures in one Cloudinary product environment.

    `base_url` is the public prefix, with a slash at its end. `api_url` is where its API answers. `connect_timeout` and
    `read_timeout` are seconds; a call that fails soon is tried three times in all, `pause` seconds apart and then twice
    as many. Whatever fails is logged without key and secret and raised as StorageUnavailable.
    """

    def __init__(
        self,
        *,
        cloud_name: str,
        api_key: str,
        api_secret: str,
        base_url: str,
        api_url: str = "https://api.cloudinary.com",
        connect_timeout: float = 5.0,
        read_timeout: float = 15.0,
        pause: float = 0.25,
    ) -> None:
        self._secrets = (api_secret, api_key)
        self._base_url, self._pause = base_url, pause
        self._timeout = urllib3.Timeout(connect=connect_timeout, read=read_timeout)
        # With every call rather than in the SDK's global configuration, which reads variables of its own.
        self._account: dict[str, Any] = {
            "cloud_name": cloud_name,
            "api_key": api_key,
            "api_secret": api_secret,
            "oauth_token": None,
            "upload_prefix": api_url.rstrip("/"),
        }
        self._asset: dict[str, Any] = {"resource_type": "image", "type": "upload"}
        self._reader = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=certifi.where())

    # --- what Watchly asks of a storage besides Django's own ---

    def rendition_path(self, name: str, width: int) -> str:
        """The transformation that shows this file at most `width` pixels wide, in front of the file's name.

        The version between them says where the transformation ends.
        """
        return f"c_limit,f_webp,q_auto,w_{width}/v1/{name}"

    def facts(self, name: str) -> Facts | None:
        """Size in bytes and MD5 of a file, None when it is not there."""
        asset = self._find(name)
        return None if asset is None else Facts(int(asset["bytes"]), asset.get("etag"))

    def walk(self, folder: str) -> Iterator[Listed]:
        """Every file below this folder and the time it came."""
        cursor: str | None = None
        while True:
            page = self._call("list", folder, partial(self._page, folder, cursor))
            for asset in page["resources"]:
                yield Listed(f"{asset['public_id']}.{asset['format']}", _time_of(asset))
            cursor = page.get("next_cursor")
            if not cursor:
                return

    # --- Django's ---

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself. Names are random, and what is written twice is the same picture."""
        return name

    def exists(self, name: str) -> bool:
        return self._find(name) is not None

    def size(self, name: str) -> int:
        return int(self._found(name)["bytes"])

    def get_modified_time(self, name: str) -> datetime:
        return _time_of(self._found(name))

    def url(self, name: str | None) -> str:
        return f"{self._base_url}{name}"

    def delete(self, name: str) -> None:
        """Deletes a file, its renditions, and their copies in the delivery network; one that is not there is fine."""
        public_id = _public_id(name)
        answer = self._call(
            "delete",
            name,
            lambda: cloudinary.uploader.destroy(
                public_id, invalidate=True, timeout=self._timeout, **self._asset, **self._account
            ),
        )
        if answer.get("result") not in {"ok", "not found"}:
            raise self._failed("delete", name, f"the answer is {answer.get('result')!r}")

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return inside(path, self.walk(path))

    def _save(self, name: str, content: File[bytes]) -> str:
        public_id = _public_id(name)
        content.seek(0)
        data = content.read()
        answer = self._call(
            "upload",
            name,
            lambda: cloudinary.uploader.upload(
                io.BytesIO(data),
                public_id=public_id,
                filename=PurePosixPath(name).name,
                overwrite=True,
                unique_filename=False,
                use_filename=False,
                timeout=self._timeout,
                **self._asset,
                **self._account,
            ),
        )
        if answer.get("bytes") != len(data) or answer.get("etag", md5_of(data)) != md5_of(data):
            raise self._failed("upload", name, "what arrived is not what was sent")
        return name

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Files at Cloudinary are read whole and written by `save`: open them with mode rb.")
        # The API's own way to the original. The delivery network is not asked: it may keep an older answer.
        url = cloudinary.utils.private_download_url(
            _public_id(name), PurePosixPath(name).suffix[1:], **self._asset, **self._account
        )
        try:
            return ContentFile(self._call("read", name, lambda: self._get(url)), name=name)
        except cloudinary.exceptions.NotFound:
            raise FileNotFoundError(f"There is no file {name}.") from None

    # --- calls ---

    def _find(self, name: str) -> dict[str, Any] | None:
        """What Cloudinary says of a file, None when it has none. An `explicit` call without orders changes nothing."""
        public_id = _public_id(name)
        try:
            found: dict[str, Any] = self._call(
                "look up",
                name,
                lambda: cloudinary.uploader.explicit(public_id, timeout=self._timeout, **self._asset, **self._account),
            )
        except cloudinary.exceptions.NotFound:
            return None
        return found

    def _found(self, name: str) -> dict[str, Any]:
        found = self._find(name)
        if found is None:
            raise FileNotFoundError(f"There is no file {name}.")
        return found

    def _page(self, folder: str, cursor: str | None) -> Any:
        return cloudinary.api.resources(
            prefix=f"{folder}/",
            max_results=_A_PAGE,
            next_cursor=cursor,
            timeout=self._timeout,
            **self._asset,
            **self._account,
        )

    def _get(self, url: str) -> bytes:
        retries = urllib3.Retry(total=2, connect=0, read=0, status=0, other=0, redirect=2)
        response = self._reader.request("GET", url, timeout=self._timeout, retries=retries, preload_content=False)
        try:
            if response.status == 404:
                raise cloudinary.exceptions.NotFound("not found")
            if response.status != 200:
                passing = response.status >= 500 or response.status == 429
                kind = cloudinary.exceptions.GeneralError if passing else cloudinary.exceptions.NotAllowed
                raise kind(f"the answer has status {response.status}")
            data: bytes = response.read(MOST_BYTES + 1)
        finally:
            response.close()
        if len(data) > MOST_BYTES:
            raise cloudinary.exceptions.BadRequest("the file is larger than any picture of ours")
        return data

    def _call(self, operation: str, name: str, call: Callable[[], _Answer]) -> _Answer:
        """Runs a call, again where that may help. Raises NotFound of the SDK, else StorageUnavailable."""
        begun = time.monotonic()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return call()
            except cloudinary.exceptions.NotFound:
                raise
            except Exception as error:  # the SDK raises its own, urllib3's, and bare ones for a status it does not know
                reason = f"{type(error).__name__}: {error}"
                final = isinstance(error, _FINAL) or attempt == _ATTEMPTS or time.monotonic() - begun > _PATIENCE
            if final:
                break
            time.sleep(self._pause * attempt)
        raise self._failed(operation, name, reason)

    def _failed(self, operation: str, name: str, reason: str) -> StorageUnavailable:
        for secret in self._secrets:
            reason = reason.replace(secret, "***")
        log.error("cloudinary_failed", operation=operation, file=name, reason=reason[:300])
        return StorageUnavailable()


def _public_id(name: str) -> str:
    """The name without its suffix, which Cloudinary keeps apart as the format."""
    path = PurePosixPath(name)
    if path.suffix not in _SUFFIXES or path.is_absolute() or ".." in path.parts:
        raise SuspiciousFileOperation(f"{name!r} is not the name of a picture.")
    return str(path.with_suffix(""))


def _time_of(asset: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(asset["created_at"])
