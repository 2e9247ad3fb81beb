"""A cast pasted as text, a person a line: first who is meant is shown and can be changed, then it is added."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from movies.admin.person_labels import labels_of
from movies.definition.limits import longest
from movies.models import Credit, Movie, Person
from movies.search.normalise import name_key
from movies.services.cast import CastPart, add_cast
from watchly.common.admin.lists import BackOfficeAdmin
from watchly.common.errors import WatchlyError

MOST_LINES: Final = 300
_NAMESAKES: Final = 10  # of one name, those with most credits
# "Name as Character", "Name ... Character", "Name – Character", and what a table of a page copies as.
_BETWEEN: Final = re.compile(r"\s+as\s+|\s*\t+\s*|\s*(?:\.{3,}|…)\s*|\s+[–—]\s+", re.IGNORECASE)
_BULLET: Final = re.compile(r"^\s*(?:[-*•·]\s+|\d{1,3}[.)]\s+)?")


@dataclass
class Line:
    """One person of the text, with those of the catalogue who may be meant."""

    name: str
    character: str
    problem: str = ""
    there: bool = False
    chosen: int | None = None
    choices: list[tuple[int, str]] = field(default_factory=list)


def parse_cast(text: str) -> list[Line]:
    """The lines of a text that hold a name; what follows `as`, dots, a dash or a tab is the character."""
    lines = []
    for raw in text.replace("\x00", "").splitlines():
        words = " ".join(_BULLET.sub("", raw, count=1).split(" ")).strip()
        if not words:
            continue
        name, *rest = _BETWEEN.split(words, maxsplit=1)
        line = Line(" ".join(name.split()), " ".join(rest[0].split()) if rest else "")
        if not name_key(line.name):
            line.problem = "This line holds no name."
        elif len(line.name) > longest("person.name"):
            line.problem = f"A name has at most {longest('person.name')} characters."
        elif len(line.character) > longest("credit.character"):
            line.problem = f"A character has at most {longest('credit.character')} characters."
        lines.append(line)
    return lines


def match_people(movie: Movie, lines: Iterable[Line]) -> None:
    """Offers for each line the people of that name, and chooses one: who is in the movie, else who has most credits."""
    lines = [line for line in lines if not line.problem]
    keys = {name_key(line.name) for line in lines}
    found: dict[str, list[Person]] = defaultdict(list)
    rows = Person.objects.filter(name_key__in=keys).select_related("merged_into").order_by("-credit_count", "pk")
    for row in rows:
        person = row.merged_into or row
        if person not in found[row.name_key] and len(found[row.name_key]) < _NAMESAKES:
            found[row.name_key].append(person)
    labels = labels_of([person for people in found.values() for person in people])
    here: dict[int, set[str | None]] = defaultdict(set)
    for person_id, character in Credit.objects.filter(movie=movie, kind="cast").values_list("person_id", "character"):
        here[person_id].add(character)
    for line in lines:
        people = found[name_key(line.name)]
        line.choices = [(person.pk, labels[person.pk]) for person in people]
        best = next((person for person in people if person.pk in here), people[0] if people else None)
        line.chosen = best.pk if best else None
        line.there = best is not None and (line.character or None) in here.get(best.pk, ())


def paste_view(model_admin: BackOfficeAdmin, request: HttpRequest, movie: Movie | None) -> HttpResponse:
    """Step one takes the text, step two who is meant; then the cast is added."""
    if movie is None:
        raise Http404("There is no such movie.")
    if not model_admin.has_change_permission(request, movie):
        raise PermissionDenied
    page = reverse("admin:movies_movie_change", args=[movie.pk])
    text = request.POST.get("cast", "")
    context: dict[str, Any] = {"title": f"Paste the cast of {movie}", "text": text, "back_url": page}
    if request.method == "POST" and "lines" in request.POST:
        try:
            count = add_cast(movie_id=movie.pk, parts=_chosen(request))
        except WatchlyError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, f"{count:,} added to the cast." if count else "Nothing was added.")
        return HttpResponseRedirect(f"{page}#credits")
    if request.method == "POST":
        lines = parse_cast(text)
        if not lines:
            context["problem"] = "Paste at least one line with a name."
        elif len(lines) > MOST_LINES:
            context["problem"] = f"These are {len(lines):,} lines: paste at most {MOST_LINES} at a time."
        else:
            match_people(movie, lines)
            context["lines"] = lines
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    shared = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, "media": model_admin.media}
    return TemplateResponse(request, "admin/movies/movie/cast.html", {**shared, **context})


def _chosen(request: HttpRequest) -> list[CastPart]:
    """The lines that are marked, as they were sent back."""
    parts = []
    for number in range(min(_number(request.POST["lines"]), MOST_LINES)):
        name = request.POST.get(f"name-{number}", "").replace("\x00", "").strip()[: longest("person.name")]
        character = request.POST.get(f"character-{number}", "").replace("\x00", "").strip()
        if name_key(name) and request.POST.get(f"add-{number}"):
            person_id = _number(request.POST.get(f"person-{number}", "")) or None
            parts.append(CastPart(person_id, name, character[: longest("credit.character")] or None))
    return parts


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
