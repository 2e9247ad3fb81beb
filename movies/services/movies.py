"""Writing movies. Every write raises the version once and keeps the copies, the search index and the figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint
from django.utils import timezone

from movies.definition.limits import contradiction
from movies.models import CatalogueCount, Change, Movie, Suggestion
from movies.search.index import index_movies
from movies.search.normalise import title_key
from movies.services.copies import refresh_copies
from movies.services.differences import Value, difference, differences, locking, made, snapshot
from movies.services.figures import bump
from movies.services.history import Fields, record_change
from movies.services.relations import RELATIONS, set_relation
from movies.services.slugs import free_slug
from watchly.common.errors import Conflict, FieldError, Gone, Moved, NotFound, RuleViolation
from watchly.common.versions import Expected, check_version

FACTS = (
    "title",
    "original_title",
    "year",
    "release_date",
    "runtime",
    "overview",
    "tagline",
    "original_language",
    "languages",
    "countries",
    "release_status",
    "imdb_id",
    "tmdb_id",
    "wikidata_id",
    "wikipedia_page",
)
_SURVIVOR = """
WITH RECURSIVE chain AS (
    SELECT id, merged_into_id FROM movies_movie WHERE id = %s
    UNION SELECT m.id, m.merged_into_id FROM movies_movie m JOIN chain c ON m.id = c.merged_into_id
)
SELECT id FROM chain WHERE merged_into_id IS NULL
"""
_UNIQUE = ("imdb_id", "tmdb_id", "wikidata_id")
_SLUG_ATTEMPTS = 5


def get_movie(*, movie_id: int, for_update: bool = False) -> Movie:
    """The movie, a draft too.

    Raises Moved for one that was merged, Gone for a withdrawn one, NotFound else.
    """
    movies = Movie.objects.select_for_update(of=("self",)) if for_update else Movie.objects.all()
    movie = movies.filter(pk=movie_id).first()
    if movie is None:
        raise missing_movie(movie_id)
    check_there(movie_id=movie.pk, state=movie.state)
    return movie


def missing_movie(movie_id: int) -> NotFound:
    """The refusal for a movie that never was."""
    return NotFound(f"There is no movie {movie_id}.")


def check_there(*, movie_id: int, state: str) -> None:
    """Raises Gone for a movie that was withdrawn and Moved for one that was merged."""
    if state == Movie.State.WITHDRAWN:
        raise Gone("This movie was withdrawn from the catalogue.")
    if state == Movie.State.MERGED:
        raise moved(movie_id=movie_id)


def moved(*, movie_id: int) -> Moved:
    """Returns the refusal for a merged movie: it leads to the movie that it lives on in."""
    survivor_id = survivor_of(movie_id=movie_id)
    return Moved(f"/api/movies/{survivor_id}", survivor_id=survivor_id)


def check_readable(*, movie_id: int, state: str, reader: Any) -> None:
    """Raises what `check_there` does, and NotFound for a draft that this reader does not see.

    Drafts are seen by curators, and what somebody suggested by themselves.
    """
    check_there(movie_id=movie_id, state=state)
    if state == Movie.State.DRAFT and not reader.has_perm("movies.change_movie"):
        own = reader.is_authenticated and Suggestion.objects.filter(movie=movie_id, suggested_by=reader.pk).exists()
        if not own:
            raise missing_movie(movie_id)


def survivor_of(*, movie_id: int) -> int:
    """The movie that a merged one lives on in, which may have been merged itself; of any other, itself."""
    with connection.cursor() as cursor:
        cursor.execute(_SURVIVOR, [movie_id])
        row = cursor.fetchone()
    return row[0] if row else movie_id


@transaction.atomic
def create_movie(
    *, values: Mapping[str, Any], state: str = Movie.State.PUBLISHED, source: str = Movie.Source.STAFF
) -> Movie:
    """Adds a movie with its facts and relations (see `movies.services.relations`).

    Raises Conflict when an external id belongs to another movie, RuleViolation for facts that contradict each other.
    """
    facts = _with_year({name: values[name] for name in FACTS if name in values})
    movie = Movie(**facts, state=state, source=source, title_key=title_key(facts["title"]))
    _check_dates(movie)
    _insert(movie)
    try:
        with transaction.atomic():
            for name in RELATIONS:
                if name in values:
                    set_relation(movie=movie, name=name, values=values[name])
    except IntegrityError as error:
        raise _refusal(error, movie) from error
    _keep(movie)
    hung = snapshot(movie_id=movie.pk, names=[name for name in RELATIONS if values.get(name)])
    record_change(
        action=Change.Action.CREATED, movie_id=movie.pk, version=movie.version, fields=made({**facts, **hung})
    )
    if state == Movie.State.PUBLISHED:
        bump(name=CatalogueCount.PUBLISHED_MOVIES, by=1)
    return movie


@transaction.atomic
def update_movie(*, movie_id: int, values: Mapping[str, Any], expected_version: Expected = None) -> Movie:
    """Changes the given facts and relations, locks them against refreshes, and raises the version if anything changed.

    Raises StaleVersion when the stored version is not `expected_version`, and what `create_movie` and `get_movie`
    raise.
    """
    movie = get_movie(movie_id=movie_id, for_update=True)
    check_version(stored=movie.version, expected=expected_version, name="movie")
    facts = {name: values[name] for name in FACTS if name in values and getattr(movie, name) != values[name]}
    changes: dict[str, Value] = {}
    for name, value in facts.items():
        changes[name] = difference(getattr(movie, name), value)
        setattr(movie, name, value)
    if "year" in facts or "release_date" in facts:
        _check_dates(movie)
    before = snapshot(movie_id=movie.pk, names=[name for name in RELATIONS if name in values])
    if "title" in facts:
        movie.title_key = title_key(movie.title)
    changed = set(facts)
    try:
        with transaction.atomic():
            if facts:
                movie.save(update_fields=[*facts, "title_key", "updated_at"])
            for name in RELATIONS:
                if name in values and set_relation(movie=movie, name=name, values=values[name]):
                    changed.add(name)
    except IntegrityError as error:
        raise _refusal(error, movie) from error
    if changed:
        after = snapshot(movie_id=movie.pk, names=changed & before.keys())
        record_edit(movie_id=movie.pk, fields=changed, changes=changes | differences(before, after))
    return movie


@contextmanager
def editing(*, movie_id: int, fields: Collection[str]) -> Iterator[None]:
    """For the back office, whose forms write rows by themselves.

    What the block writes to these facts and relations is one edit.
    """
    with transaction.atomic():
        Movie.objects.select_for_update(of=("self",)).get(pk=movie_id)
        before = snapshot(movie_id=movie_id, names=fields)
        yield
        if fields:
            changes = differences(before, snapshot(movie_id=movie_id, names=fields))
            record_edit(movie_id=movie_id, fields=fields, changes=changes)


@transaction.atomic
def record_edit(*, movie_id: int, fields: Iterable[str], changes: Fields | None = None) -> None:
    """What every editorial write ends with.

    The copies and the index follow, the version rises, the fields are locked, and the history tells of the changes
    (see `movies.services.differences`); None for a caller that tells of them itself.
    """
    movie = Movie.objects.select_for_update(of=("self",)).get(pk=movie_id)
    fields = set(fields)
    locked = locking(fields, movie.locked_fields)
    movie.title_key = title_key(movie.title)
    movie.version += 1
    movie.locked_fields = sorted({*movie.locked_fields, *fields})
    movie.updated_at = timezone.now()
    disowned = _disown_overview(movie) if "overview" in fields else {}
    movie.save(update_fields=["title_key", "version", "locked_fields", "updated_at", *disowned])
    _keep(movie)
    if changes is not None:
        action = Change.Action.EDITED
        record_change(action=action, movie_id=movie.pk, version=movie.version, fields={**changes, **disowned, **locked})


def _disown_overview(movie: Movie) -> Fields:
    """Clears where the overview was from: the edited text is no longer that of the page. Returns what changed."""
    changes = {
        name: difference(value, None) for name in Movie.ATTRIBUTION if (value := getattr(movie, name)) is not None
    }
    for name in changes:
        setattr(movie, name, None)
    return changes


def _keep(movie: Movie) -> None:
    refresh_copies(movie_ids=[movie.pk])
    index_movies([movie.pk])


def _with_year(facts: dict[str, Any]) -> dict[str, Any]:
    released = facts.get("release_date")
    if released is not None and facts.get("year") is None:
        facts["year"] = released.year
    return facts


def _check_dates(movie: Movie) -> None:
    """Raises RuleViolation when the release date is too far from the year, wherever each of them came from."""
    if told := contradiction(movie.year, movie.release_date):
        raise RuleViolation(told, errors=[FieldError("/release_date", "contradiction", told)])


def _insert(movie: Movie) -> None:
    """Saves a new movie under a free slug; a slug that a racing writer took meanwhile is chosen anew."""
    for _ in range(_SLUG_ATTEMPTS):
        movie.slug = free_slug(movie.title, movie.year)
        try:
            with transaction.atomic():
                movie.save(force_insert=True)
        except IntegrityError as error:
            if "slug" not in str(error):
                raise _refusal(error, movie) from error
        else:
            return
    raise Conflict("Others are adding the same title right now: try again.")


def _refusal(error: IntegrityError, movie: Movie) -> Exception:
    text = str(error)
    for name in _UNIQUE:
        if f"movies_movie_{name}_unique" in text:
            other = Movie.objects.filter(**{name: getattr(movie, name)}).exclude(pk=movie.pk).first()
            whose = f"movie {other.pk} ({other})" if other else "another movie"
            detail = f"{getattr(movie, name)} belongs to {whose}."
            return Conflict(detail, code="duplicate", errors=[FieldError(f"/{name}", "duplicate", detail)])
    return RuleViolation(_rule_of(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)))


def _rule_of(constraint: str | None) -> str:
    """The rule behind a constraint in words, also of a row that is attached to a movie; never the constraint's name."""
    for model in apps.get_app_config("movies").get_models():
        for each in model._meta.constraints:
            if each.name == constraint and each.violation_error_message != each.default_violation_error_message:
                return str(each.violation_error_message)
            if each.name == constraint and isinstance(each, UniqueConstraint):
                return f"The movie has this {model._meta.verbose_name} already: send it once."
    return "The values contradict each other or what the movie has already."
