"""Files of IMDb and MovieLens that were cut, mixed or overwritten anywhere: no exception, and no half a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from movies.importers.batches import batches, plan
from movies.importers.imdb import PersonFacts
from movies.importers.source import LOCAL, Source
from movies.models import Credit, ImportedMovie, Movie, Person
from movies.services.imports import new_run, run_import
from movies.tests.imdb import FILES, KAGGLE
from movies.tests.importing import counts, forget, lay, mended
from movies.tests.test_import_movielens import LINES, LINKS, MOVIES
from watchly.common.errors import RuleViolation

TABLES = {
    **{name: content.encode() for name, content in FILES.items()},
    **{f"kaggle {name}": content.encode() for name, content in KAGGLE.items()},
    "movies.csv": MOVIES.encode(), "links.csv": LINKS.encode(), "movies.dat": LINES,
}  # fmt: skip
_RUBBISH = st.sampled_from(
    [b"", b"\n", b"\t", b"\t\t\t", b'"', b"\\N", b"\x00", b"\xff\xfe", b"\r\n", b"::", b",", b"[", b'["', b"-1",
     b"9" * 30, b"nan", b"\xed\xa0\x80", b"tt0000010", b"nm0000001,", b"\x02", b"(", b")", b"1999.0", "ＡＢ".encode()]
)  # fmt: skip
# Where (as a share of the file), how many bytes go, what comes instead.
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), _RUBBISH), min_size=1, max_size=6)
Edits = list[tuple[float, int, bytes]]
_SETTINGS = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mangled(content: bytes, edits: Edits) -> bytes:
    for share, gone, rubbish in edits:
        place = int(share * len(content))
        content = content[:place] + rubbish + content[place + gone :]
    return content


@pytest.mark.parametrize("name", TABLES)
@_SETTINGS
@given(edits=EDITS)
@example(edits=[(0.0, 0, b"\xef\xbb\xbf")])
@example(edits=[(0.5, 10_000, b"")])
def test_each_reader_gives_whole_records_or_a_line_of_the_report(tmp_path: Path, name: str, edits: Edits) -> None:
    path = lay(tmp_path, "mangled", mangled(TABLES[name], edits))
    source = Source(path, "mangled", LOCAL)
    try:
        for batch in batches(plan([source]), size=3):
            for row in batch.rows:
                record = row.record
                assert record.title or record.imdb_id or record.tmdb_id
                assert all(part.imdb_id or part.name for parts in record.people() for part in parts)
                assert all(title.title for title in record.alternative_titles)
            assert all(isinstance(row.facts, PersonFacts) and row.facts.name for row in batch.people)
            assert all(problem.code and problem.line >= 1 for _, problem in batch.problems)
    except RuleViolation:
        pass  # the header itself is gone
    finally:
        source.close()


@pytest.mark.django_db
@settings(_SETTINGS, max_examples=12)
@given(edits=EDITS, which=st.integers(0, len(FILES) - 1))
def test_a_mangled_table_among_whole_ones_leaves_a_catalogue_that_adds_up(
    tmp_path: Path, edits: Edits, which: int
) -> None:
    forget()
    files = {name: content.encode() for name, content in FILES.items()}
    name = list(files)[which]
    files[name] = mangled(files[name], edits)
    paths = [lay(tmp_path, name, content) for name, content in files.items()]

    for update in (False, True, True):
        run = run_import(run=new_run(paths=paths, update_existing=update), paths=paths)
        assert sum(counts(run)) + run.skipped == run.rows

    assert run.updated == 0
    assert mended() == 0 or not Person.objects.exists()
    assert not ImportedMovie.objects.exists()
    assert not Movie.objects.filter(title="").exists()
    assert not Person.objects.exclude(pk__in=Credit.objects.values("person")).exists()
