"""What a process does once, when everything it is made of has been loaded."""

from __future__ import annotations

import gc

# Objects made before a round of the youngest, and rounds before one of the older.
ROUNDS = (20_000, 20, 20)


def settle() -> None:
    """Take what the process is made of out of the garbage collector's rounds.

    The catalog lives as long as the process; walking it again and again takes as long as a
    hundred lines of a calculation, and makes a forked process copy what it shares.
    """
    gc.collect()
    gc.freeze()
    # A file of rows makes millions of objects and no garbage: fewer rounds halve its time.
    gc.set_threshold(*ROUNDS)
