"""Merging two genres, tags or companies, and undoing it; and what the names of merged ones mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, models
from django.utils import timezone

from movies.models import Company, Genre, Merge, Movie, Tag, VocabularyMerge
from movies.services.copies import refresh_copies
from watchly.common.actor import current_actor
from watchly.common.errors import Conflict, FieldError, NotFound
from watchly.common.transactions import atomic_despite_deadlocks

Kind = VocabularyMerge.Kind
MODELS: Final[dict[str, type[Any]]] = {Kind.GENRE: Genre, Kind.TAG: Tag, Kind.COMPANY: Company}
# The columns beside the name that the merge keeps, and those that the survivor gets where it has nothing.
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    Kind.GENRE: ("slug",), Kind.TAG: ("slug",), Kind.COMPANY: ("country", "tmdb_id")
}  # fmt: skip


@atomic_despite_deadlocks
def merge_vocabulary(*, kind: str, survivor_id: int, merged_id: int) -> VocabularyMerge:
    """Makes every movie of one genre, tag or company one of another; the merged row goes, its name means the other.

    Raises NotFound, and Conflict for the thing itself.
    """
    _one_at_a_time()
    if survivor_id == merged_id:
        detail = f"A {kind} cannot be merged into itself: name another one."
        raise Conflict(detail, errors=[FieldError("/into", f"same_{kind}", detail)])
    survivor, merged = _thing(kind, survivor_id), _thing(kind, merged_id)
    links = _links(kind)
    had = set(links.filter(**{kind: merged}).values_list("movie_id", flat=True))
    both = set(links.filter(**{kind: survivor}, movie__in=had).values_list("movie_id", flat=True))
    merge = VocabularyMerge(
        kind=kind,
        into_id=survivor.pk,
        merged_id=merged.pk,
        name=merged.name,
        row={name: getattr(merged, name) for name in _COLUMNS[kind]},
        moved=sorted(had - both),
        both=sorted(both),
        made_by_id=current_actor().user_id,
        **{kind: survivor},
    )
    VocabularyMerge.objects.filter(**{kind: merged}, undone_at=None).update(**{kind: survivor})
    # An undone merge into it keeps no hold of it.
    VocabularyMerge.objects.filter(**{kind: merged}).update(**{kind: None})
    links.filter(**{kind: merged}, movie__in=both).delete()
    links.filter(**{kind: merged}).update(**{kind: survivor})
    merged.delete()
    merge.save()
    refresh_copies(movie_ids=sorted(had))
    return merge


@atomic_despite_deadlocks
def unmerge_vocabulary(*, merge_id: int) -> Any:
    """Gives back what was merged, with the movies that had it and still have the other one; returns it.

    Raises NotFound, and Conflict (`not_merged`) for a merge that was undone already, (`merged`) while the other one is
    merged itself, and (`duplicate`) when its name was given to a new one meanwhile.
    """
    _one_at_a_time()
    merge = VocabularyMerge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(f"There is no merge of vocabulary {merge_id}.")
    if merge.undone_at is not None:
        raise Conflict(f"Merge {merge_id} was undone already.", code="not_merged")
    kind, survivor = merge.kind, merge.survivor
    if survivor.pk != merge.into_id:
        raise Conflict(f"What {merge.name} was merged into was merged into {survivor}: undo that first.", code="merged")
    if MODELS[kind].objects.filter(_same_row(merge)).exists():
        raise Conflict(f"There is another {kind} {merge.name} now: merge or rename that one first.", code="duplicate")
    back = MODELS[kind].objects.create(pk=merge.merged_id, name=merge.name, **merge.row)
    _part(merge, survivor, back)
    VocabularyMerge.objects.filter(pk__in=_led_to(kind, back.pk)).update(**{kind: back})
    merge.undone_at, merge.undone_by_id = timezone.now(), current_actor().user_id
    setattr(merge, kind, None)
    merge.save()
    return back


def aliases_of(kind: str, names: Iterable[str] | None = None) -> dict[str, str]:
    """The names (of these) that were merged, each with the name of what it means now."""
    merges = VocabularyMerge.objects.filter(kind=kind, undone_at=None)
    if names is not None:
        merges = merges.filter(name__in=list(names))
    return dict(merges.order_by("pk").values_list("name", f"{kind}__name"))


def alias_named(kind: str, name: str) -> Any | None:
    """What a name or slug that was merged means now; None for one that was not."""
    named = models.Q(name__iexact=name)
    if kind != Kind.COMPANY:
        named |= models.Q(row__slug=name.lower())
    merge = VocabularyMerge.objects.filter(named, kind=kind, undone_at=None).select_related(kind).order_by("pk").first()
    return merge.survivor if merge else None


def _part(merge: VocabularyMerge, survivor: Any, back: Any) -> None:
    kind, links = merge.kind, _links(merge.kind)
    those = links.filter(**{kind: survivor}, movie__in=[*merge.moved, *merge.both])
    had = set(those.values_list("movie_id", flat=True))
    keep = had & set(merge.both)
    # A movie that had a third one, which was merged later, has the survivor because of that one from now on.
    for later in VocabularyMerge.objects.filter(kind=kind, into_id=merge.into_id, undone_at=None, pk__gt=merge.pk):
        due = had & set(later.both) - keep
        if due:
            later.both, later.moved = sorted(set(later.both) - due), sorted({*later.moved, *due})
            later.save(update_fields=["both", "moved"])
            keep |= due
    links.filter(**{kind: survivor}, movie__in=had - keep).delete()
    through = links.model
    through._default_manager.bulk_create(
        [through(movie_id=movie_id, **{f"{kind}_id": back.pk}) for movie_id in sorted(had)], batch_size=5_000
    )
    refresh_copies(movie_ids=sorted(had))


def _led_to(kind: str, pk: int) -> set[int]:
    """The standing merges into this one, directly or through others."""
    found: set[int] = set()
    front = {pk}
    while front:
        rows = VocabularyMerge.objects.filter(kind=kind, into_id__in=front, undone_at=None).exclude(pk__in=found)
        pairs = list(rows.values_list("pk", "merged_id"))
        found |= {row for row, _ in pairs}
        front = {merged for _, merged in pairs}
    return found


def _same_row(merge: VocabularyMerge) -> models.Q:
    """Another row that has what only one may have."""
    if merge.kind == Kind.COMPANY:
        same = models.Q(name=merge.name, country=merge.row["country"])
        if merge.row["country"] is None:
            same = models.Q(name=merge.name, country__isnull=True)
        return same | models.Q(tmdb_id=merge.row["tmdb_id"]) if merge.row["tmdb_id"] is not None else same
    return models.Q(name=merge.name) | models.Q(slug=merge.row["slug"])


def _links(kind: str) -> Any:
    relation: Any = Movie._meta.get_field("companies" if kind == Kind.COMPANY else f"{kind}s")
    return relation.remote_field.through._default_manager.all()


def _thing(kind: str, pk: int) -> Any:
    thing = MODELS[kind].objects.select_for_update().filter(pk=pk).first()
    if thing is None:
        raise NotFound(f"There is no {kind} {pk}.")
    return thing


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Merge.LOCK])
