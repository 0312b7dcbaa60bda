"""A thousand malformed messages and frames: nothing stored, everything set aside with a reason."""

from pathlib import Path

import pytest
from sqlalchemy import text

from services import clock
from services.collection.admission import Arrival
from services.collection.hj212 import Frames
from services.collection.hj212_intake import StationIntake
from services.collection.intake import Intake
from services.collection.refusals import Reason
from services.collection.stations import NewStation, register_station
from services.data.engine import SYSTEM_SCOPE
from tests.bad_payloads import Frames212, Messages
from tests.meters import add_meter

pytestmark = pytest.mark.postgres

SEED = 20261127
EACH = 500
BATCH = 50
NAMES = {"zh-CN": "示例监测站", "en": "Sample station"}
# Every crash that was ever found, and what was made by hand to be hard.
CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "telemetry").iterdir())


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture
def station(database, meter):
    new = NewStation("88888880000001", "DAS-1", NAMES)
    place = meter.firm.organization_id
    return register_station(meter.reporter, database, place, new, clock.now())


def count(database, what):
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.execute(text(f"SELECT {what}")).scalar_one()


def arrivals(database):
    return int(count(database, "coalesce(sum(arrivals), 0) FROM collected.quarantine"))


def reasons(database):
    with database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT DISTINCT reason FROM collected.quarantine")
        return set(work.connection.execute(query).scalars())


def test_no_malformed_message_is_stored_and_none_holds_up_a_good_one(database, meter):
    intake, bad = Intake(database), Messages(meter, SEED).make(EACH)
    for begin in range(0, EACH, BATCH):
        batch = [Arrival(b.topic, b.payload, clock.now()) for b in bad[begin : begin + BATCH]]
        outcome = intake.store([*batch, meter.arrival(begin)])
        assert (outcome.stored, outcome.set_aside) == (1, BATCH), kinds_stored(database, bad)
    assert count(database, "count(*) FROM collected.reading") == EACH // BATCH
    assert arrivals(database) == EACH
    assert reasons(database) <= set(Reason)
    assert len(reasons(database)) >= 15


def kinds_stored(database, bad):
    """Tell which of them were stored, by the numbers that good ones do not have."""
    with database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT sequence FROM collected.message WHERE sequence >= 1000000")
        found = work.connection.execute(query).scalars()
        return [bad[number - 1_000_000].kind for number in found]


def test_no_malformed_frame_is_stored(database, meter, station):
    intake, seen = Intake(database), 0
    for bad in Frames212(station, SEED).make(EACH):
        frames, one = Frames(), StationIntake(database, intake)
        for found in frames.feed(bad.payload):
            seen += 1
            answer = one.take(found, clock.now())
            assert b"CN=9014" not in answer, bad
    assert count(database, "count(*) FROM collected.reading") == 0
    assert arrivals(database) == seen
    assert seen > EACH / 2
    assert reasons(database) <= set(Reason)
    assert len(reasons(database)) >= 10


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_corpus_is_set_aside(database, meter, path):
    payload = path.read_bytes()
    if path.suffix == ".mqtt":
        assert Intake(database).store([meter.raw(payload)]).set_aside == 1
    else:
        station = StationIntake(database, Intake(database))
        found = list(Frames().feed(payload))
        assert [station.take(one, clock.now()) for one in found] == [b""] * len(found)
        assert arrivals(database) == len(found) > 0
    assert count(database, "count(*) FROM collected.reading") == 0
