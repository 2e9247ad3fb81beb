"""Builds the packaged catalogue: `python -m tools.catalogue ../shared/data`. The same lists give the same bytes."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.catalogue.setup import set_up

TARGET = Path(__file__).resolve().parents[2] / "movies" / "data" / "catalogue.ndjson.gz"


def main(folder: Path, target: Path = TARGET) -> None:
    """Reads, joins, cleans, checks and writes; prints what became of the rows."""
    from tools.catalogue.building import build, check
    from tools.catalogue.writing import packed

    entries, report = build(folder)
    check(entries)
    content = packed(entries)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    for name, count in report.items():
        print(f"{count:>8,} {name}")
    print(f"{len(entries):>8,} movies, {len(content):,} bytes")


if __name__ == "__main__":
    set_up()
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
