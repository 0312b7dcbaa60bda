"""What a report is built from, with the words for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.accounting.bands import Certainty
from services.accounting.heat_power import KeptHeatPower
from services.accounting.results import ActivityRow, RunResult, RunSummary
from services.formatting import UNKNOWN
from services.i18n.texts import has_text, language, t
from services.reports.model import entered
from services.reports.names import Names
from services.reports.text import printable
from services.standards.results import EmissionLine, InputValue

APPROVED = "approved"
UNKNOWN_CERTAINTY = Certainty(None)


@dataclass(frozen=True)
class Material:
    """A run's result with the names of what it holds, the instant of the order, its certainty."""

    result: RunResult
    names: Names
    issued_at: datetime
    certainty: Certainty = UNKNOWN_CERTAINTY
    heat_power: KeptHeatPower | None = None

    @property
    def summary(self) -> RunSummary:
        """Return the run's totals and circumstances."""
        return self.result.summary

    @property
    def is_approved(self) -> bool:
        """Return whether a second person has approved the submission."""
        return self.result.filing.state == APPROVED

    @cached_property
    def subject_name(self) -> str:
        """Return the organization's name in the language in use, in Chinese when it has none."""
        names = self.summary.subject.names
        return printable(names.get(language()) or next(iter(names.values())))

    @cached_property
    def inputs_by_record(self) -> dict[int, dict[str, InputValue]]:
        """Return every input that was used, by row and symbol."""
        found: dict[int, dict[str, InputValue]] = {}
        for line in self.result.lines:
            found.setdefault(line.record, {}).update(line.inputs)
        return found

    @cached_property
    def months_by_record(self) -> dict[int, int]:
        """Return the month of each row that is of one."""
        of_lines = [(line.record, line.month) for line in self.result.lines]
        missing = [(record.record, record.month) for record in self.summary.missing]
        return {record: month for record, month in (*of_lines, *missing) if month is not None}

    @cached_property
    def activity_by_record(self) -> dict[int, ActivityRow]:
        """Return the rows as entered, by their position."""
        return {row.record: row for row in self.result.activity}

    def source(self, source: str) -> str:
        """Return the name of a source."""
        return self.names.source(source)

    def item(self, source: str, item: str) -> str:
        """Return the name of an item, or a dash where the source has none."""
        return self.names.item(source, item) if item else UNKNOWN

    def symbol(self, source: str, symbol: str) -> str:
        """Return what a symbol stands for."""
        return self.names.symbol(source, symbol)

    def line_title(self, line: EmissionLine) -> str:
        """Return the source and item of a line."""
        name = self.source(line.source)
        return f"{name} · {self.item(line.source, line.item)}" if line.item else name


def put_in(inputs: Mapping[str, InputValue]) -> dict[str, str]:
    """Return inputs as they stand in a formula; negative ones in brackets."""
    return {symbol: _bracketed(value.value) for symbol, value in inputs.items()}


def row_number(record: int) -> str:
    """Return a row's number as the person counted it, from one."""
    return str(record + 1)


def word(kind: str, key: str) -> str:
    """Return the report's word for a code, or the code where the list was widened since."""
    full = f"report.{kind}.{key}"
    return t(full) if has_text(full) else printable(key)


def file_stem(name: str, year: int, title: str) -> str:
    """Return a file name without ending that every system accepts."""
    return re.sub(r'[\\/:*?"<>|\s]+', "_", f"{name}_{year}_{title}").strip("._")[:100]


def _bracketed(value: float) -> str:
    shown = entered(value).text()
    return f"({shown})" if value < 0 else shown
