"""Activity and readings from other systems, checked as what is typed or measured (4.2 b)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from services import clock
from services.accounting.filing import EntryProblemsError
from services.collection import manual
from services.collection.admission import Accepted, Arrival, WellFormed, row_of
from services.collection.intake import ensure_months, write_messages, write_readings
from services.collection.manual import Entry, NoMethodError
from services.collection.readings import Message, Reading
from services.collection.refusals import Reason, RefusedError
from services.collection.rows import Row
from services.collection.topics import UpTopic
from services.data import organizations, telemetry
from services.data.drafts import DraftVersion
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.telemetry import TOKEN, KnownDevice, RowsRefusedError, StorageAwayError
from services.data.work import Work
from services.errors import ConflictError, PlatformError
from services.instants import Instants, instant
from services.security.permissions import Action, Actor, require
from services.security.readings import note_export
from services.security.scopes import scope_for
from services.security.trail import Deed
from services.standards.catalog import Catalog
from services.standards.checks import Problem

STREAM = "api"


class StaleDraftError(ConflictError):
    """The draft was changed since the revision that a program has seen."""

    text_key = "stale_draft"


class ReadingsAwayError(PlatformError):
    """Readings cannot be kept now; the same may be sent later."""

    text_key = "readings_away"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Rows for a draft; with `keep`, wrong cells are kept as typed, as the grid keeps them."""

    method: str
    rows: Sequence[Row]
    keep: bool = False


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message that was not stored: its place among those sent, why, and which member."""

    message: int
    reason: Reason
    where: str
    told: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the messages of a request."""

    stored: int
    repeated: int
    readings: int
    refused: tuple[RefusedMessage, ...]


def put_entry(
    actor: Actor, database: Database, catalog: Catalog, version: DraftVersion, new: NewEntry
) -> Entry:
    """Put rows into the draft of a year and return it as it stands then.

    EntryProblemsError names every cell that is wrong, and nothing is kept; StaleDraftError says
    that somebody else changed the draft.
    """
    entry = manual.read_entry(actor, database, version.organization_id, version.year)
    require(actor, Action.EDIT_ACTIVITY, entry.subject.access_path)
    method = catalog.describe(new.method).designation if new.method else entry.method
    if not method:
        raise NoMethodError("method", value=version.year)
    found = manual.check_rows(catalog, replace(entry, method=method), new.rows)
    wrong = [p for p in found if p.severity == "error"]
    if wrong and not new.keep:
        raise EntryProblemsError([Problem(p.record, p.field, p.severity, p.error) for p in wrong])
    try:
        manual.replace_draft(actor, database, version, method, new.rows)
    except ConflictError as error:
        raise StaleDraftError("draft", value=version.year) from error
    return manual.open_entry(actor, database, catalog, version.organization_id, version.year)


def take_readings(
    actor: Actor,
    database: Database,
    organization_id: int,
    messages: Sequence[Mapping[str, Any]],
) -> Taken:
    """Store messages of registered devices, each whole or not at all, in one transaction.

    They are admitted as those that devices sign, but nothing except the token of the sender says
    who measured: each is marked so. Whoever may register a device holds its key, and could sign.
    """
    try:
        with telemetry.told_apart():
            return _take(actor, database, organization_id, messages)
    except (StorageAwayError, RowsRefusedError) as error:
        raise ReadingsAwayError("readings", value=str(error.values["reason"])) from error


def _take(
    actor: Actor, database: Database, organization_id: int, messages: Sequence[Mapping[str, Any]]
) -> Taken:
    scope = scope_for(actor, Action.MANAGE_DEVICES)
    with database.work(scope) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, subject.access_path)
        known = _devices(work, subject, messages)
    admitted, refused = _admit(messages, known, subject)
    accepted = [one for _, one in admitted]
    ensure_months(database, {day for one in accepted for day in one.row.days})
    with database.work(scope) as work:
        fresh, repeated, reused = write_messages(work, accepted)
        readings = write_readings(work, fresh)
        places = {id(one.origin): at for at, one in admitted}
        refused += [_refused(places[id(r.origin)], r.reason, r.where) for r in reused]
        told = {"stored": len(fresh), "repeated": len(repeated), "refused": len(refused)}
        deed = Deed("send_readings", str(organization_id), after=told | {"readings": readings})
        note_export(work, actor, Action.MANAGE_DEVICES, subject, deed)
        work.commit()
    ordered = tuple(sorted(refused, key=lambda each: each.message))
    return Taken(len(fresh), len(repeated), readings, ordered)


def _devices(
    work: Work, subject: Organization, messages: Sequence[Mapping[str, Any]]
) -> Mapping[str, KnownDevice]:
    wanted = [(subject.organization_id, str(each["device"])) for each in messages]
    return {code: device for (_, code), device in telemetry.devices(work, wanted).items()}


def _admit(
    messages: Sequence[Mapping[str, Any]],
    known: Mapping[str, KnownDevice],
    subject: Organization,
) -> tuple[list[tuple[int, Accepted]], list[RefusedMessage]]:
    accepted: list[tuple[int, Accepted]] = []
    refused: list[RefusedMessage] = []
    now = clock.now()
    for at, sent in enumerate(messages):
        try:
            device = known.get(str(sent["device"]))
            if device is None:
                raise RefusedError(Reason.UNKNOWN_DEVICE, str(sent["device"]))
            origin = _well_formed(sent, device, subject, now)
            row = row_of(origin, device)._replace(integrity=TOKEN)
            accepted.append((at, Accepted(origin, row)))
        except RefusedError as error:
            refused.append(_refused(at, error.reason, error.where))
    return accepted, refused


def _well_formed(
    sent: Mapping[str, Any], device: KnownDevice, subject: Organization, now: datetime
) -> WellFormed:
    """Return a message of a program in the form in which those of devices are admitted."""
    payload = orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)
    message = Message(
        gateway=device.gateway,
        device=device.code,
        boot=sent["boot"],
        sequence=int(sent["sequence"]),
        historical=sent.get("historical", False),
        key_id="",
        signed=b"",
        mac="",
        digest=hashlib.sha256(payload).digest(),
        instants=Instants.of(r for sample in sent["readings"] for r in _readings(sample)),
    )
    topic = UpTopic(subject.public_id, device.gateway, STREAM)
    return WellFormed(Arrival(STREAM, payload, now), topic, message)


def _readings(sample: Mapping[str, Any]) -> list[Reading]:
    taken_at = instant(int(sample["ts"]))
    quality, time_quality = int(sample["q"]), int(sample["tq"])
    return [
        Reading(point, taken_at, float(value), quality, time_quality)
        for point, value in sample["vals"].items()
    ]


def _refused(at: int, reason: Reason, where: str) -> RefusedMessage:
    return RefusedMessage(at, reason, where, RefusedError(reason, where).explain().sentence())
