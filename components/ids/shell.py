"""Ids of the shell that stands around every page."""

from __future__ import annotations

LOCATION = "shell-location"
MESSAGES = "shell-messages"
NAVIGATION = "shell-navigation"
PLACE = "shell-place"
MAIN = "shell-main"
ALARM = "shell-alarm"
ALARM_CLOCK = "shell-alarm-clock"
ALARM_STRIP = "shell-alarm-strip"


def chart_file(chart_id: str, kind: str) -> dict[str, str]:
    """Return the id of the button that downloads a chart's numbers as csv or xlsx."""
    return {"type": "chart-file", "chart": chart_id, "format": kind}


def chart_data(chart_id: str) -> dict[str, str]:
    """Return the id of the store that holds a chart's table and its description."""
    return {"type": "chart-data", "chart": chart_id}


def chart_download(chart_id: str) -> dict[str, str]:
    """Return the id of the element through which a chart's file reaches the browser."""
    return {"type": "chart-download", "chart": chart_id}
