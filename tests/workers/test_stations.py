"""Stations that speak HJ 212 over TCP: stored once, answered after COMMIT, marked as weak."""

import asyncio
import socket
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from services import clock
from services.clock import SHANGHAI
from services.collection.hj212 import Frames, frame, parse_segment
from services.collection.hj212_intake import secret_of
from services.collection.intake import Intake
from services.collection.stations import NewStation, register_station
from services.collection.telemetry import DeviceFieldError, quarantine_of
from services.data.devices import DeviceExistsError
from services.data.engine import SYSTEM_SCOPE
from tests.fixtures.databases import opened
from tests.meters import add_meter, reporter_of
from tests.places import SUZHOU, add_firm
from tests.waiting import wait_until
from workers.embedded.ports import LOOPBACK, answers, free_port
from workers.stations import Stations

pytestmark = pytest.mark.postgres

MN = "88888880000001"
NAMES = {"zh-CN": "示例监测站", "en": "Sample station"}
STORED = text(
    "SELECT p.code, r.value, r.quality, r.taken_at, m.integrity, m.boot, m.sequence "
    "FROM collected.reading r JOIN collected.message m USING (organization_id, message_id) "
    "JOIN collected.point p USING (organization_id, point_id) ORDER BY r.taken_at, 1"
)


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def reporter(firm):
    return reporter_of(firm)


@pytest.fixture
def station(database, firm, reporter):
    new = NewStation(MN, "DAS-1", NAMES)
    return register_station(reporter, database, firm.organization_id, new, clock.now())


@pytest.fixture
def port(app_url):
    """A listener of our own, in a thread."""
    free, loop, stop = free_port(), asyncio.new_event_loop(), asyncio.Event()
    with opened(app_url) as database:
        serving = Stations(database, Intake(database)).serve(LOOPBACK, free, stop)

        def serve():
            # Wholly in the thread: the tests of a browser leave a loop running in the main one.
            loop.run_until_complete(serving)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

        thread = threading.Thread(target=serve)
        thread.start()
        wait_until(lambda: answers(free), 60)
        yield free
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)


def at(minutes_ago=0):
    return (
        (clock.now() - timedelta(minutes=minutes_ago)).astimezone(SHANGHAI).replace(microsecond=0)
    )


def segment(station, values, when=None, **changes):
    when = when or at()
    usual = {
        "QN": f"{when:%Y%m%d%H%M%S}000",
        "ST": "31",
        "CN": "2011",
        "PW": station.password,
        "MN": station.number,
        "Flag": "5",
    } | changes
    head = ";".join(f"{name}={value}" for name, value in usual.items() if value is not None)
    return f"{head};CP=&&DataTime={when:%Y%m%d%H%M%S};{values}&&"


CO2 = "a05001-Rtd=95.5,a05001-Flag=N;a21026-Rtd=12.1,a21026-Flag=N;a00000-Rtd=400.25,a00000-Flag=S"


def talk(port, *segments, answered=None):
    """Send frames over one connection and return the answers."""
    with closing(socket.create_connection((LOOPBACK, port), 20)) as line:
        frames, found = Frames(), []
        for one in segments:
            line.sendall(one if isinstance(one, bytes) else frame(one))
        expected = len(segments) if answered is None else answered
        while len(found) < expected and (piece := line.recv(4096)):
            found += frames.feed(piece)
        return [parse_segment(one) for one in found]


def stored(database):
    with database.work(SYSTEM_SCOPE) as work:
        return [tuple(row) for row in work.connection.execute(STORED)]


def reasons(database, firm, reporter):
    return sorted(row.reason for row in quarantine_of(reporter, database, firm.organization_id))


def test_the_registered_pollutants_are_stored_as_weak_and_answered(database, station, port):
    when = at(5)
    sent = segment(station, CO2, when)
    (answer,) = talk(port, sent)
    assert (answer.command, answer.area, answer.edition) == ("9014", "", "2017")
    assert answer.request == parse_segment(sent.encode()).request
    number = int(f"{when:%Y%m%d%H%M%S}")
    # By hand is substituted (3); what nobody registered is left where it is.
    assert stored(database) == [
        ("2011.a00000-Rtd", 400.25, 3, when, "weak", "hj212-2011", number),
        ("2011.a05001-Rtd", 95.5, 0, when, "weak", "hj212-2011", number),
    ]


def test_a_datum_that_comes_again_with_another_request_code_is_stored_once(
    database, station, port, firm, reporter
):
    when = at(5)
    again = segment(station, CO2, when, QN=f"{at(1):%Y%m%d%H%M%S}123")
    answers_ = talk(port, segment(station, CO2, when), again)
    assert [one.command for one in answers_] == ["9014", "9014"]
    assert len(stored(database)) == 2
    (refused,) = talk(port, segment(station, CO2.replace("95.5", "96.5"), when))
    assert (refused.command, refused.area) == ("9011", "QnRtn=2")
    assert reasons(database, firm, reporter) == ["key_reused"]
    assert len(stored(database)) == 2


def test_packets_are_stored_together_and_answered_once(database, station, port):
    when = at(5)
    parts = [
        segment(station, CO2.split(";")[at_], when, Flag="7", PNUM="2", PNO=str(number))
        for number, at_ in ((2, 2), (1, 0))
    ]
    (answer,) = talk(port, *parts, answered=1)
    assert answer.command == "9014"
    assert [row[1] for row in stored(database)] == [400.25, 95.5]


def test_one_of_2005_without_a_flag_is_stored_and_not_answered(database, station, port):
    sent = segment(station, "a05001-Rtd=1.5", at(5), Flag=None, QN=None)
    assert talk(port, sent, segment(station, CO2, at(4)), answered=1)[0].command == "9014"
    assert [row[1] for row in stored(database)] == [1.5, 400.25, 95.5]


REFUSED = {
    "wrong_password": (lambda s: segment(s, CO2, PW="XXXXXX"), "QnRtn=3"),
    "command": (lambda s: segment(s, CO2, CN="3020"), "QnRtn=8"),
    "unknown_point": (lambda s: segment(s, "a21026-Rtd=1"), "QnRtn=2"),
    "not_finite": (lambda s: segment(s, "a05001-Rtd=1e400"), "QnRtn=2"),
    "encrypted": (
        lambda s: f"{segment(s, '').split('CP=')[0].replace('Flag=5', 'Flag=9')}CP=&&0A1B2C&&",
        "QnRtn=2",
    ),
    "too_new": (lambda s: segment(s, CO2, at(-60)), "QnRtn=2"),
    "name_twice": (lambda s: segment(s, "a05001-Rtd=1;a05001-Rtd=2"), "QnRtn=2"),
}


@pytest.mark.parametrize("reason", sorted(REFUSED))
def test_what_is_refused_is_set_aside_without_its_password_and_the_station_is_told(
    database, station, port, reason
):
    make, told = REFUSED[reason]
    (answer,) = talk(port, make(station))
    assert (answer.command, answer.area) == ("9011", told)
    assert stored(database) == []
    with database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT reason, convert_from(payload, 'UTF8') FROM collected.quarantine")
        ((found, payload),) = work.connection.execute(query).all()
    assert found == reason
    assert "PW=***" in payload
    assert station.password not in payload
    assert "XXXXXX" not in payload


def test_noise_holds_up_nothing_and_a_stranger_is_set_aside_at_the_root(database, station, port):
    unknown = segment(station, CO2, MN="99999990000009")
    good = segment(station, CO2, at(3))
    answers_ = talk(port, b"noise##00x1", frame(good)[:-6] + b"0000\r\n", unknown, good, answered=2)
    assert [(one.command, one.area) for one in answers_] == [("9011", "QnRtn=4"), ("9014", "")]
    with database.work(SYSTEM_SCOPE) as work:
        found = work.connection.execute(
            text("SELECT reason FROM collected.quarantine WHERE organization_id = 100000")
        ).scalars()
        assert sorted(found) == ["crc", "frame", "frame", "frame", "unknown_device"]


def test_who_guesses_passwords_has_to_connect_for_each(station, port):
    wrong = [segment(station, CO2, PW=f"XXXXX{n}") for n in range(3)]
    assert len(talk(port, *wrong)) == 1


def test_who_registers_the_number_of_another_gets_nothing_of_theirs(
    database, station, port, firm, reporter
):
    other = add_firm(database, "T2", SUZHOU)
    new = NewStation(MN, "DAS-1", NAMES)
    copy = register_station(reporter_of(other), database, other.organization_id, new, clock.now())
    assert [one.command for one in talk(port, segment(station, CO2, at(5)))] == ["9014"]
    with database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT DISTINCT organization_id FROM collected.message")
        assert list(work.connection.execute(query).scalars()) == [firm.organization_id]
    assert copy.password != station.password
    with pytest.raises(DeviceExistsError):
        register_station(reporter, database, firm.organization_id, new, clock.now())
    odd = NewStation("MN 1", "DAS-1", NAMES)
    with pytest.raises(DeviceFieldError):
        register_station(reporter, database, firm.organization_id, odd, clock.now())


def test_nobody_signs_with_the_password_of_a_station(database, station, firm, reporter):
    meter = add_meter(database, "METER-1", firm, reporter)
    forged = meter.arrival(
        0,
        key=secret_of(station.password),
        dev=MN,
        gw="DAS-1",
        kid="pw",
        vals={"2011.a05001-Rtd": 1.0},
        topic=f"c/{meter.device.tenant}/DAS-1/up/main",
    )
    assert Intake(database).store([forged]).set_aside == 1
    assert reasons(database, firm, reporter) == ["unknown_key"]
