"""Says on stderr how far an import is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

from movies.models import ImportRun

_WIDTH = 30
_LINE_EVERY = 50_000  # rows


class ProgressBar:
    """Draws what a run says of itself: share, rows, rate and the time that is left."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._terminal = stream, stream.isatty()
        self._began, self._rows_before = time.monotonic(), -1
        self._said = 0

    def __call__(self, run: ImportRun) -> None:
        """After a batch of `run`."""
        if self._rows_before < 0:  # what an earlier process did says nothing about our rate
            self._rows_before = run.rows if run.rows > run.checkpoint.get("batch_size", 0) else 0
        elapsed = max(time.monotonic() - self._began, 1e-6)
        share = min(run.read_bytes / run.total_bytes, 1.0) if run.total_bytes else 0.0
        rate = (run.rows - self._rows_before) / elapsed
        left = elapsed * (1 - share) / share if share else 0.0
        line = f"{share:4.0%}  {run.rows:,} rows  {rate:,.0f}/s  {int(left // 60)}:{int(left % 60):02d} left"
        if self._terminal:
            full = round(share * _WIDTH)
            self._stream.write(f"\r{'█' * full}{'░' * (_WIDTH - full)} {line}\x1b[K")
        elif run.rows // _LINE_EVERY > self._said:
            self._said = run.rows // _LINE_EVERY
            self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Leaves the bar's line."""
        if self._terminal:
            self._stream.write("\n")
