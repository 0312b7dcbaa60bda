"""`shuangtan log …`: the self-check of the transparency log, and a tiny witness."""

from __future__ import annotations

import argparse
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from services import clock
from services.algorithms.checkpoints import NoteError, PublicKey, read_checkpoint, read_key
from services.consistency.log_audit import Audit, Pinned, audit_log
from services.consistency.log_export import export_log
from services.data import log as log_data
from services.data import log_records
from services.data.engine import owner_work
from services.errors import PlatformError
from services.i18n.texts import t
from services.security.signing import Signer
from services.settings import Settings, environment
from services.transparency.witness import UnreachableLogError, Witness, WitnessError
from workers import run as supervisor
from workers.embedded.secret_files import secret
from workers.embedded.servers import reach, refuse_without_database
from workers.log_keeping import pinned
from workers.start import ROOT

OK, DIFFERS, UNUSABLE = 0, 1, 2
TIMEOUT_SECONDS = 30


def log(words: Sequence[str]) -> int:
    """Check every record against the log, or visit a log as a witness."""
    parser = argparse.ArgumentParser("shuangtan log", description=t("transparency.command"))
    verbs = parser.add_subparsers(dest="verb", required=True)
    audit = verbs.add_parser("audit", help=t("transparency.audit"))
    audit.add_argument("--key", action="append", default=[], help=t("transparency.key"))
    audit.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help=t("transparency.kept")
    )
    export = verbs.add_parser("export", help=t("transparency.export"))
    export.add_argument("file", type=Path, help=t("transparency.file"))
    witness = verbs.add_parser("witness", help=t("transparency.witness"))
    witness.add_argument("address", help=t("transparency.address"))
    witness.add_argument("--folder", type=Path, required=True, help=t("transparency.folder"))
    witness.add_argument("--name", required=True, help=t("transparency.name"))
    witness.add_argument("--key", required=True, help=t("transparency.key"))
    options = parser.parse_args(words)
    act = {"audit": _audit, "export": _export, "witness": _visit}[options.verb]
    try:
        return act(options)
    except PlatformError as error:
        supervisor.tell(error)
        return DIFFERS if isinstance(error, WitnessError) else UNUSABLE
    except (NoteError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE


def _audit(options: argparse.Namespace) -> int:
    kept = [read_checkpoint(path.read_text(encoding="utf-8")) for path in options.checkpoint]
    refuse_without_database(environment(), ROOT)
    with reach(environment(), ROOT) as addresses:
        settings = Settings.from_environment(addresses)
        own = pinned(settings)
        with owner_work(settings.database_owner_url) as work:
            log_records.at_one_moment(work)
            given = tuple(map(read_key, options.key or log_data.keys(work)))
            keys = own.keys if own and not options.key else given
            found = audit_log(work, Pinned(keys, [*kept, *(own.kept if own else ())]))
    for line in told(found):
        sys.stdout.write(f"{line}\n")
    if not options.key:
        sys.stdout.write(t("transparency.own_key") + "\n")
    return DIFFERS if found.differences else OK


def _export(options: argparse.Namespace) -> int:
    refuse_without_database(environment(), ROOT)
    with reach(environment(), ROOT) as addresses:
        settings = Settings.from_environment(addresses)
        with owner_work(settings.database_owner_url) as work:
            export_log(work, options.file)
    return OK


def told(found: Audit) -> list[str]:
    """Return what an auditor reads: each difference by the name of its record, then the sums."""
    lines = [
        f"✗ {each.kind} {each.record}: {t(f'transparency.what.{each.what}')}"
        for each in found.differences
    ]
    records = sum(found.records.values())
    counts = {"records": records, "leaves": found.size, "differences": len(found.differences)}
    lines.append(t("transparency.checked", **counts))
    if found.removed:
        lines.append(t("transparency.removed", count=found.removed))
    if found.erased:
        lines.append(t("transparency.erased", count=found.erased))
    return lines


def _visit(options: argparse.Namespace) -> int:
    options.folder.mkdir(parents=True, exist_ok=True)
    signer = Signer.from_text(secret(options.folder, "key"), str(options.folder / "key"))
    witness = Witness(options.name, signer, read_key(options.key), options.folder)
    _print(witness.public)
    seen = witness.visit(Remote(options.address.rstrip("/")), int(clock.now().timestamp()))
    sys.stdout.write(t("transparency.cosigned", size=seen.size, origin=seen.origin) + "\n")
    return OK


class Remote:
    """A log at an address."""

    def __init__(self, address: str) -> None:
        self._address = address

    def checkpoint(self) -> str:
        """Return the newest checkpoint."""
        return self._ask("/log/checkpoint")

    def growth(self, first: int, second: int) -> str:
        """Return the proof from one size to another."""
        return self._ask("/log/consistency?" + urlencode({"from": first, "to": second}))

    def cosign(self, note: str) -> None:
        """Hand a cosigned checkpoint in."""
        self._ask("/log/cosignature", note.encode())

    def _ask(self, path: str, body: bytes | None = None) -> str:
        if not self._address.startswith(("http://", "https://")):
            raise UnreachableLogError(self._address, reason="http://, https://")
        headers = {"Origin": self._address, "Content-Type": "text/plain; charset=utf-8"}
        asked = urllib.request.Request(self._address + path, body, headers)
        try:
            with urllib.request.urlopen(asked, timeout=TIMEOUT_SECONDS) as answer:
                text: str = answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                raise UnreachableLogError(asked.full_url, reason=error.code) from None
        except urllib.error.URLError as error:
            raise UnreachableLogError(asked.full_url, reason=error.reason) from None
        return text


def _print(key: PublicKey) -> None:
    sys.stdout.write(t("transparency.told_key", public=key.written()) + "\n")
