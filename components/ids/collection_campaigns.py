"""Ids of the campaigns' page (4.2 a)."""

from __future__ import annotations

PATH = "/collection/campaigns"
QUERY = "collection-campaigns-query"
CONTENT = "collection-campaigns-content"
ISSUER = "collection-campaigns-issuer"
NAME = "collection-campaigns-name"
YEAR = "collection-campaigns-year"
METHOD = "collection-campaigns-method"
PLACE = "collection-campaigns-place"
INDUSTRY = "collection-campaigns-industry"
OWNER = "collection-campaigns-owner"
CODES = "collection-campaigns-codes"
OPENS = "collection-campaigns-opens"
DUE = "collection-campaigns-due"
REMIND_DAYS = "collection-campaigns-remind-days"
NEEDS_CHECK = "collection-campaigns-needs-check"
INSTRUCTION = "collection-campaigns-instruction"
PREVIEW = "collection-campaigns-preview"
PREVIEWED = "collection-campaigns-previewed"
OPEN = "collection-campaigns-open"
DONE = "collection-campaigns-done"
FIND = "collection-campaigns-find"
FIND_CAMPAIGN = "collection-campaigns-find-campaign"
REMIND_ALL = "collection-campaigns-remind-all"
REMINDED = "collection-campaigns-reminded"
CLOSE = "collection-campaigns-close"
CSV = "collection-campaigns-csv"
XLSX = "collection-campaigns-xlsx"
FILE = "collection-campaigns-file"


def remind(organization: object) -> dict[str, object]:
    """Return the id of the button that reminds one organization."""
    return {"type": "collection-campaigns-remind", "called": organization}
