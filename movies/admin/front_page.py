"""The first page of the back office: how large the catalogue is, what was imported, what needs a hand."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from movies.admin.filters import LACKING
from movies.admin.import_run import ACTIVE, IMPORT, percent
from movies.admin.provider_record import stale
from movies.models import (
    CatalogueCount,
    DoubtfulCareer,
    DuplicatePair,
    ImportReject,
    ImportRun,
    Movie,
    ProviderRecord,
    Suggestion,
)
from movies.providers import tmdb
from watchly.common.admin.attention import Attention, attention_of
from watchly.common.admin.lists import bounded_counts, said

_IMPORTS = 5


def front_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold's dashboard callback: adds to the context what this person may see."""
    user = request.user
    parts: dict[str, Any] = {"figures": [], "attention": attention_of(request), "imports": None}
    if user.has_perm("movies.view_movie"):
        parts["figures"] = _figures(request)
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
    if not tmdb.enabled() and user.has_perm(IMPORT):
        parts["without_key"] = {"text": tmdb.WITHOUT_KEY, "url": tmdb.KEYS_AT}
    return {**context, **parts, "title": "Overview"}


def _figures(request: HttpRequest) -> list[dict[str, str]]:
    kept = dict(CatalogueCount.objects.values_list("name", "value"))
    movies = reverse("admin:movies_movie_changelist")
    found = [{"label": "Movies", "count": f"{kept.get(CatalogueCount.PUBLISHED_MOVIES, 0):,}", "url": movies}]
    if request.user.has_perm("movies.view_person"):
        people = reverse("admin:movies_person_changelist")
        found.append({"label": "People", "count": f"{kept.get(CatalogueCount.PEOPLE, 0):,}", "url": people})
    states = ((Movie.State.DRAFT, "Drafts"), (Movie.State.WITHDRAWN, "Withdrawn"))
    counts = bounded_counts([Movie.objects.filter(state=state) for state, _ in states])
    for (state, label), count in zip(states, counts, strict=True):
        found.append({"label": label, "count": said(*count), "url": f"{movies}?state={state.value}"})
    return found


def lists_of_the_catalogue(request: HttpRequest) -> list[Attention]:
    """What needs attention in the catalogue."""
    published = Movie.objects.published()
    records = ProviderRecord.objects.all()
    return [
        _listed("Suggestions to decide about", Suggestion.objects.filter(state=Suggestion.State.OPEN)),
        _listed("Likely duplicates", DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN)),
        _listed("Doubtful careers: likely namesakes", DoubtfulCareer.objects.filter(state=DoubtfulCareer.State.OPEN)),
        *(
            _listed(label, published.filter(condition), f"?lacks={name}")
            for name, (label, condition) in LACKING.items()
        ),
        _listed("Refused rows of imports", ImportReject.objects.filter(accepted=False)),
        *(
            _listed(f"Provider data: {label.lower()}", records.filter(condition), f"?freshness={name}")
            for name, (label, condition) in stale(timezone.now()).items()
        ),
    ]


def _listed(label: str, rows: QuerySet[Any], query: str = "") -> Attention:
    name = rows.model._meta.model_name
    return Attention(label, rows, reverse(f"admin:movies_{name}_changelist") + query, f"movies.view_{name}")
