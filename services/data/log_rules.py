"""When a record may be gone or written anew: only where the log itself says so, and proves it.

Both checks, that of the platform and the offline verifier, hold what is gone to these rules. An
event alone explains nothing, for whoever owns the database can write one:

- a record of a removed sample: an event keeps its text, which fits the sealed leaf and lies at or
  below the sample's own place;
- an event of the trail that was forgotten: an event names it, and a checkpoint that covers it was
  signed before the law lets it go;
- an event of the trail that was written anew: an event names it, once for each person; the number
  that replaces the names stands in it, and the log shows that account as closed. Where roles, or
  places of the log, are not as they were sealed, no account is known to be closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.algorithms.checkpoints import Checkpoint
from services.algorithms.leaves import commitment_of
from services.data.log_kinds import BY_NAME, KINDS
from services.data.sample.content import PROVINCE_PATH

REMOVED_RECORDS, FORGOTTEN, RENAMED = "removed_records", "forget_trail", "erase_names"
TELLING = (REMOVED_RECORDS, FORGOTTEN, RENAMED)
# Cybersecurity law, Art. 23 (since 2017, 21): six months at least, which are at most 184 days.
TRAIL_FLOOR = timedelta(days=184)
# The clock of whoever checks may be behind that of the platform.
SLACK = timedelta(days=1)
EVENT = "audit_event"
# What the platform never changes without writing down who did it, in the same transaction. What
# the migration found has no event, and was the first to be written.
ALWAYS_TOLD = (
    "membership", "credential", "run_pointer", "submission", "decision", "own_value_decision",
    "attachment.removed", "run_pointer.removed", "credential.removed",
)  # fmt: skip
NOBODY = "closed:"
MEMBERSHIP, CREDENTIAL = "membership", "credential"
# Where one of these is not as it was sealed, a role may be gone that nobody can name.
_ROLES_UNKNOWN = (MEMBERSHIP, "position", "checkpoint")
REMOVED = ".removed"
LEAF_KINDS = frozenset(
    name for kind in KINDS for name in (kind.name, *[kind.name + REMOVED] * kind.removable)
)


@dataclass(frozen=True)
class GoneRecord:
    """A record that leaves tell of and that is not there: its newest leaf, its first place.

    `leaves` counts how often it was sealed, without those of removals and as many before them.
    """

    kind: str
    record: str
    first_place: int | None
    leaves: int
    salt: bytes | None
    commitment: bytes


@dataclass(frozen=True)
class Account:
    """What the log shows of somebody: whether the password was removed, roles without end."""

    is_shut: bool
    roles_until: tuple[str, ...]

    def is_closed(self, day: str) -> bool:
        """Return whether nobody comes in by it and no role is left of it on a day."""
        return self.is_shut and not any(until >= day for until in self.roles_until)


@dataclass
class Story:
    """What events of the trail tell of records that are gone or were written anew."""

    now: datetime
    removed: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    forgotten: dict[str, list[datetime]] = field(default_factory=dict)
    renamed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    renamed_at: dict[str, str] = field(default_factory=dict)

    def take(self, event: Mapping[str, str | None]) -> None:
        """Keep what an event tells, where it is one of those that tell."""
        if event["action"] not in TELLING:
            return
        try:
            self._take(event, json.loads(str(event["after"])))
        except (AttributeError, KeyError, TypeError, ValueError):
            return  # the platform writes no such event: it explains nothing

    def limits(self) -> set[datetime]:
        """Return the instants before which something was forgotten."""
        return {until for found in self.forgotten.values() for until in found}

    def people(self) -> set[str]:
        """Return who is said to have been closed, by number."""
        return {name.removeprefix(NOBODY) for name in self.renamed_at}

    def explains_gone(self, gone: GoneRecord, sealed: Mapping[datetime, int]) -> str | None:
        """Return "removed" or "erased" where that is proved, else None.

        `sealed` has for each limit how many leaves were sealed by then (`sealed_by`).
        """
        if any(
            _lay_in_sample(gone, text) for text in self.removed.get((gone.kind, gone.record), ())
        ):
            return "removed"
        place = gone.first_place
        if gone.kind != EVENT or place is None:
            return None
        limits = self.forgotten.get(gone.record, ())
        if any(place < sealed[until] for until in limits):
            return "erased"
        return None

    def explains_rewritten(
        self, event: Mapping[str, str | None], leaves: int, accounts: Mapping[str, Account]
    ) -> bool:
        """Return whether each new leaf about an event of the trail comes from an account closed."""
        told = self.renamed.get(str(event["event_id"]), [])
        text = "".join(str(event[name]) for name in ("resource", "before", "after"))
        return leaves - 1 <= len(told) and all(
            name in text and _is_closed(accounts.get(name.removeprefix(NOBODY)), at)
            for name, at in told
        )

    def _take(self, event: Mapping[str, str | None], told: Mapping[str, Any]) -> None:
        action, resource, at = event["action"], event["resource"], event["at"]
        if action == REMOVED_RECORDS:
            for record, content in told["records"].items():
                self.removed.setdefault((str(resource), record), []).append(content.encode())
        elif action == FORGOTTEN:
            self._take_forgotten(told, datetime.fromisoformat(str(at)))
        else:
            self._take_renamed(told["events"], str(resource), str(at))

    def _take_forgotten(self, told: Mapping[str, Any], at: datetime) -> None:
        until = datetime.fromisoformat(str(told["until"]))
        if until <= at - TRAIL_FLOOR and at <= self.now + SLACK:
            for record in told["events"]:
                self.forgotten.setdefault(record, []).append(until)

    def _take_renamed(self, events: Iterable[str], who: str, at: str) -> None:
        # A person is erased once, in one transaction: whatever says so again is not believed.
        first = self.renamed_at.get(who)
        if first is not None and first != at:
            if first < at:
                return
            for told in self.renamed.values():
                told[:] = [each for each in told if each[0] != who]
        self.renamed_at[who] = at
        for record in events:
            self.renamed.setdefault(record, []).append((who, at))


def sealed_by(
    checkpoints: Iterable[Checkpoint], until: datetime, is_good: Callable[[Checkpoint], bool]
) -> int:
    """Return how many leaves were sealed by an instant, as signed checkpoints prove it.

    They come in their order; one that names a later instant ends it, whatever the next ones say.
    `is_good` tells whether one is signed and fits the tree; it is asked of few.
    """
    by_then: list[Checkpoint] = []
    for each in checkpoints:
        if each.signed_at is None:
            continue
        if each.signed_at > until and is_good(each):
            break
        if each.signed_at <= until:
            by_then.append(each)
    return next((each.size for each in reversed(by_then) if is_good(each)), 0)


def believed(
    accounts: Mapping[str, Account], differing: Iterable[tuple[str, str]]
) -> Mapping[str, Account]:
    """Return the accounts of which the log can tell whether they are closed.

    `differing` names, by kind and record, what is not as it was sealed. A changed credential says
    nothing of its person; of a role that is gone or changed nobody knows whose it was.
    """
    wrong = set(differing)
    if any(kind in _ROLES_UNKNOWN for kind, _ in wrong):
        return {}
    return {who: each for who, each in accounts.items() if (CREDENTIAL, who) not in wrong}


def _is_closed(account: Account | None, at: str) -> bool:
    return account is not None and account.is_closed(at[:10])


def _lay_in_sample(gone: GoneRecord, content: bytes) -> bool:
    """Return whether a text is the record that was sealed, and it lay in the sample."""
    kind = BY_NAME[gone.kind]
    if not kind.has_place or gone.salt is None or (gone.leaves > 1 and not kind.changes):
        return False
    if commitment_of(gone.salt, content) != gone.commitment:
        return False
    _, name, *fields = json.loads(content)
    told = dict(zip(kind.names, fields, strict=True))
    place = str(told["access_path"])
    record = "/".join(str(told[column]) for column in kind.key)
    is_it = (name, record) == (gone.kind, gone.record)
    return is_it and f"{place}.".startswith(f"{PROVINCE_PATH}.")
