"""What was done, by whom, to what and from where: written with the change it tells of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from services import clock
from services.data import audit
from services.data.audit import AuditEvent
from services.data.engine import ROOT_PATH, Database
from services.data.work import Scope, Work
from services.security.actors import ROOT_ID

DONE, FAILED, REFUSED = "done", "failed", "refused"


class Placed(Protocol):
    """What lies at a place of the tree."""

    @property
    def organization_id(self) -> int:
        """Return whose it is."""

    @property
    def access_path(self) -> str:
        """Return where that stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """An organization where only its number and its path are known."""

    organization_id: int
    access_path: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to which object, with what of it was before and after, never a secret.

    `at` is when; the moment of writing where nothing else is said.
    """

    action: str
    resource: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    result: str = DONE


@dataclass(frozen=True, slots=True)
class Sender:
    """By which channel something came in, from which network address, or from whom at a machine.

    `operator` is a user of the operating system: nobody signs in at a command line.
    """

    channel: str
    address: str = ""
    operator: str = ""


WEB, API, COMMAND, MQTT, JOB = "web", "api", "command", "mqtt", "job"
# The platform itself, for what belongs to no organization: people, roles, sign-in.
PLATFORM = Place(ROOT_ID, ROOT_PATH)
# In what is told of a command: who sat at the machine.
OPERATOR = "system_user"
_UNSAID = Sender(COMMAND)
_SENDER: ContextVar[Sender | None] = ContextVar("sender", default=None)


def set_sender(sender: Sender) -> None:
    """Say where what follows comes from: for the rest of a request."""
    _SENDER.set(sender)


@contextmanager
def sent_by(sender: Sender) -> Iterator[None]:
    """Say where what is done inside comes from."""
    before = _SENDER.set(sender)
    try:
        yield
    finally:
        _SENDER.reset(before)


def record_deed(work: Work, person_id: int | None, subject: Placed, deed: Deed) -> None:
    """Write a deed in the transaction of the change it tells of."""
    sender = _SENDER.get() or _UNSAID
    after = {**deed.after, OPERATOR: sender.operator} if sender.operator else deed.after
    event = AuditEvent(
        organization_id=subject.organization_id,
        access_path=subject.access_path,
        person_id=person_id,
        action=deed.action,
        resource=deed.resource,
        at=deed.at or clock.now(),
        before=deed.before,
        after=after,
        channel=sender.channel,
        address=sender.address,
        result=deed.result,
        before_digest=digest(deed.before),
        after_digest=digest(after),
    )
    audit.add(work, event)


def record_alone(database: Database, person_id: int | None, deed: Deed) -> None:
    """Write a deed that changed nothing, such as a refusal, in a transaction of its own."""
    with database.work(Scope(person_id=person_id)) as work:
        record_deed(work, person_id, PLATFORM, deed)
        work.commit()


def digest(told: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what was told, which stays when it has to be erased; "" for nothing."""
    if not told:
        return ""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
