"""From a file that was looked at to what the import page shows (4.2 a)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from components.forms.method_columns import name_of
from components.panels.imports import MOST_LISTED, Differing, ImportView, PartCounts, Told
from services.collection.file_cells import FileCellError
from services.collection.imports import Part, Preview
from services.collection.sent_rows import Looked
from services.i18n.texts import t


def import_view(looked: Looked, shown: Mapping[str, object], to_mend: str) -> ImportView:
    """Return a file with its counts, problems, differences, and what of it was not read."""
    found = looked.found
    # In words a problem takes a tenth of a millisecond, and a file may have very many.
    differing = (each for part in found.parts for each in _differing(part))
    return ImportView(
        name=looked.file.name,
        parts=[*(_counts(part) for part in found.parts), *_lost(found)],
        problems=list(islice(_told(found), MOST_LISTED)),
        problem_count=len(found.errors) + len(_warnings(found)),
        differing=list(islice(differing, MOST_LISTED)),
        differing_count=sum(len(part.merge.differing) for part in found.parts),
        notes=list(_notes(found)),
        to_mend=to_mend if found.bad else "",
        shown=shown,
    )


def _counts(part: Part) -> PartCounts:
    subject, merge = part.entry.subject, part.merge
    name = f"{name_of(subject.names, subject.code)} · {part.entry.year}"
    counts = (len(merge.new), len(merge.same), len(merge.differing), len(part.bad))
    return PartCounts(name, *counts)


def _lost(found: Preview) -> list[PartCounts]:
    if not found.lost:
        return []
    rows = {(error.place.sheet, error.place.row) for error in found.lost}
    return [PartCounts(t("import_page.nowhere"), 0, 0, 0, len(rows))]


def _warnings(found: Preview) -> tuple[FileCellError, ...]:
    return tuple(warning for part in found.parts for warning in part.warnings)


def _told(found: Preview) -> Iterator[Told]:
    errors = [("error", error) for error in found.errors]
    for severity, error in errors + [("warning", warning) for warning in _warnings(found)]:
        told, place = error.explain(), error.place
        values = (str(error.values["column"]), str(error.values["value"]))
        yield Told(severity, place.sheet, place.row, *values, told.why, told.do)


def _differing(part: Part) -> Iterator[Differing]:
    for found in part.merge.differing:
        row = part.good[found.row]
        named = [row.place.cells.get(row.titles.get(key, ""), "") for key in ("source", "item")]
        what = " · ".join(filter(None, named))
        for key, (draft, file) in found.cells.items():
            title = row.titles.get(key, key)
            yield Differing(row.place.sheet, row.place.row, what, title, draft or "—", file)


def _notes(found: Preview) -> Iterator[str]:
    for title, count in found.unread.items():
        yield t("import_page.unread", title=title, count=count)
    for sheet in found.skipped:
        yield t("import_page.skipped", sheet=sheet)
