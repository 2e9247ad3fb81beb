"""What holds on every page of the back office, whichever app brings it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import unfold
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.utils.text import capfirst

from accounts.tests.factories import UserFactory
from movies.tests.factories import ChangeFactory, MovieFactory
from social.models import ModerationCase
from watchly.env import BASE_DIR

# Templates of unfold of which `templates/` holds a changed copy, by the digest of the original that was copied. Another
# digest means another unfold: compare the original with the copy, carry its changes over, then write its digest here.
COPIED = {
    "admin/base.html": "2ce9250b3c649e3a1d3c7ea52308a2858c60374b76089c29a838c7cc870dbcf0",
    "unfold/layouts/unauthenticated.html": "768501529f1a8dae820558f90c1ab782f0703a8504070678b390bc16c9c48cf3",
}
PASSWORD = "correct horse battery staple"


@pytest.fixture
def boss(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True, is_staff=True))
    return client


UNFOLD: dict[str, Any] = settings.UNFOLD


def menu() -> list[dict[str, Any]]:
    return [item for group in UNFOLD["SIDEBAR"]["navigation"] for item in group["items"]]


@pytest.mark.django_db
def test_signing_in_without_a_page_to_return_to_leads_to_the_overview() -> None:
    user = UserFactory.create(is_superuser=True, is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    response = Client().post("/admin/login/", {"username": user.username, "password": PASSWORD}, follow=True)
    assert response.redirect_chain[0] == ("/admin/", 302)
    assert response.status_code == 200


def test_each_line_of_the_menu_has_the_name_of_its_page(boss: Client) -> None:
    for item in menu():
        response = boss.get(str(item["link"]))
        assert response.status_code == 200, item["link"]
        context = response.context
        name = capfirst(context["cl"].opts.verbose_name_plural) if "cl" in context else context["title"]
        assert str(item["title"]) == name
    for item in UNFOLD["ACCOUNT"]["navigation"]:
        assert boss.get(str(item["link"])).context["title"] == item["title"]


def test_every_page_has_one_main_landmark_and_a_link_that_skips_the_menu(boss: Client) -> None:
    movie = MovieFactory.create()
    ChangeFactory.create(movie=movie)
    pages = ["/admin/", "/admin/movies/movie/", "/admin/movies/movie/add/", "/admin/movies/importrun/add/"]
    pages += [f"/admin/movies/movie/{movie.pk}/{name}/" for name in ("change", "history", "merge")]
    for page in pages:
        text = boss.get(page, follow=True).content.decode()
        assert text.count("<main ") == text.count("</main>") == 1, page
        assert text.index('href="#content"') < text.index('id="nav-sidebar') < text.index('id="content"'), page
    text = Client().get("/admin/login/").content.decode()
    assert text.count("<main ") == 1


@pytest.mark.django_db
def test_a_form_never_shows_the_name_of_a_constraint() -> None:
    request: Any = RequestFactory().get("/")
    request.user = UserFactory.create(is_superuser=True)
    checked, nameless = set(), set()
    for model_admin in admin.site._registry.values():
        # A page of its own is no form; a case is decided, and what it is about is not in its form.
        own_page = type(model_admin).change_view is not admin.ModelAdmin.change_view
        writable = (
            model_admin.has_change_permission(request) and not own_page and model_admin.model is not ModerationCase
        )
        models_of_forms = [model_admin.model] if writable else []
        for model in (*models_of_forms, *(inline.model for inline in model_admin.inlines)):
            checked.add(model.__name__)
            nameless |= {each.name for each in model._meta.constraints if _says_its_name(each)}
    assert nameless == set()
    assert {"Movie", "Person", "User", "Video", "Credit"} <= checked


def _says_its_name(constraint: models.BaseConstraint) -> bool:
    """Django tells of plain columns that they exist already; of the rest, unless told otherwise, the name."""
    plain = isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None
    return not plain and constraint.violation_error_message == constraint.default_violation_error_message


@pytest.mark.parametrize("name", COPIED)
def test_a_copied_template_is_that_of_the_installed_unfold(name: str) -> None:
    original = Path(unfold.__file__).parent / "templates" / name
    assert hashlib.sha256(original.read_bytes()).hexdigest() == COPIED[name]


def test_every_python_gets_the_same_version_of_unfold() -> None:
    locked = re.findall(r"^django-unfold==(\S+)(.*)$", (BASE_DIR / "requirements.txt").read_text(), re.M)
    assert len(locked) == 1
    assert "python" not in locked[0][1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "said"), [("withdrawn", "A duplicate."), ("draft", "Publish it"), ("published", None)]
)
def test_the_page_of_a_hidden_movie_has_a_banner(boss: Client, state: str, said: str | None) -> None:
    reason = "A duplicate." if state == "withdrawn" else None
    movie = MovieFactory.create(state=state, state_reason=reason)
    text = boss.get(f"/admin/movies/movie/{movie.pk}/change/").content.decode()
    banner = re.search(r'<p class="banner.*?</p>', text, re.S)
    assert (banner is None) if said is None else (banner is not None and said in banner[0])
