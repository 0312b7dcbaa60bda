"""Ids of the result page (5.2.1)."""

from __future__ import annotations

from typing import Any

QUERY = "enterprise-accounting-query"
RESTATED = "enterprise-accounting-restated"
RESULT = "enterprise-accounting-result"
SOURCE_CHART = "enterprise-accounting-source-chart"
SCOPE_CHART = "enterprise-accounting-scope-chart"
MONTH_CHART = "enterprise-accounting-month-chart"
LINES = "enterprise-accounting-lines"
LINES_CSV = "enterprise-accounting-lines-csv"
LINES_XLSX = "enterprise-accounting-lines-xlsx"
LINES_FILE = "enterprise-accounting-lines-file"
SIMULATE = "enterprise-accounting-simulate"
SIMULATION = "enterprise-accounting-simulation"
HEAT_POWER = "enterprise-accounting-heat-power"
HEAT_POWER_SPLIT = "enterprise-accounting-heat-power-split"
HEAT_POWER_KEEP = "enterprise-accounting-heat-power-keep"
HEAT_SUPPLIED = "enterprise-accounting-heat-supplied"
HEAT_GENERATED = "enterprise-accounting-heat-generated"
POWER_SUPPLIED = "enterprise-accounting-power-supplied"
FILING = "enterprise-accounting-filing"
SUBMISSION = "enterprise-accounting-submission"
COMMENT = "enterprise-accounting-comment"
APPROVE = "enterprise-accounting-approve"
SEND_BACK = "enterprise-accounting-send-back"
REPORTS = "enterprise-accounting-reports"
REPORT_LANGUAGE = "enterprise-accounting-report-language"
REPORT_ORDER = "enterprise-accounting-report-order"
REPORT_CLOCK = "enterprise-accounting-report-clock"


def line_toggle(line: Any) -> dict[str, Any]:
    """Return the id of the button that opens the detail of an emission line."""
    return {"type": "enterprise-accounting-line-toggle", "line": line}


def line_detail(line: Any) -> dict[str, Any]:
    """Return the id of the place where the detail of an emission line appears."""
    return {"type": "enterprise-accounting-line-detail", "line": line}


def lines_page(page: Any) -> dict[str, Any]:
    """Return the id of the button that turns to a page of lines."""
    return {"type": "enterprise-accounting-lines-page", "page": page}
