"""The Chinese font for browsers that have none: the common characters, made once, kept."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pylopdf_fonts_zh_cn

PR_SET_PDEATHSIG = 1
SUBSET = "sans-sc-gb2312.woff2"
# Rows of GB 2312: punctuation and symbols, then the 6,763 characters of both levels.
GB2312_ROWS = range(0xA1, 0xF8)
GB2312_CELLS = range(0xA1, 0xFF)


def full_font() -> Path:
    """Return the font with every character we have, 8 MB."""
    return Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"


def web_font(folder: Path) -> Path:
    """Return the subset (1.4 MB) where it has been made, else the full font."""
    subset = folder / "fonts" / SUBSET
    return subset if subset.is_file() else full_font()


def start_subsetting(folder: Path) -> subprocess.Popen[bytes] | None:
    """Begin to make the subset in a process of its own; nobody waits for its twelve seconds."""
    target = folder / "fonts" / SUBSET
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file():
        return None
    program = [sys.executable, "-m", "services.fonts", str(target)]
    return subprocess.Popen(program, cwd=Path(__file__).parents[1])


def make_subset(target: Path, characters: str) -> None:
    """Write the subset, unless another process does; a half-written file is never seen."""
    # Held by the process itself: one that is killed leaves the way free for the next start.
    with target.with_suffix(".lock").open("a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if not target.is_file():
            _write_subset(target, characters)


def _write_subset(target: Path, characters: str) -> None:
    # Loading fontTools takes 0.3 s and only this process needs it.
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["*"])
    unfinished = target.with_suffix(".part")
    with subset.load_font(str(full_font()), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        subset.save_font(font, str(unfinished), options)
    unfinished.replace(target)


def common_characters() -> str:
    """Return the characters of GB 2312 with Latin letters, digits and signs."""
    latin = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180)]))
    signs = "‐–—‘’“”…‰′″€₂℃№™←↑→↓−≈≠≤≥■□▲△▼▽◆◇○●★✓"
    rows = (bytes((row, cell)) for row in GB2312_ROWS for cell in GB2312_CELLS)
    return latin + signs + "".join(pair.decode("gb2312", errors="ignore") for pair in rows)


def end_with_parent() -> None:
    """Ask the kernel to end this process with the web server that started it (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        sys.exit("The web server ended before this process began.")


if __name__ == "__main__":
    end_with_parent()
    os.nice(19)  # the first page matters more
    make_subset(Path(sys.argv[1]), common_characters())
