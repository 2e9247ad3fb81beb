"""The first page of the back office: how large the catalogue is, what was imported, what needs a hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from movies.admin.filters import LACKING
from movies.admin.import_run import ACTIVE, IMPORT, percent
from movies.models import CatalogueCount, ImportRun, Movie
from watchly.common.admin.lists import bounded_count, said

_IMPORTS = 5
_ATTENTION = ("year", "runtime", "poster")


def front_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold's dashboard callback: adds to the context what this person may see."""
    user = request.user
    parts: dict[str, Any] = {"figures": [], "attention": None, "imports": None}
    if user.has_perm("movies.view_movie"):
        parts["figures"] = _figures(request)
        parts["attention"] = _attention()
    if user.has_perm("movies.view_importrun"):
        parts["imports"] = [
            {
                "run": run,
                "files": ", ".join(run.names) or f"Import {run.pk}",
                "percent": percent(run),
                "counts": [f"{count:,}" for count in (run.created, run.updated, run.rejected)],
            }
            for run in ImportRun.objects.select_related("requested_by").defer("changes", "checkpoint")[:_IMPORTS]
        ]
        parts["running"] = ImportRun.objects.filter(state__in=ACTIVE).count()
        parts["may_import"] = user.has_perm(IMPORT)
    return {**context, **parts, "title": "Overview"}


def _figures(request: HttpRequest) -> list[dict[str, str]]:
    kept = dict(CatalogueCount.objects.values_list("name", "value"))
    movies = reverse("admin:movies_movie_changelist")
    found = [{"label": "Movies", "count": f"{kept.get(CatalogueCount.PUBLISHED_MOVIES, 0):,}", "url": movies}]
    if request.user.has_perm("movies.view_person"):
        people = reverse("admin:movies_person_changelist")
        found.append({"label": "People", "count": f"{kept.get(CatalogueCount.PEOPLE, 0):,}", "url": people})
    for state, label in ((Movie.State.DRAFT, "Drafts"), (Movie.State.WITHDRAWN, "Withdrawn")):
        count = said(*bounded_count(Movie.objects.filter(state=state)))
        found.append({"label": label, "count": count, "url": f"{movies}?state={state.value}"})
    return found


def _attention() -> list[dict[str, str]]:
    movies = reverse("admin:movies_movie_changelist")
    return [
        {
            "label": label,
            "count": said(*bounded_count(Movie.objects.published().filter(condition))),
            "url": f"{movies}?lacks={name}",
        }
        for name, (label, condition) in LACKING.items()
        if name in _ATTENTION
    ]
