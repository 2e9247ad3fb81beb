"""Who does what in a film: the parts that a record gives, as parts of people of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from movies.importers.people import Crowd, Somebody
from movies.importers.record import CastMember, CrewMember, PersonRef
from movies.models import Credit

# The relations of a record that hold people.
PARTS = ("directors", "cast", "crew")
Member = PersonRef | CastMember | CrewMember


class Part(NamedTuple):
    """What somebody does in a film: a character (or none that is known) in the cast, a job behind the camera."""

    person: Somebody
    character: str | None = None
    department: str | None = None
    job: str | None = None


def numbers(parts: Sequence[Part]) -> set[int]:
    """The people of these parts who are in the catalogue."""
    return {part.person.number for part in parts if part.person.number is not None}


def parts_of(
    relation: str, members: Iterable[Member], standing: Mapping[str, Sequence[Part]], crowd: Crowd
) -> list[Part]:
    """The parts that these are, each once. A name alone means who is there by that name, with all that is known."""
    there: dict[str, list[Part]] = {}
    for part in standing[relation]:
        there.setdefault(part.person.name, []).append(part)
    elsewhere: dict[str, list[Somebody]] = {}
    for part in (part for other in PARTS if other != relation for part in standing[other]):
        elsewhere.setdefault(part.person.name, []).append(part.person)
    parts: dict[tuple[Any, ...], Part] = {}
    for member in members:
        here, found = there.get(member.name, []), []
        if member.imdb_id is None and member.tmdb_id is None:
            found = _meant(here, member)
        if not found:
            people = (*(part.person for part in here), *elsewhere.get(member.name, ()))
            person = crowd.who(member.ref, people)
            own = [part for part in standing[relation] if part.person is person]
            found = _meant(own, member) or [_part(person, member)]
        for part in found:
            parts.setdefault((part.person, part.character, part.job), part)
    return list(parts.values())


def _meant(parts: Sequence[Part], member: Member) -> list[Part]:
    """Those of these parts that are meant; a character or department that is not given is the one that is known."""
    if isinstance(member, CastMember):
        return [part for part in parts if member.character in (None, part.character)]
    if isinstance(member, CrewMember):
        jobs = [part for part in parts if part.job == member.job]
        return [part._replace(department=member.department or part.department) for part in jobs]
    return list(parts)


def _part(person: Somebody, member: Member) -> Part:
    if isinstance(member, CastMember):
        return Part(person, character=member.character)
    if isinstance(member, CrewMember):
        return Part(person, department=member.department, job=member.job)
    return Part(person, department="Directing", job=Credit.DIRECTOR)


def named(relation: str, parts: Sequence[Part]) -> list[Member]:
    """The parts as a file would name them."""
    found: list[Member] = []
    for person, character, department, job in parts:
        ids = (person.imdb_id, person.tmdb_id)
        if relation == "cast":
            found.append(CastMember(person.name, character, *ids))
        elif relation == "crew":
            found.append(CrewMember(person.name, department, job or "", *ids))
        else:
            found.append(PersonRef(person.name, *ids))
    return found
