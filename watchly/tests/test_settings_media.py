"""Where pictures live, from the environment: what is taken, what is refused, and that no secret is said."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import import_string

from watchly import env
from watchly.common.files.layouts import cuts_itself

S3 = {"S3_BUCKET": "pictures", "S3_REGION": "eu-central-1", "S3_ACCESS_KEY": "AK", "S3_SECRET_KEY": "sssecret"}
CLOUDINARY = {"CLOUDINARY_URL": "cloudinary://123:sssecret@Films-1"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if re.match(r"S3_|CLOUDINARY_|MEDIA_", name):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WATCHLY_DATA", str(tmp_path))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings that this environment makes."""

    def run(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(env.BASE_DIR / "watchly" / "settings_media.py"))

    return run


def test_without_any_variable_pictures_are_on_the_disk(read: Any, tmp_path: Path) -> None:
    made = read()
    assert (made["MEDIA_STORAGE"], made["MEDIA_URL"], made["MEDIA_ROOT"]) == ("local", "/media/", tmp_path / "media")
    assert set(made["STORAGES"]) == {"default", "staticfiles", "local"}
    assert made["STORAGES"]["default"] == made["STORAGES"]["local"]


@pytest.mark.parametrize(
    ("environment", "prefix"),
    [
        (S3, "https://pictures.s3.eu-central-1.amazonaws.com/"),
        ({**S3, "S3_BUCKET": "pictures.example"}, "https://s3.eu-central-1.amazonaws.com/pictures.example/"),
        ({**S3, "S3_ENDPOINT_URL": "https://minio.example:9000/"}, "https://minio.example:9000/pictures/"),
        ({"S3_BUCKET": "pictures", "S3_ENDPOINT_URL": "http://minio"}, "http://minio/pictures/"),
        ({**S3, "MEDIA_URL": "https://cdn.example/films/"}, "https://cdn.example/films/"),
        ({**S3, "MEDIA_URL": "/media/"}, "/media/"),
    ],
)
def test_a_bucket_has_an_address(read: Any, environment: dict[str, str], prefix: str) -> None:
    made = read(MEDIA_STORAGE="s3", **environment)
    assert made["MEDIA_URL"] == prefix
    assert made["STORAGES"]["default"] == made["STORAGES"]["s3"]
    storage = import_string(made["STORAGES"]["s3"]["BACKEND"])(**made["STORAGES"]["s3"]["OPTIONS"])
    assert (storage.bucket_name, cuts_itself(storage)) == (environment["S3_BUCKET"], False)


def test_cloudinary_has_an_address(read: Any, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("cloudinary://123:ss%40secret@Films-1\n")
    made = read(
        MEDIA_STORAGE="cloudinary", CLOUDINARY_URL_FILE=str(secret), CLOUDINARY_API_URL="https://api-eu.example"
    )
    assert made["MEDIA_URL"] == "https://res.cloudinary.com/Films-1/image/upload/"
    options = made["STORAGES"]["default"]["OPTIONS"]
    assert (options["cloud_name"], options["api_secret"]) == ("Films-1", "ss@secret")
    assert options["api_url"] == "https://api-eu.example"
    assert cuts_itself(import_string(made["STORAGES"]["default"]["BACKEND"])(**options))


def test_the_others_are_known_too_so_that_pictures_can_be_moved(read: Any) -> None:
    made = read(**S3, **CLOUDINARY)
    assert (made["MEDIA_STORAGE"], made["MEDIA_URL"]) == ("local", "/media/")
    assert set(made["STORAGES"]) == {"default", "staticfiles", "local", "s3", "cloudinary"}
    assert set(made["MEDIA_PREFIXES"]) == {"local", "s3", "cloudinary"}


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"MEDIA_STORAGE": "ftp"}, "local, s3, cloudinary"),
        ({"MEDIA_STORAGE": "s3"}, "needs S3_BUCKET"),
        ({"MEDIA_STORAGE": "cloudinary"}, "needs CLOUDINARY_URL"),
        ({"S3_REGION": "eu-central-1"}, "S3_BUCKET is not set"),
        ({"S3_BUCKET": "pictures"}, "S3_REGION is not set"),
        ({**S3, "S3_BUCKET": "Pictures/x"}, "not the name of a bucket"),
        ({**S3, "S3_REGION": "eu central"}, "not a region"),
        ({**S3, "S3_SECRET_KEY": ""}, "set both, or neither"),
        ({**S3, "S3_ENDPOINT_URL": "minio:9000"}, "https://host"),
        ({**S3, "S3_ENDPOINT_URL": "https://u:sssecret@minio"}, "without user and password"),
        ({**S3, "S3_ENDPOINT_URL": "https://minio/pictures"}, "more than scheme, host and port"),
        ({**S3, "S3_ENDPOINT_URL": "https://minio:port"}, "not an address"),
        ({"CLOUDINARY_API_URL": "https://api.example"}, "CLOUDINARY_URL is not set"),
        ({"CLOUDINARY_URL": "https://123:sssecret@films"}, "cloudinary://KEY:SECRET@CLOUD_NAME"),
        ({"CLOUDINARY_URL": "cloudinary://sssecret@films"}, "cloudinary://KEY:SECRET@CLOUD_NAME"),
        ({"CLOUDINARY_URL": "cloudinary://123:sssecret@films/img.example"}, "MEDIA_URL"),
        ({**CLOUDINARY, "CLOUDINARY_API_URL": "api.example"}, "CLOUDINARY_API_URL is not an address"),
        ({"MEDIA_URL": "media"}, "not a prefix"),
        ({"MEDIA_URL": "/"}, "not a prefix"),
        ({"MEDIA_URL": "https://cdn.example/films"}, "slash at its end"),
        ({"MEDIA_URL": "https://cdn.example/%20/"}, "not a prefix"),
        ({"MEDIA_URL": "https://cdn.example/?key=/"}, "not a prefix"),
    ],
)
def test_what_is_wrong_or_missing_stops_the_start(read: Any, environment: dict[str, str], says: str) -> None:
    with pytest.raises(env.ConfigurationError, match=re.escape(says)) as caught:
        read(**environment)
    assert "sssecret" not in str(caught.value)
