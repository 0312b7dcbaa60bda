"""What a station sends by HJ 212 becomes readings and an answer, as all others do (4.2 c)."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.clock import SHANGHAI
from services.collection.admission import (
    Accepted,
    Arrival,
    Refused,
    Registry,
    WellFormed,
    row_of,
)
from services.collection.hj212 import Broken, Packets, Segment, frame, parse_segment
from services.collection.hj212_readings import message_of
from services.collection.intake import ROOT, Intake
from services.collection.refusals import Reason, RefusedError, storable
from services.collection.topics import UpTopic
from services.data import telemetry
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.telemetry import WEAK, KnownDevice, RowsRefusedError, StorageAwayError

ANSWERED, REFUSED = "9014", "9011"
# What 9011 says of a request that is not carried out (HJ 212-2017 table 8, recalled).
CODES = {
    Reason.WRONG_PASSWORD: 3,
    Reason.UNKNOWN_DEVICE: 4,
    Reason.COMMAND: 8,
    Reason.CRC: 9,
}
NOT_CARRIED_OUT = 2
EDITION_BITS = {"2005": 0, "2017": 4, "2025": 8}
_PASSWORD = re.compile(rb"PW=[^;]*")


@dataclass(frozen=True, slots=True)
class Station:
    """A registered station with the public number of its organization."""

    tenant: UUID
    device: KnownDevice


def secret_of(password: str) -> bytes:
    """Return what is kept of the clear password of a station."""
    return hashlib.sha256(password.encode()).digest()


class StationIntake:
    """Takes the frames of one connection, one after another."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self._database = database
        self._intake = intake
        self._packets = Packets()
        # Who tries passwords has to connect anew for each.
        self.is_stranger = False

    def take(self, found: bytes | Broken, received_at: datetime) -> bytes:
        """Store a frame or set it aside, and return the answer to send; StorageAwayError if away.

        An answer 9014 leaves only after COMMIT; without one the station sends again.
        """
        if isinstance(found, Broken):
            self._set_aside(
                Refused(_arrival("", found.raw, received_at), found.reason, storable(found.where))
            )
            return b""
        segment: Segment | None = None
        station: Station | None = None
        arrival = _arrival("", found, received_at)
        try:
            segment = parse_segment(found)
            arrival = _arrival(segment.station, found, received_at)
            station = self._station_of(segment)
            whole = self._packets.add(segment)
            if whole is None:
                return b""
            return self._store(whole, station, arrival)
        except RefusedError as error:
            self.is_stranger |= error.reason is Reason.WRONG_PASSWORD
            topic = _topic(station, segment.command) if station and segment else None
            self._set_aside(Refused(arrival, error.reason, error.where, topic), station)
            return _answer(segment, error.reason) if segment else b""

    def _station_of(self, segment: Segment) -> Station:
        with telemetry.told_apart(), self._database.work(SYSTEM_SCOPE) as work:
            found = telemetry.stations(work, segment.station)
        if not found:
            raise RefusedError(Reason.UNKNOWN_DEVICE, segment.station)
        given = secret_of(segment.password)
        for tenant, device in found:
            if hmac.compare_digest(given, device.secret):
                return Station(tenant, device)
        raise RefusedError(Reason.WRONG_PASSWORD, segment.station)

    def _store(self, whole: Segment, station: Station, arrival: Arrival) -> bytes:
        device = station.device
        day = arrival.received_at.astimezone(SHANGHAI).date()
        message = message_of(whole, device.gateway, frozenset(device.points), day)
        origin = WellFormed(arrival, _topic(station, whole.command), message)
        accepted = Accepted(origin, row_of(origin, device)._replace(integrity=WEAK))
        try:
            with telemetry.told_apart():
                written = self._intake.write([accepted], [], _registry(station))
        except RowsRefusedError as error:
            raise RefusedError(Reason.DATABASE, str(error.values["reason"])) from error
        if written.refused:
            return _answer(whole, written.refused[0].reason)
        # One that came too early is not answered, and comes again.
        return b"" if written.early else _answer(whole, None)

    def _set_aside(self, refused: Refused, station: Station | None = None) -> None:
        registry = _registry(station) if station else Registry(ROOT, {}, {})
        try:
            with telemetry.told_apart():
                self._intake.write([], [refused], registry)
        except RowsRefusedError as error:
            raise StorageAwayError(reason=str(error.values["reason"])) from error


def _arrival(station: str, data: bytes, received_at: datetime) -> Arrival:
    # The password is everything there is to tell a station by: it is kept nowhere.
    return Arrival(f"hj212/{station}", _PASSWORD.sub(b"PW=***", data), received_at)


def _topic(station: Station, command: str) -> UpTopic:
    return UpTopic(station.tenant, station.device.gateway, command)


def _registry(station: Station) -> Registry:
    return Registry(ROOT, {station.tenant: station.device.place}, {})


def _answer(segment: Segment, reason: Reason | None) -> bytes:
    """Return 9014 for what is stored and 9011 for what is refused, where an answer is asked for."""
    if not segment.asks_answer or not segment.request:
        return b""
    area = "" if reason is None else f"QnRtn={CODES.get(reason, NOT_CARRIED_OUT)}"
    command = ANSWERED if reason is None else REFUSED
    flag = EDITION_BITS[segment.edition]
    return frame(
        f"QN={segment.request};ST=91;CN={command};PW={segment.password};MN={segment.station};"
        f"Flag={flag};CP=&&{area}&&"
    )
