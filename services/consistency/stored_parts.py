"""What a covered record holds only a digest of: lines of runs and activity of submissions."""

from __future__ import annotations

from collections.abc import Iterator

from services.accounting.filing import fingerprint
from services.data import line_checks
from services.data.work import Work


def check_parts(work: Work) -> Iterator[tuple[str, str, str]]:
    """Yield kind, record and difference of each record whose parts are not those it digests."""
    lines = {*line_checks.runs_with_other_lines(work), *line_checks.lines_elsewhere(work)}
    rows = set(line_checks.rows_elsewhere(work))
    for submission_id, expected, found in line_checks.activity_rows(work):
        if fingerprint(found) != expected:
            rows.add(submission_id)
    for run_id in sorted(lines):
        yield "run", run_id, "lines_changed"
    for submission_id in sorted(rows):
        yield "submission", submission_id, "rows_changed"
