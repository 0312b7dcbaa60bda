"""Time of the processor that a process and its children took: where others work too, it tells more
than the clock.
"""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def spent(process_id: int | None) -> float:
    """Return the seconds of a process, of its children, and of those that have ended."""
    if process_id is None:
        return 0.0
    found = _stat(process_id)
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii")
    return sum(found[11:15]) / TICKS + sum(spent(int(child)) for child in children.split())


def _stat(process_id: int) -> list[int]:
    """Return the numbers that follow the state of a process, four of them its times in ticks."""
    line = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii")
    return [0, *(int(number) for number in line.rpartition(")")[2].split()[1:])]
