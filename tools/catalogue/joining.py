"""Which entry of the catalogue a row is about: the same IMDb id, else the same page, else the same title and year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from movies.importers.record import Record
from tools.catalogue.entry import Entry, agree, near


class Shelf:
    """The entries of the catalogue, found by their ids, pages and titles, and how many rows of each list met one."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._by_page: dict[str, list[Entry]] = defaultdict(list)
        self._by_title: dict[tuple[str, int | None], list[Entry]] = defaultdict(list)
        self._by_imdb: dict[str, Entry] = {}
        # In which lists of the two indexes each entry is, whatever it is called by now.
        self._places: dict[int, list[list[Entry]]] = defaultdict(list)
        self.counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> Entry:
        """Puts an entry on the shelf, or makes one that is there findable by what it has learnt."""
        self._entries[id(entry)] = entry
        keys: list[list[Entry]] = [self._by_title[entry.key, entry.year]]
        if entry.wikipedia_page:
            keys.append(self._by_page[entry.wikipedia_page])
        for held in keys:
            if entry not in held:
                held.append(entry)
                self._places[id(entry)].append(held)
        if entry.imdb_id:
            self._by_imdb.setdefault(entry.imdb_id, entry)
        return entry

    def remove(self, entry: Entry) -> None:
        """Takes an entry off the shelf."""
        del self._entries[id(entry)]
        for held in self._places.pop(id(entry), ()):
            held.remove(entry)
        if entry.imdb_id and self._by_imdb.get(entry.imdb_id) is entry:
            del self._by_imdb[entry.imdb_id]

    def of_imdb_id(self, imdb_id: str | None) -> Entry | None:
        """The entry with this IMDb id."""
        return self._by_imdb.get(imdb_id) if imdb_id else None

    def titled(self, key: str, year: int | None) -> list[Entry]:
        """Entries whose main title has this key, of this year."""
        return list(self._by_title.get((key, year), ()))

    def by_page(self, row: Record, key: str) -> Entry | None:
        """The entry of the row's page and title, of about its year."""
        paged = [
            entry
            for entry in self._by_page.get(row.wikipedia_page or "", ())
            if entry.key == key and near(entry.year or 0, row.year or 0)
        ]
        return min(paged, key=lambda entry: abs((entry.year or 0) - (row.year or 0)), default=None)

    def on_page(self, page: str | None) -> list[Entry]:
        """All entries of a page of Wikipedia."""
        return list(self._by_page.get(page or "", ()))

    def same(self, row: Entry) -> Entry | None:
        """The entry that a row is about: of its page, else of its title and year unless their ids differ."""
        return self.by_page(row, row.key) or next(
            (entry for entry in self.titled(row.key, row.year) if agree(entry, row)), None
        )

    def known(self, row: Entry, *, there: bool = False) -> Entry | None:
        """The entry that a row of `more/` names: by IMDb id, else page, else title and year as they are spelled.

        With `there` the row is known to be about an entry: the only one of its title and year is it, whatever its page.
        """
        if found := self.of_imdb_id(row.imdb_id):
            return found
        if found := next(
            (
                entry
                for entry in self.on_page(row.wikipedia_page)
                if entry.title == row.title and entry.year == row.year
            ),
            None,
        ):
            return found
        titled = [entry for entry in self.titled(row.key, row.year) if entry.title == row.title]
        return next((entry for entry in titled if agree(entry, row)), titled[0] if there and len(titled) == 1 else None)

    def join(self, rows: Iterable[Entry], name: str) -> None:
        """Joins the rows of a list with what is there, and adds those that are new."""
        for row in rows:
            found = self.same(row)
            self.counts[f"{name}: {'joined' if found else 'new'}"] += 1
            if found is not None:
                found.fill(row)
            self.add(found or row)

    def rate(self, rows: Iterable[Entry], name: str) -> None:
        """Joins the rows of a list of ratings by IMDb id, else by title and year where that gives an id."""
        for row in rows:
            found = self.of_imdb_id(row.imdb_id) or next(
                (entry for entry in self.titled(row.key, row.year) if entry.imdb_id is None), None
            )
            self.counts[f"{name}: {'joined' if found else 'not in the catalogue'}"] += 1
            if found is not None:
                found.imdb_id = row.imdb_id
                found.signals["raters"] = row.signals["raters"]
                found.genres = found.genres or row.genres
                self.add(found)

    def complete(self, rows: Iterable[Entry], name: str, *, there: bool = False) -> None:
        """Joins the rows of a list of `more/`, and adds those that are new."""
        for row in rows:
            found = self.known(row, there=there)
            self.counts[f"{name}: {'joined' if found else 'new'}"] += 1
            if found is not None:
                found.fill(row)
            self.add(found or row)
