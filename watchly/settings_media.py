"""Where pictures live: the local disk, a bucket, or Cloudinary (docs/adr/0014-where-pictures-live.md).

All storages that have their variables are configured, so that `manage.py move_media` knows both ends;
MEDIA_STORAGE names the one in use.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from watchly import env

# What stands in constant SQL and in every document: nothing that must be escaped in either.
_PREFIX = re.compile(r"(?:https?://[A-Za-z0-9.-]+(?::\d{1,5})?/|/[A-Za-z0-9._~@,=-]+/)(?:[A-Za-z0-9._~@,=-]+/)*")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9-]{2,40}")
_CLOUD = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,127}")


def _origin(name: str, value: str) -> str:
    """The value as `scheme://host[:port]`, or an error that names the variable."""
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise env.ConfigurationError(f"{name} is not an address: write it as https://host, without user and password.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise env.ConfigurationError(f"{name} has more than scheme, host and port: write it as https://host.")
    return f"{parts.scheme}://{parts.netloc}"


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port  # read for its own check
    except ValueError:
        return None
    return parts


def _s3() -> tuple[dict[str, Any], str] | None:
    """The bucket's storage and its public prefix, None when no variable of it is set."""
    bucket, region = env.text("S3_BUCKET"), env.text("S3_REGION")
    endpoint = env.text("S3_ENDPOINT_URL")
    key, secret = env.text("S3_ACCESS_KEY"), env.text("S3_SECRET_KEY")
    if not any((bucket, region, endpoint, key, secret)):
        return None
    if not bucket:
        raise env.ConfigurationError("S3_BUCKET is not set, and other variables of S3 are: name the bucket.")
    if not _BUCKET.fullmatch(bucket):
        raise env.ConfigurationError(f"S3_BUCKET={bucket!r} is not the name of a bucket.")
    if bool(key) != bool(secret):
        raise env.ConfigurationError(
            "Of S3_ACCESS_KEY and S3_SECRET_KEY one is set: set both, or neither where the machine has a role."
        )
    if region and not _REGION.fullmatch(region):
        raise env.ConfigurationError(f"S3_REGION={region!r} is not a region: write it as eu-central-1.")
    if endpoint:
        endpoint = _origin("S3_ENDPOINT_URL", endpoint)
        prefix = f"{endpoint}/{bucket}/"
    elif not region:
        raise env.ConfigurationError(
            "S3_REGION is not set: name the bucket's region, or its server in S3_ENDPOINT_URL."
        )
    elif "." in bucket:
        prefix = f"https://s3.{region}.amazonaws.com/{bucket}/"
    else:
        prefix = f"https://{bucket}.s3.{region}.amazonaws.com/"
    options = {
        "bucket_name": bucket,
        "region_name": region or "us-east-1",
        "endpoint_url": endpoint,
        "access_key": key,
        "secret_key": secret,
    }
    return {"BACKEND": "watchly.common.files.s3_storage.PictureS3Storage", "OPTIONS": options}, prefix


def _cloudinary() -> tuple[dict[str, Any], str] | None:
    """Cloudinary's storage and its public prefix, None when no variable of it is set."""
    url, api = env.text("CLOUDINARY_URL"), env.text("CLOUDINARY_API_URL")
    if not url:
        if api:
            raise env.ConfigurationError("CLOUDINARY_URL is not set, and CLOUDINARY_API_URL is.")
        return None
    parts = _split(url)
    # The value is a secret, so it is not said again.
    if parts is None or parts.scheme != "cloudinary" or not (parts.username and parts.password and parts.hostname):
        raise env.ConfigurationError("CLOUDINARY_URL is wrong: write it as cloudinary://KEY:SECRET@CLOUD_NAME.")
    cloud = parts.netloc.rpartition("@")[2]  # `hostname` would be in small letters
    if not _CLOUD.fullmatch(cloud) or parts.path not in ("", "/"):
        raise env.ConfigurationError(
            "CLOUDINARY_URL has more than a cloud's name behind the @: a host of your own goes into MEDIA_URL."
        )
    prefix = f"https://res.cloudinary.com/{cloud}/image/upload/"
    options = {
        "cloud_name": cloud,
        "api_key": unquote(parts.username),
        "api_secret": unquote(parts.password),
        "api_url": _origin("CLOUDINARY_API_URL", api) if api else "https://api.cloudinary.com",
        "base_url": prefix,
    }
    return {"BACKEND": "watchly.common.files.cloudinary_storage.CloudinaryStorage", "OPTIONS": options}, prefix


_LOCAL: tuple[dict[str, Any], str] = ({"BACKEND": "django.core.files.storage.FileSystemStorage"}, "/media/")
_CONFIGURED = {
    name: storage for name, storage in (("local", _LOCAL), ("s3", _s3()), ("cloudinary", _cloudinary())) if storage
}

MEDIA_STORAGE = env.choice("MEDIA_STORAGE", "local", ("local", "s3", "cloudinary"))
if MEDIA_STORAGE not in _CONFIGURED:
    _missing = {"s3": "S3_BUCKET", "cloudinary": "CLOUDINARY_URL"}[MEDIA_STORAGE]
    raise env.ConfigurationError(f"MEDIA_STORAGE={MEDIA_STORAGE} needs {_missing}, which is not set.")

# By storage: what MEDIA_URL is when it is not given.
MEDIA_PREFIXES = {name: prefix for name, (_, prefix) in _CONFIGURED.items()}
# The fixed public prefix of every picture in every document, the same for as long as a process lives.
MEDIA_URL: str = env.text("MEDIA_URL") or MEDIA_PREFIXES[MEDIA_STORAGE]
if not _PREFIX.fullmatch(MEDIA_URL):
    raise env.ConfigurationError(
        f"MEDIA_URL={MEDIA_URL!r} is not a prefix: write it as /media/ or https://host/folder/, a slash at its end."
    )
# Where clients reach this installation; None for the host of each request.
PUBLIC_URL: str | None = _origin("PUBLIC_URL", env.text("PUBLIC_URL") or "") if env.text("PUBLIC_URL") else None
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or env.data_folder() / "media")

STORAGES: dict[str, dict[str, Any]] = {
    "default": _CONFIGURED[MEDIA_STORAGE][0],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    **{name: storage for name, (storage, _) in _CONFIGURED.items()},
}
