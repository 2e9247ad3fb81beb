"""The page at `/`."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client


def test_it_leads_to_the_api_its_documentation_and_the_back_office() -> None:
    response = Client().get("/")
    assert response.status_code == 200
    text = response.content.decode()
    assert {"/api/docs", "/api/movies", "/admin/"} <= set(re.findall(r'<a [^>]*href="([^"]+)"', text))


def test_it_loads_nothing_from_elsewhere() -> None:
    text = Client().get("/").content.decode().replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in text
    assert "https://" not in text
    assert "<script" not in text


def test_it_is_only_read() -> None:
    assert Client().post("/").status_code == 405


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/redoc", "/admin/login/"])
def test_every_page_has_the_icon(db: None, path: str) -> None:
    (icon,) = re.findall(r'<link [^>]*rel="icon"[^>]*>', Client().get(path).content.decode())
    found = re.search(r'href="/static/([^"]+)"', icon)
    assert found, icon
    assert finders.find(found[1])
