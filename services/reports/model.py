"""One report as sections, tables, formulas and figures, from which every writer prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services import formatting
from services.reports.formulas import Node

# Stated with every report; a change of layout or wording raises it.
TEMPLATE_VERSION = "1.5"

MASS_DIGITS = 2
SMALLEST_MASS_T = 0.01
INPUT_DIGITS = 12


class Precision(StrEnum):
    """How a number is rounded when it is printed; files for calculation hold all of it."""

    MASS = "mass"
    INPUT = "input"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a table: the stored value, and how it is printed."""

    value: float
    precision: Precision

    def text(self) -> str:
        """Return the number as it is printed, rounded by the rule that the report states."""
        if self.precision is Precision.SHARE:
            return formatting.percent(self.value)
        if self.precision is Precision.MASS and not 0 < abs(self.value) < SMALLEST_MASS_T:
            return formatting.number(self.value, MASS_DIGITS)
        return formatting.exact(float(f"{self.value:.{INPUT_DIGITS}g}"))


def mass(value: float) -> Quantity:
    """Return tonnes to be printed."""
    return Quantity(value, Precision.MASS)


def entered(value: float) -> Quantity:
    """Return an input, factor or constant to be printed."""
    return Quantity(value, Precision.INPUT)


def share(value: float) -> Quantity:
    """Return a share from 0 to 1 to be printed in per cent."""
    return Quantity(value, Precision.SHARE)


Cell = str | Quantity


def cell_text(cell: Cell) -> str:
    """Return what is printed in a cell."""
    return cell if isinstance(cell, str) else cell.text()


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its width as a share of the table, and whether it holds numbers."""

    title: str
    width: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; totals are printed stronger."""

    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A numbered table; the note stands below it."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; the role chooses its colour."""

    label: str
    value_t: float
    role: str


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A numbered figure of bars, drawn from the table that `table_key` names."""

    key: str
    caption: str
    table_key: str
    axis: str
    bars: tuple[Bar, ...]
    alternative: str


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Paragraphs, or a list when `is_list`; a lead stays with what follows it."""

    paragraphs: tuple[str, ...]
    is_list: bool = False
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class FormulaBlock:
    """The formula of a source with the meaning of its symbols."""

    heading: str
    formula: Node
    text: str
    terms: str


@dataclass(frozen=True, slots=True)
class CalculationBlock:
    """One emission line: the formula, the numbers put in, the result, and remarks."""

    heading: str
    formula: Node
    formula_text: str
    numbers: Node
    numbers_text: str
    result: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Who stands for the report: role, printed name, and room to sign, date and seal."""

    statement: str
    labels: tuple[str, ...]
    signers: tuple[tuple[str, str], ...]
    seal: str


Block = TableBlock | ChartBlock | TextBlock | FormulaBlock | CalculationBlock | SignatureBlock


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the report."""

    title: str
    blocks: tuple[Block, ...]
    starts_page: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page."""

    title: str
    subject: str
    period: str
    mark: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportModel:
    """A report in one language: what every writer prints and nothing else.

    `label` stands in the properties of each file: how sensitive its content is, in words.
    """

    language: str
    file_stem: str
    header: str
    mark: str
    page_label: str
    contents_title: str
    issued_at: datetime
    run_id: UUID
    cover: Cover
    sections: tuple[Section, ...]
    data: tuple[TableBlock, ...] = ()
    label: str = ""

    def blocks(self) -> Iterator[Block]:
        """Yield every block in reading order."""
        for section in self.sections:
            yield from section.blocks

    def table(self, key: str) -> TableBlock:
        """Return a table by its key."""
        return next(table for table in self.tables() if table.key == key)

    def tables(self) -> Iterator[TableBlock]:
        """Yield every table, at last those that only files for calculation hold."""
        yield from (block for block in self.blocks() if isinstance(block, TableBlock))
        yield from self.data
