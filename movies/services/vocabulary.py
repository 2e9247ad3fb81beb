"""Genres and tags of many movies at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from movies.definition.genres import Vocabulary
from movies.definition.limits import longest
from movies.definition.slugs import slug_of, slug_words
from movies.models import Change, Genre, Movie, Tag, VocabularyMerge
from movies.services.copies import refresh_copies
from movies.services.differences import difference, locking
from movies.services.history import record_changes
from movies.services.vocabulary_merging import alias_named

_TAGS_COMPARED = 2000


def _link(relation: str, movie_ids: Iterable[int], thing_ids: Iterable[int], *, add: bool) -> int:
    """Adds or removes the links and returns how many movies that changed."""
    field: Any = Movie._meta.get_field(relation)
    column = f"{relation[:-1]}_id"
    movies = dict(
        Movie.objects.select_for_update(of=("self",))
        .filter(pk__in=list(movie_ids))
        .exclude(state=Movie.State.MERGED)
        .order_by("pk")
        .values_list("pk", "locked_fields")
    )
    things = field.related_model._default_manager.filter(pk__in=list(thing_ids))
    names: dict[int, str] = dict(things.values_list("pk", "name"))
    through: type[models.Model] = field.remote_field.through
    held: Any = through._default_manager.filter(movie_id__in=list(movies), **{f"{column}__in": list(names)})
    moved = set(held.values_list("movie_id", column))
    if add:
        moved = {(movie, thing) for movie in movies for thing in names} - moved
        links = [through(movie_id=movie, **{column: thing}) for movie, thing in sorted(moved)]
        through._default_manager.bulk_create(links, batch_size=5000)
    else:
        held.delete()
    changed: dict[int, list[str]] = {}
    for movie, thing in sorted(moved):
        changed.setdefault(movie, []).append(names[thing])
    refresh_copies(movie_ids=list(changed))
    locked = models.Case(
        models.When(locked_fields__contains=[relation], then=F("locked_fields")),
        default=models.Func(F("locked_fields"), models.Value(relation), function="array_append"),
        output_field=Movie._meta.get_field("locked_fields"),
    )
    Movie.objects.filter(pk__in=list(changed)).update(
        version=F("version") + 1, updated_at=timezone.now(), locked_fields=locked
    )
    fields = {
        movie: {
            relation: difference([], moved_names) if add else difference(moved_names, []),
            **locking([relation], movies[movie]),
        }
        for movie, moved_names in changed.items()
    }
    record_changes(action=Change.Action.EDITED, fields=fields)
    return len(changed)


def vocabulary_ids(
    *, genres: Iterable[str] = (), tags: Iterable[str] = ()
) -> tuple[dict[str, int | None], dict[str, int | None]]:
    """The ids of genres by any words for them and of tags by slug or name, in one statement; None for what is not one.

    A standard genre that no movie has yet is not stored, and has none.
    """
    genres, slugs = list(genres), {name: slug_of(name, "tag", longest("tag.name")) for name in tags}
    slug = KeyTextTransform("slug", "row")
    merged = VocabularyMerge.objects.filter(undone_at=None).annotate(slug=slug).order_by()
    parts: list[Any] = []
    if genres:
        parts.append(Genre.objects.order_by().values_list(Value("genre"), "pk", "name", "slug"))
        parts.append(merged.filter(kind="genre").values_list(Value("was"), "genre", "name", "slug"))
    if slugs:
        wanted = {*slugs.values(), *(name.lower() for name in slugs)}
        parts.append(Tag.objects.filter(slug__in=wanted).order_by().values_list(Value("tag"), "pk", "name", "slug"))
        parts.append(merged.filter(kind="tag", slug__in=wanted).values_list(Value("tag"), "tag", "name", "slug"))
    rows = list(parts[0].union(*parts[1:], all=True)) if parts else []
    stored = [(name, pk) for kind, pk, name, _ in rows if kind == "genre"]
    names = {pk: name for name, pk in stored}
    was = {name: names[pk] for kind, pk, name, _ in rows if kind == "was"}
    known = Vocabulary.of((name for name, _ in stored), was)
    by_name = dict(stored)
    by_slug = {slug: pk for kind, pk, _, slug in rows if kind != "tag"}
    by_tag = {slug: pk for kind, pk, _, slug in rows if kind == "tag"}
    return (
        {name: by_name.get(known.find(name) or "") or by_slug.get(name.strip().lower()) for name in genres},
        {name: by_tag.get(name.lower()) or by_tag.get(slug) for name, slug in slugs.items()},
    )


def genre_named(name: str) -> Genre | None:
    """The genre of this name or slug, by any word for it. A standard one is stored when it is first asked for."""
    ids, _ = vocabulary_ids(genres=[name])
    if (pk := ids[name]) is not None:
        return Genre.objects.filter(pk=pk).first()
    standard = Vocabulary.of(()).find(name)
    return Genre.objects.get_or_create(slug=slug_words(standard), defaults={"name": standard})[0] if standard else None


def is_standard_genre(name: str) -> bool:
    """Whether this is a word for one of the genres that every installation knows."""
    return Vocabulary.of(()).find(name) is not None


def unknown_genre(name: str) -> str:
    """The message for a word that is not a genre, with the nearest one."""
    return Vocabulary.of(Genre.objects.values_list("name", flat=True)).unknown(name)


def tag_named(name: str) -> Tag | None:
    """The tag of this slug or name, made if there is none. None for a name that is too long."""
    found = Tag.objects.filter(Q(slug=name) | Q(name__iexact=name)).order_by("pk").first()
    found = found or alias_named("tag", name)
    if found is not None or len(name) > longest("tag.name"):
        return found
    slug = slug_of(name, "tag", longest("tag.name"))
    if (merged := alias_named("tag", slug)) is not None:
        return merged  # type: ignore[no-any-return]  # of the kind that was asked for
    return Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def unknown_tag(name: str) -> str:
    """The message for a word that is not a tag, with the nearest of those that begin like it."""
    slug = slug_words(name)
    begin_alike = Tag.objects.filter(slug__startswith=slug[:1]).order_by("slug").values_list("slug", flat=True)
    near = get_close_matches(slug, list(begin_alike[:_TAGS_COMPARED]), n=1, cutoff=0.6) if slug else []
    return f"{name[:60]!r} is not a tag. {f'Did you mean {near[0]}?' if near else 'See /api/tags for all of them.'}"


@transaction.atomic
def add_genres(*, movie_ids: Iterable[int], genre_ids: Iterable[int]) -> int:
    """Gives these movies these genres; returns how many movies changed."""
    return _link("genres", movie_ids, genre_ids, add=True)


@transaction.atomic
def remove_genres(*, movie_ids: Iterable[int], genre_ids: Iterable[int]) -> int:
    """Takes these genres from these movies; returns how many movies changed."""
    return _link("genres", movie_ids, genre_ids, add=False)


@transaction.atomic
def add_tags(*, movie_ids: Iterable[int], tag_ids: Iterable[int]) -> int:
    """Gives these movies these tags; returns how many movies changed."""
    return _link("tags", movie_ids, tag_ids, add=True)


@transaction.atomic
def remove_tags(*, movie_ids: Iterable[int], tag_ids: Iterable[int]) -> int:
    """Takes these tags from these movies; returns how many movies changed."""
    return _link("tags", movie_ids, tag_ids, add=False)
