"""A database under attack, and what both checks of the log name in it: online and offline."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from services.algorithms.checkpoints import note_of, read_checkpoint, read_key
from services.consistency.log_audit import Pinned, audit_log
from services.consistency.log_export import export_log
from services.data import log
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.security.signing import Signer
from services.transparency.sealing import seal
from tests.tools.bundles import run

SIGNER = Signer.from_text("5e" * 32, "test")


@dataclass
class Attacked:
    """A database, its owner and superuser, a folder, and what an auditor kept before."""

    database: Any
    owner_url: str
    superuser_url: str
    folder: Path
    pinned: Pinned | None = None

    def pin(self):
        """Seal everything and keep key and checkpoint."""
        self.pinned = pinned(self.database)

    def attack(self, *statements):
        """Change something past every trigger and policy, and let the platform seal it."""
        with psycopg.connect(self.superuser_url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)
        seal(self.database, SIGNER)

    def rows(self, query):
        """Return what the superuser reads."""
        with psycopg.connect(self.superuser_url) as connection:
            return connection.execute(query).fetchall()

    def named(self, *, agree=True):
        """Return kind and record of every difference; both checks have to say the same.

        Where they do not `agree`, what both say.
        """
        with owner_work(self.owner_url) as work:
            found = audit_log(work, self.pinned)
        online = {f"{each.kind} {each.record}" for each in found.differences}
        with owner_work(self.owner_url) as work:
            export_log(work, self.folder / "export.zip")
        offline = named_offline(self.folder / "export.zip", self.folder, self.pinned)
        assert online == offline or not agree
        return online & offline


def pinned(database):
    """Seal, and return what an auditor keeps."""
    seal(database, SIGNER)
    with database.work(SYSTEM_SCOPE) as work:
        newest = log.latest(work)
        keys = tuple(read_key(key) for key in log.keys(work))
    return Pinned(keys, (read_checkpoint(newest.note),))


def named_offline(path, folder, kept):
    """Return what the verifier names, on a bare Python that knows a key and a checkpoint."""
    (folder / "kept.txt").write_text(note_of(kept.kept[0].body, [*kept.kept[0].signatures]))
    words = [str(path), "--key", kept.keys[0].written()]
    done = run([*words, "--checkpoint", str(folder / "kept.txt")], folder)
    assert done.stderr == b"", done.stderr.decode()
    told = done.stdout.decode().splitlines()
    assert done.returncode == int(told[0].startswith("不一致"))
    named = (line[2:].split(":")[0] for line in told if line.startswith("✗"))
    return {name.partition(" · ")[0] for name in named}
