"""From files to batches of clean records, read ahead of the database by one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from queue import Full, Queue
from threading import Event, Thread
from typing import Any, NamedTuple, TypeVar

from movies.importers.csvrows import Cells
from movies.importers.imdb import PersonFacts
from movies.importers.joining import Joined
from movies.importers.loader import Row
from movies.importers.movietweetings import count_raters
from movies.importers.naming import PersonRow
from movies.importers.recognise import Format, cleaner, holds_ratings, read, recognise
from movies.importers.record import Problem, Raw, Record, Refused, Unwanted
from movies.importers.sets import SETS
from movies.importers.sets import cleaner as set_cleaner
from movies.importers.sets import read as read_set
from movies.importers.source import DAMAGED, Lines, Member, Oversized, Source
from movies.importers.tmdb5000 import Credits, collect, holds_credits
from movies.importers.unreadable import unreadable
from watchly.common.errors import RuleViolation

T = TypeVar("T")
_EXCERPT = 200
_ROWS_AT_ONCE = 4  # rows of files in a batch, for each row that it may have
_MOST_PROBLEMS = 10_000  # of a file that is read as a whole before the first batch
_MOST_PARTS = 50_000  # of the films of a batch, whatever its size: memory goes by them


@dataclass(slots=True)
class Batch:
    """Rows of one member, cleaned. `items` counts all rows and problems of the run up to its end."""

    member: str
    format: Format
    # The first of its member: what was met in the one before may come again.
    first: bool
    # Which unit of the run it is of, from 0.
    unit: int = 0
    items: int = 0
    read_bytes: int = 0
    # How many rows of the files stand in it.
    weight: int = 0
    # How much hangs on its films (`Record.parts`).
    parts: int = 0
    # Rows that were right and not wanted.
    skipped: int = 0
    rows: list[Row] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What is to be read, in order, and what of the files is refused as a whole."""

    members: list[tuple[Source, Member, Format]] = field(default_factory=list)
    refused: list[tuple[str, Problem]] = field(default_factory=list)

    def units(self) -> Iterator[Unit]:
        """What is read in one go: each member, and all tables of one set together, where the first of them stands."""
        sets: dict[Format, Unit] = {}
        for source, member, kind in self.members:
            if kind not in SETS:
                yield Unit(kind, [(source, member)])
            elif kind not in sets:
                together = [(source, member) for source, member, other in self.members if other is kind]
                sets[kind] = Unit(kind, together)
                yield sets[kind]


class Unit(NamedTuple):
    """Members that are read side by side."""

    kind: Format
    members: list[tuple[Source, Member]]


def plan(sources: Sequence[Source], wanted: str = "auto") -> Plan:
    """Looks into every file. Raises RuleViolation when there is nothing at all that can be read."""
    found = Plan()
    for source in sources:
        for member in source.members():
            if isinstance(member, Problem):
                found.refused.append((source.name, member))
                continue
            beginning = member.beginning()
            if problem := unreadable(beginning, packed=member.is_packed()):
                found.refused.append((member.name, problem))
                continue
            try:
                found.members.append((source, member, recognise(beginning) if wanted == "auto" else Format(wanted)))
            except RuleViolation as error:
                found.refused.append((member.name, Problem(1, error.code, error.detail)))
    if not found.members:
        if not found.refused:
            raise RuleViolation("The zip holds no file.", code="empty")
        _, first = found.refused[0]
        raise RuleViolation(first.detail, code=first.code)
    found.members.sort(key=_completes)
    return found


def _completes(planned: tuple[Source, Member, Format]) -> bool:
    """Whether a member only completes films that others bring: it comes after them."""
    _, member, kind = planned
    return kind is Format.TMDB_5000 and holds_credits(member.beginning(1 << 12))


def batches(
    planned: Plan, *, size: int, skip: int = 0, limit: int | None = None, options: Mapping[str, Any] | None = None
) -> Iterator[Batch]:
    """Batches of `size` rows and problems, fewer where much hangs on them.

    The first `skip` of the run are passed over, at most `limit` are read.
    """
    raters, consumed = _raters(planned)
    credited = _credited(planned)
    done = 0
    for number, unit in enumerate(planned.units()):
        clean = set_cleaner(unit.kind, options or {}) if unit.kind in SETS else cleaner(unit.kind, raters, credited)
        items = _items(unit, consumed)
        if number == 0:
            items = chain(planned.refused, items)
        name = unit.members[0][1].name
        batch = Batch(name, unit.kind, first=True, unit=number)
        for file, item in items:
            if limit is not None and done >= limit:
                break
            done += 1
            if done <= skip:
                batch.first = False
                continue
            _take(batch, file, item, clean)
            if _is_full(batch, size):
                batch.items, batch.read_bytes = done, _position(planned, unit)
                yield batch
                batch = Batch(name, unit.kind, first=False, unit=number)
        batch.items, batch.read_bytes = done, _position(planned, unit)
        if batch.weight:
            yield batch


def _is_full(batch: Batch, size: int) -> bool:
    return (
        len(batch.rows) + len(batch.problems) >= size
        or batch.weight >= size * _ROWS_AT_ONCE
        or batch.parts >= _MOST_PARTS
    )


def _items(unit: Unit, consumed: Mapping[str, Sequence[Raw | Problem]]) -> Iterator[tuple[str, Raw | Problem]]:
    """Rows and problems, each with its file."""
    if unit.kind in SETS:
        yield from read_set(unit.kind, unit.members)
        return
    ((_, member),) = unit.members
    for item in consumed[member.name] if member.name in consumed else read(member, unit.kind):
        yield member.name, item


def _take(batch: Batch, file: str, item: Raw | Problem, clean: Callable[[object], Record | PersonFacts]) -> None:
    batch.weight += 1
    if isinstance(item, Problem):
        batch.problems.append((file, item))
        return
    try:
        found = clean(item.content)
    except Unwanted:
        batch.skipped += 1
        return
    except Refused as refused:
        problem = Problem(item.line, refused.code, refused.detail, excerpt(item.content))
        batch.problems.append((file, problem))
        return
    if isinstance(found, PersonFacts):
        batch.people.append(PersonRow(file, item.line, found))
        return
    for code, detail in found.remarks:
        batch.problems.append((file, Problem(item.line, code, detail, excerpt(item.content), accepted=True)))
    if isinstance(item.content, Joined):
        batch.weight += len(item.content.rows) - 1
        batch.problems += found.faults
    batch.parts += found.parts()
    # The row itself may be large, and is read no more.
    batch.rows.append(Row(file, item.line, found, _beginning(item.content)))


def excerpt(content: object) -> str:
    """The beginning of a row, as the report shows it."""
    return "".join(sign if sign.isprintable() else " " for sign in _beginning(content))


def _beginning(content: object) -> str:
    if isinstance(content, Cells):
        content = ",".join(content.cells)
    return (content if isinstance(content, str) else str(content))[:_EXCERPT]


def _position(planned: Plan, unit: Unit) -> int:
    """Bytes of the files that are behind: of those before whole, of those that are being read as far as they are."""
    reading = {id(source): source for source, _ in unit.members}
    behind: dict[int, Source] = {}
    for earlier in planned.units():
        if earlier.members[0][1] is unit.members[0][1]:
            break
        behind |= {id(source): source for source, _ in earlier.members}
    before = sum(source.bytes for number, source in behind.items() if number not in reading)
    return before + sum(source.position for source in reading.values())


def _raters(planned: Plan) -> tuple[Counter[str] | None, dict[str, list[Raw | Problem]]]:
    """How many rated what, when films and ratings of MovieTweetings come together: ratings are no rows then."""
    kinds = {
        member.name: holds_ratings(member.beginning(1 << 12))
        for _, member, kind in planned.members
        if kind is Format.MOVIETWEETINGS
    }
    if set(kinds.values()) != {True, False}:
        return None, {}
    raters: Counter[str] = Counter()
    consumed: dict[str, list[Raw | Problem]] = {}
    for _, member, _ in planned.members:
        if kinds.get(member.name):
            try:
                with member.open() as stream:
                    consumed[member.name] = _first(count_raters(Lines(stream), raters))
            except DAMAGED as error:
                consumed[member.name] = [Problem(1, "cut", f"The file is damaged: {error}.")]
    return raters, consumed


def _first(problems: Iterator[Problem]) -> list[Raw | Problem]:
    """The first problems, as many as a report keeps, and how many more there are."""
    kept: list[Raw | Problem] = list(islice(problems, _MOST_PROBLEMS))
    if more := sum(1 for _ in problems):
        kept.append(Problem(1, "bad_line", f"{more:,} more lines are not `user::imdb::rating::unix time`."))
    return kept


def _credited(planned: Plan) -> Credits | None:
    """Who had a part in the films of tmdb_5000, where both files of the pair are there."""
    parts = {_completes(each): each[1] for each in planned.members if each[2] is Format.TMDB_5000}
    if len(parts) < 2:
        return None
    try:
        with parts[True].open() as stream:
            return collect(Lines(stream))
    except (Oversized, *DAMAGED):
        return None  # reported when its rows are read


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same, made by a thread one step ahead: a batch is cleaned while the database writes the one before."""
    queue: Queue[tuple[T | None, BaseException | None]] = Queue(maxsize=1)
    stopped = Event()

    def put(item: T | None, error: BaseException | None) -> None:
        while not stopped.is_set():
            try:
                queue.put((item, error), timeout=0.1)
            except Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put(item, None)
                if stopped.is_set():
                    return
            put(None, None)
        except BaseException as error:
            put(None, error)

    thread = Thread(target=work, name="import-reader", daemon=True)
    thread.start()
    try:
        while True:
            item, error = queue.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        thread.join()
