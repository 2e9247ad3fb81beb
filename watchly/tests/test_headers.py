"""What each kind of answer tells a browser: a snapshot for each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from watchly.headers import BACK_OFFICE, DATA, DOCS, PAGE, REDOC, Policy

pytestmark = pytest.mark.django_db

# What every answer has, whatever it is.
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FEATURES = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), "
    "geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()"
)
CLOSED = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
ON_PAGES = {**CLOSED, "form-action": "'self'", "img-src": "'self' data:", "style-src": "'self' 'nonce-N'"}
IN_DOCS = {
    **CLOSED,
    "script-src": "'nonce-N'",
    "style-src": "'self' 'nonce-N'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
}
IN_REDOC = {
    **IN_DOCS,
    "style-src": "'self' 'nonce-N' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
    "worker-src": "blob:",
}
IN_THE_BACK_OFFICE = {
    **CLOSED,
    "script-src": "'self' 'unsafe-eval'",
    "script-src-attr": "'none'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
}
KINDS: dict[str, tuple[str, int, dict[str, str]]] = {
    "home": ("/", 200, ON_PAGES),
    "admin login": ("/admin/login/", 200, IN_THE_BACK_OFFICE),
    "admin list": ("/admin/movies/movie/", 200, IN_THE_BACK_OFFICE),
    "admin form": ("/admin/movies/movie/add/", 200, IN_THE_BACK_OFFICE),
    "admin script": ("/admin/jsi18n/", 200, CLOSED),
    "JSON": ("/api/movies", 200, CLOSED),
    "problem": ("/api/movies/0", 404, CLOSED),
    "schema": ("/api/schema", 200, CLOSED),
    "docs": ("/api/docs", 200, IN_DOCS),
    "redoc": ("/api/redoc", 200, IN_REDOC),
    "error": ("/nothing", 404, {**ON_PAGES, "style-src": "'self'"}),
}


def policy_of(response: Any) -> dict[str, str]:
    """The directives; a nonce reads N."""
    text = re.sub(r"'nonce-[A-Za-z0-9+/=]+'", "'nonce-N'", response.headers["Content-Security-Policy"])
    return dict(directive.split(" ", 1) for directive in text.split("; "))


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(UserFactory.create(role="admin"))
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_page_has_its_headers(kind: str, admin: Client) -> None:
    path, status, policy = KINDS[kind]
    response = (Client() if kind == "admin login" else admin).get(path)
    assert response.status_code == status
    assert policy_of(response) == policy
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert response.headers["Permissions-Policy"] == FEATURES


def test_a_picture_has_no_rights_and_may_be_shown_elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "a.webp").write_bytes(b"RIFF")
    response = Client().get("/media/a.webp")
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("policy", [DATA, PAGE, DOCS, REDOC, BACK_OFFICE])
def test_no_page_runs_scripts_that_stand_in_it(policy: Policy) -> None:
    scripts = policy.get("script-src", policy["default-src"])
    assert "'unsafe-inline'" not in scripts
    assert "*" not in scripts
    assert ("'unsafe-eval'" in scripts) == (policy is BACK_OFFICE)


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/redoc"])
def test_what_a_page_brings_carries_its_nonce_and_each_answer_has_another(path: str) -> None:
    nonces = set()
    for _ in range(2):
        response = Client().get(path)
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"]))
        text = response.content.decode()
        brought = re.findall(r"<(?:script|style)\b[^>]*>", text)
        assert brought
        assert all(f'nonce="{nonce}"' in tag for tag in brought), brought
        assert not re.search(r"<[^>]+\s(?:on[a-z]+|style)=", text)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_the_back_office_has_no_scripts_in_its_pages(admin: Client) -> None:
    for path in (
        "/admin/",
        "/admin/movies/movie/",
        "/admin/movies/movie/add/",
        "/admin/accounts/user/",
        "/admin/login/",
    ):
        text = admin.get(f"/admin/{path}").content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", text) == [], path
        assert re.findall(r"<[^>]+\son(?:click|load|change|submit|error)=", text) == [], path


def test_pictures_come_from_where_the_settings_say(settings: Any, admin: Client) -> None:
    settings.MEDIA_URL = "https://pictures.example/m/"
    assert policy_of(admin.get("/admin/"))["img-src"] == "'self' data: blob: https://pictures.example"
    assert policy_of(admin.get("/api/movies"))["default-src"] == "'none'"


def test_with_tls_it_is_asked_for_from_then_on(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    assert "Strict-Transport-Security" not in Client().get("/").headers
    found = Client().get("/", secure=True).headers["Strict-Transport-Security"]
    assert found.startswith("max-age=31536000; includeSubDomains")


def test_only_listed_origins_read_the_api(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://films.example"]
    allowed = Client().get("/api/movies", headers={"Origin": "https://films.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://films.example"
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    for origin in ("https://evil.example", "https://films.example.evil.example", "http://films.example", "null"):
        assert "Access-Control-Allow-Origin" not in Client().get("/api/movies", headers={"Origin": origin}).headers
    page = Client().get("/", headers={"Origin": "https://films.example"})
    assert "Access-Control-Allow-Origin" not in page.headers
