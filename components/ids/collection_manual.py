"""Ids of the entry page (4.2 a)."""

QUERY = "collection-manual-query"
CONTENT = "collection-manual-content"
ENTRY = "collection-manual-entry"
CHECK = "collection-manual-check"
CHECKED = "collection-manual-checked"
SAVE = "collection-manual-save"
SAVED = "collection-manual-saved"
METHOD = "collection-manual-method"
SUBMIT = "collection-manual-submit"
BEFORE = "collection-manual-before"
ROWS_BEFORE = "collection-manual-rows-before"
PROBLEMS = "collection-manual-problems"
DONE = "collection-manual-done"
ECHO = "collection-manual-echo"


def grid(opening: str) -> str:
    """Return the id of the grid of one opening of an entry: two may overlap for a moment."""
    return f"collection-manual-grid-{opening}"
