"""The list of American films in Wikipedia, as prust/wikipedia-movie-data gives it: title, year, cast, genres, href.

https://github.com/prust/wikipedia-movie-data (MIT); newer versions of the file also hold an extract and a thumbnail.
"""

from __future__ import annotations

from urllib.parse import unquote

from movies.definition.genres import word_for
from movies.definition.limits import longest
from movies.importers import cleaning
from movies.importers.jsonrows import parse
from movies.importers.record import CastMember, Record
from movies.importers.watchly import finish, titled


def page_name(href: object) -> str | None:
    """The page's name as it is shown: `Legally_Blonde_2:_Red,_White_%26_Blonde` with spaces and an ampersand."""
    if not isinstance(href, str):
        return cleaning.text(href, "href", longest("movie.wikipedia_page"))
    page = unquote(href.removeprefix("/wiki/"), errors="replace").replace("_", " ")
    return cleaning.text(page, "href", longest("movie.wikipedia_page"))


def clean(content: object, this_year: int) -> Record:
    """The record of one row. Raises Refused. What an extract says is not ours to keep."""
    found = parse(content)
    record = Record()
    record.title = titled(record, found.get("title"))
    record.year = cleaning.year(found.get("year"), "year")
    record.cast = [CastMember(name) for name in cleaning.texts(found.get("cast"), "cast", longest("person.name"))]
    record.genres = sorted({word_for(name) for name in cleaning.genres(found.get("genres"), "genres")})
    record.wikipedia_page = page_name(found.get("href"))
    return finish(record, this_year)
