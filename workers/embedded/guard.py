"""Becomes a given command that ends when its parent ends: guard.py PARENT SIGNAL UID GID COMMAND….

Runs alone (`python -I -S guard.py`), so that no thread of the parent is ever forked with Python
code in between, and before the command drops root.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
KEEP_USER = -1


def drop_root(uid: int, gid: int) -> None:
    """Become an ordinary user for good; KEEP_USER changes nothing."""
    if uid != KEEP_USER:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def end_with(parent: int, signal_number: int) -> None:
    """Ask the kernel for a signal when the parent dies, also by kill -9 (Linux only)."""
    # After the change of user: the kernel forgets the wish when credentials change.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit("The parent ended before its child began.")


def main(arguments: list[str]) -> None:
    """Drop root, bind the life to the parent's, and become the command."""
    parent, signal_number, uid, gid = (int(text) for text in arguments[:4])
    drop_root(uid, gid)
    end_with(parent, signal_number)
    os.execv(arguments[4], arguments[4:])


if __name__ == "__main__":
    main(sys.argv[1:])
