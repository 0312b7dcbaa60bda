"""What the sealer keeps of the log outside of the database, and the self-check brings along.

In the data folder: the keys it signs with as published, the newest checkpoint, and the first of
each day. Whoever owns the database cannot change them there, so a log made anew with another key,
or put back to an earlier day, no longer fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.algorithms.checkpoints import Checkpoint, read_checkpoint, read_key
from services.consistency.log_audit import Pinned
from services.data.log import Sealed
from services.security.signing import Signer
from services.settings import Settings

KEYS, LAST_FILE, PUBLIC_FILE, DAYS = "keys", "log_signed.txt", "log_public.txt", "log_kept"


def last_signed(settings: Settings) -> Checkpoint | None:
    """Return the checkpoint that was signed last."""
    path = settings.data_folder / KEYS / LAST_FILE
    return read_checkpoint(path.read_text(encoding="utf-8")) if path.exists() else None


def keep(settings: Settings, signer: Signer, sealed: Sealed) -> None:
    """Keep what was signed, and with which keys; an earlier key still counts for its time."""
    folder = settings.data_folder / KEYS
    (folder / DAYS).mkdir(mode=0o700, parents=True, exist_ok=True)
    name = read_checkpoint(sealed.note).origin
    known = _lines(folder / PUBLIC_FILE)
    keys = dict.fromkeys([*known, *(key.written() for key in signer.public_keys(name))])
    if list(keys) != known:
        _write(folder / PUBLIC_FILE, "".join(f"{key}\n" for key in keys))
    first = folder / DAYS / f"{sealed.sealed_at.date().isoformat()}.txt"
    if not first.exists():
        _write(first, sealed.note)
    _write(folder / LAST_FILE, sealed.note)


def pinned(settings: Settings) -> Pinned | None:
    """Return keys and checkpoints that were kept; None where this machine never sealed.

    Read it before the database: what is kept is never newer then.
    """
    folder = settings.data_folder / KEYS
    keys = tuple(map(read_key, _lines(folder / PUBLIC_FILE)))
    return Pinned(keys, tuple(_kept(folder))) if keys else None


def _kept(folder: Path) -> Iterator[Checkpoint]:
    for path in (*sorted((folder / DAYS).glob("*.txt")), folder / LAST_FILE):
        if path.exists():
            yield read_checkpoint(path.read_text(encoding="utf-8"))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
