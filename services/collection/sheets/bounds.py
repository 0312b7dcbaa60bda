"""How much a file may hold, and why one is not read. Standard library only (4.2 a)."""

from __future__ import annotations

MEGABYTE = 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 60_000, 200, 2_000_000
MOST_TEXT, LONGEST_CELL = 16 * MEGABYTE, 1_001


class UnreadableError(Exception):
    """The file cannot be read, or must not be: the key of the reason, and what belongs to it."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.told = {"reason": reason, "values": values}


class Budget:
    """How much a file may hold over all its sheets; the reason is raised at the first too much."""

    def __init__(self) -> None:
        self.rows = self.cells = self.text = 0

    def row(self) -> None:
        """Count one row that holds something."""
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise UnreadableError("rows", most=MOST_ROWS)

    def cell(self, column: int, text: str) -> None:
        """Count one cell that holds something, at its column from 0."""
        if column >= MOST_COLUMNS:
            raise UnreadableError("columns", most=MOST_COLUMNS)
        self.cells += 1
        self.text += len(text)
        if self.cells > MOST_CELLS or self.text > MOST_TEXT:
            raise UnreadableError("cells", most=MOST_CELLS)
