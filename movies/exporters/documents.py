"""A movie in the write shape of the API, rendered by PostgreSQL: what exports write and what updates compare with."""

from __future__ import annotations

# Empty lists are left out like everything that is not known.
_NULLED = {"people": "nullif(r.people, '{}')"}
_CREDIT = "FROM movies_credit k JOIN movies_person p ON p.id = k.person_id WHERE k.movie_id = m.id AND"


def _rows(table: str, columns: str, order: str) -> str:
    fields = ", ".join(f"'{column}', {_NULLED.get(column, 'r.' + column)}" for column in columns.split())
    return (
        f"(SELECT json_agg(json_build_object({fields}) ORDER BY {order}) FROM movies_{table} r WHERE r.movie_id = m.id)"
    )


def _names(relation: str) -> str:
    through = f"movies_movie_{'companies' if relation == 'company' else relation + 's'}"
    return (
        f'(SELECT json_agg(t.name ORDER BY t.name COLLATE "C") FROM {through} r'
        f" JOIN movies_{relation} t ON t.id = r.{relation}_id WHERE r.movie_id = m.id)"
    )


_IDS = "'imdb_id', p.imdb_id, 'tmdb_id', p.tmdb_id"
_DIRECTED = f"{_CREDIT} k.kind = 'crew' AND k.job = 'Director'"
DIRECTOR_NAMES = f"(SELECT json_agg(p.name ORDER BY k.position, k.id) {_DIRECTED})"
# A name alone where no id says more.
DIRECTORS = (
    "(SELECT json_agg(CASE WHEN p.imdb_id IS NULL AND p.tmdb_id IS NULL THEN to_json(p.name)"
    f" ELSE json_build_object('name', p.name, {_IDS}) END ORDER BY k.position, k.id) {_DIRECTED})"
)
CAST = (
    f"(SELECT json_agg(json_build_object('name', p.name, 'character', k.character, {_IDS}) ORDER BY k.position, k.id)"
    f" {_CREDIT} k.kind = 'cast')"
)
CAST_NAMES = f"(SELECT json_agg(p.name ORDER BY k.position, k.id) {_CREDIT} k.kind = 'cast')"
GENRES = _names("genre")
AWARDS = _rows("award", "award ceremony category won people", "r.award, r.ceremony, r.category, r.id")
_TITLES = _rows("alternativetitle", "title country language kind", "r.title, r.id")
_RELEASES = _rows("releasedate", "country kind date certification note", "r.country, r.date, r.id")
_VIDEOS = _rows("video", "provider key kind name official language", "r.position, r.id")

_CREW = (
    f"(SELECT json_agg(json_build_object('name', p.name, 'department', k.department, 'job', k.job, {_IDS})"
    f" ORDER BY k.position, k.id) {_CREDIT} k.kind = 'crew' AND k.job <> 'Director')"
)

# In the order in which `docs/formats.md` lists them.
FIELDS = {
    **{
        name: f"m.{name}"
        for name in (
            *("title", "original_title", "year", "release_date", "runtime", "overview"),
            *("overview_source", "overview_license", "overview_url", "tagline", "original_language"),
        )
    },
    "languages": "nullif(m.languages, '{}')",
    "countries": "nullif(m.countries, '{}')",
    "release_status": "m.release_status",
    "genres": GENRES,
    "tags": _names("tag"),
    "directors": DIRECTORS,
    "cast": CAST,
    "crew": _CREW,
    "companies": _names("company"),
    "collection": "(SELECT c.name FROM movies_collection c WHERE c.id = m.collection_id)",
    **{name: f"m.{name}" for name in ("imdb_id", "tmdb_id", "wikidata_id", "wikipedia_page")},
    "slug": "m.slug",
    "known_raters": "(SELECT nullif(f.known_raters, 0) FROM movies_moviefigures f WHERE f.movie_id = m.id)",
    "popularity_seed": "(SELECT nullif(f.popularity_seed, 0) FROM movies_moviefigures f WHERE f.movie_id = m.id)",
    "alternative_titles": _TITLES,
    "awards": AWARDS,
    "release_dates": _RELEASES,
    "videos": _VIDEOS,
}


def _document(fields: dict[str, str]) -> str:
    """The fields as one JSON text; what is not known is left out."""
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in fields.items())
    return f"json_strip_nulls(json_build_object({pairs}))::text"


DOCUMENT = _document(FIELDS)
# The same without people, whose rows an update reads themselves, and the slug, which no update changes.
FACTS = _document({name: it for name, it in FIELDS.items() if name not in ("directors", "cast", "crew", "slug")})
