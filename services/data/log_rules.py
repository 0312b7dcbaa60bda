"""When a record may be gone or written anew: only where the log itself says so, and proves it.

Both checks, that of the platform and the offline verifier, hold what is gone to these rules. An
event alone explains nothing, for whoever owns the database can write one:

- a record of a removed sample: an event keeps its text, which fits the sealed leaf and lies at or
  below the sample's own place;
- an event of the trail that was forgotten: an event names it, and nothing that was sealed before
  it is younger than what the law lets go;
- an event of the trail that was written anew: an event names it, once for each person; the number
  that replaces the names stands in it, and the log shows that account as closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.algorithms.leaves import commitment_of
from services.data.log_kinds import BY_NAME, KINDS
from services.data.sample.content import PROVINCE_PATH

REMOVED_RECORDS, FORGOTTEN, RENAMED = "removed_records", "forget_trail", "erase_names"
TELLING = (REMOVED_RECORDS, FORGOTTEN, RENAMED)
# Cybersecurity law, Art. 23 (since 2017, 21): six months at least, which are at most 184 days.
TRAIL_FLOOR = timedelta(days=184)
# Leaves of one moment stand in no order: seconds as a rule, and as long as a transaction lasts.
SLACK = timedelta(days=1)
# Which field of a kind says when its record was written; rows of these are never written anew.
MOMENTS = {
    "audit_event": "at",
    "submission": "submitted_at",
    "decision": "decided_at",
    "run": "computed_at",
    "report": "made_at",
    "library": "loaded_at",
}
EVENT = "audit_event"
# What the platform never changes without writing down who did it, in the same transaction. What
# the migration found has no event, and was the first to be written.
ALWAYS_TOLD = (
    "membership", "credential", "run_pointer", "submission", "decision", "own_value_decision",
    "attachment.removed", "run_pointer.removed", "credential.removed",
)  # fmt: skip
NOBODY = "closed:"
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
    """What the log shows of somebody: whether a password is to be set anew, roles without end."""

    must_change: bool
    roles_until: tuple[str, ...]

    def is_closed(self, day: str) -> bool:
        """Return whether nobody comes in by it and no role is left of it on a day."""
        return self.must_change and not any(until >= day for until in self.roles_until)


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

    def explains_gone(self, gone: GoneRecord, sealed_after: Mapping[datetime, int]) -> str | None:
        """Return "removed" or "erased" where that is proved, else None.

        `sealed_after` has for each limit the first place of what is younger for certain.
        """
        if any(
            _lay_in_sample(gone, text) for text in self.removed.get((gone.kind, gone.record), ())
        ):
            return "removed"
        place = gone.first_place
        if gone.kind != EVENT or place is None:
            return None
        limits = self.forgotten.get(gone.record, ())
        if any(place < sealed_after.get(until, place + 1) for until in limits):
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


def younger_than(until: datetime) -> str:
    """Return the instant, as leaves write it, after which something is younger for certain."""
    return (until.astimezone(UTC) + SLACK).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


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
