"""The total by month, where rows are of months; what is of the whole year stands below them."""

from __future__ import annotations

from services.formatting import MONTHS, UNKNOWN, month_text
from services.i18n.texts import t
from services.reports.material import Material
from services.reports.model import Column, Row, TableBlock, mass, share
from services.standards.totals import WHOLE_YEAR

MONTHLY = "months"


def months_table(material: Material) -> TableBlock:
    """Return what each month adds to the total; a month without rows is unknown, and not zero."""
    parts, total = material.summary.by_month, material.summary.total_t
    names = {str(month): month_text(month) for month in MONTHS}
    if WHOLE_YEAR in parts:
        names[WHOLE_YEAR] = t("months.whole_year")
    rows = [_row(name, parts.get(part), total) for part, name in names.items()]
    closing = Row((t("report.total.total"), mass(total), share(1) if total else UNKNOWN), True)
    return TableBlock(
        MONTHLY,
        t("months.report_table"),
        (
            Column(t("report.column.month"), 0.40),
            Column(t("report.column.co2e"), 0.36, is_number=True),
            Column(t("report.column.share"), 0.24, is_number=True),
        ),
        (*rows, closing),
        note=t("months.report_note"),
    )


def _row(name: str, tonnes: float | None, total: float) -> Row:
    if tonnes is None:
        return Row((name, t("months.no_data"), UNKNOWN))
    return Row((name, mass(tonnes), share(tonnes / total) if total else UNKNOWN))
