"""What every reader makes of a row: one neutral record per film, whatever the file looked like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Refused(Exception):
    """A row that is not taken: a stable code, and what would be right."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Unwanted(Exception):
    """A row that is right and not asked for: of another kind of title, or about a film that nobody holds."""


class Raw(NamedTuple):
    """One row as it stands in the file: its first line (or record number), from 1, and what was read."""

    line: int
    content: object


class Problem(NamedTuple):
    """A line of the report: a row that was refused or, with `accepted`, a remark about one that came in."""

    line: int
    code: str
    detail: str
    content: str = ""
    accepted: bool = False


class PersonRef(NamedTuple):
    """Somebody as a file names them; with an id they are that person whatever they are called elsewhere."""

    name: str
    imdb_id: str | None = None
    tmdb_id: int | None = None

    @property
    def ref(self) -> PersonRef:
        """Who it is, as of everybody who has a part in a film."""
        return self


class CastMember(NamedTuple):
    name: str
    character: str | None = None
    imdb_id: str | None = None
    tmdb_id: int | None = None

    @property
    def ref(self) -> PersonRef:
        """Who it is."""
        return PersonRef(self.name, self.imdb_id, self.tmdb_id)


class CrewMember(NamedTuple):
    """Anybody behind the camera but the directors, who stand apart."""

    name: str
    department: str | None
    job: str
    imdb_id: str | None = None
    tmdb_id: int | None = None

    @property
    def ref(self) -> PersonRef:
        """Who it is."""
        return PersonRef(self.name, self.imdb_id, self.tmdb_id)


class TitleElsewhere(NamedTuple):
    title: str
    country: str | None = None
    language: str | None = None
    kind: str | None = None


class Nomination(NamedTuple):
    award: str
    ceremony: int | None
    category: str
    won: bool
    people: tuple[str, ...] = ()


class Release(NamedTuple):
    country: str
    kind: str
    date: date
    certification: str | None = None
    note: str | None = None


class Clip(NamedTuple):
    provider: str
    key: str
    kind: str = "trailer"
    name: str | None = None
    official: bool = False
    language: str | None = None


class Pictures(NamedTuple):
    """Where the provider that a film is from keeps its pictures: paths there."""

    poster: str | None
    backdrop: str | None


@dataclass(slots=True)
class Record:
    """One film. What the file does not say is None or empty, and then never overwrites what is known."""

    title: str = ""
    original_title: str | None = None
    year: int | None = None
    release_date: date | None = None
    runtime: int | None = None
    overview: str | None = None
    # Where the overview is from: they go with it, and nowhere without it.
    overview_source: str | None = None
    overview_license: str | None = None
    overview_url: str | None = None
    tagline: str | None = None
    original_language: str | None = None
    languages: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    release_status: str | None = None
    imdb_id: str | None = None
    tmdb_id: int | None = None
    wikidata_id: str | None = None
    wikipedia_page: str | None = None
    # The address in the catalogue that a file of Watchly's own was exported from; taken where it is free.
    slug: str | None = None
    collection: str | None = None
    known_raters: int | None = None
    popularity_seed: float | None = None
    # In no order of their own: kept sorted.
    genres: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    alternative_titles: list[TitleElsewhere] = field(default_factory=list)
    awards: list[Nomination] = field(default_factory=list)
    release_dates: list[Release] = field(default_factory=list)
    # In the order of the file: billing.
    directors: list[PersonRef] = field(default_factory=list)
    cast: list[CastMember] = field(default_factory=list)
    crew: list[CrewMember] = field(default_factory=list)
    videos: list[Clip] = field(default_factory=list)
    # No fact about the film: noted beside it, for whoever fetches them.
    pictures: Pictures | None = None
    # Remarks about what was taken in another form than it came.
    remarks: list[tuple[str, str]] = field(default_factory=list)
    # Rows of further tables about this film that were refused, each with its file.
    faults: list[tuple[str, Problem]] = field(default_factory=list)
    # How many parts were left out since nobody knows the people's names.
    nameless: int = 0

    def parts(self) -> int:
        """How much hangs on the film: every entry of its lists, and each hundred characters of its overview."""
        lists = (*self.people(), self.genres, self.tags, self.companies, self.alternative_titles, self.awards,
                 self.release_dates, self.videos, self.remarks)  # fmt: skip
        return sum(map(len, lists)) + len(self.overview or "") // 100

    def ids(self) -> tuple[str | None, int | None, str | None]:
        """Its external ids: IMDb's, TMDB's, Wikidata's."""
        return self.imdb_id, self.tmdb_id, self.wikidata_id

    def people(self) -> tuple[Sequence[PersonRef | CastMember | CrewMember], ...]:
        """Everybody who has a part in it, by the kind of the part."""
        return self.directors, self.cast, self.crew


# The columns of a movie that a record fills as they are.
SCALARS = (
    "title",
    "original_title",
    "year",
    "release_date",
    "runtime",
    "overview",
    "overview_source",
    "overview_license",
    "overview_url",
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
# What hangs on a movie in tables of its own.
RELATIONS = (
    "collection",
    "known_raters",
    "popularity_seed",
    "genres",
    "tags",
    "companies",
    "directors",
    "cast",
    "crew",
    "alternative_titles",
    "awards",
    "release_dates",
    "videos",
)
