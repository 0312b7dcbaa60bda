"""Secrets of devices are sealed at rest, bound to their device, and those left open are sealed."""

import psycopg
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from services.clock import now
from services.collection.intake import Intake
from services.data import migrate
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.data.metadata import metadata
from services.data.sealing import Sealing, owner_of, seal_devices
from services.data.telemetry_tables import device
from services.data.work import DeviceKeyError
from services.preparation import bring_up_to_date
from tests.doors import DEVICE_KEY
from tests.meters import add_meter
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
KEY, OTHER = bytes.fromhex(DEVICE_KEY), bytes(range(32))
PLAIN = bytes(range(100, 132))
OLD_ROW = text(
    "INSERT INTO collected.device (organization_id, access_path, code, gateway, name_zh, name_en,"
    " interval_s, key_id, secret, registered_at)"
    " VALUES (100000, 'cn', :code, 'G', '表', 'M', 10, 'k1', :secret, :at)"
)


def sealed_by_code(work):
    found = work.connection.execute(text("SELECT code, secret FROM collected.device"))
    return {code: bytes(secret) for code, secret in found}


def dump(address):
    """Return every row of every table as the copy of a database would hold it."""
    with psycopg.connect(address) as connection:
        for name in metadata.tables:
            with connection.cursor().copy(f"COPY (SELECT * FROM {name}) TO STDOUT") as rows:
                yield name, b"".join(bytes(part) for part in rows)


def test_a_dump_of_the_database_holds_no_secret_of_a_device(database, servers):
    meters = [add_meter(database)]
    meters.append(add_meter(database, "METER-2", meters[0].firm, meters[0].reporter))
    assert Intake(database).store([one.arrival(0) for one in meters]).stored == 2
    found = dict(dump(servers.postgres.url(SUPERUSER, database.engine.url.database)))
    assert b"METER-2" in found["collected.device"]
    for secret in (one.device.key.secret for one in meters):
        assert [n for n, rows in found.items() if secret.hex().encode() in rows.lower()] == []


def test_a_secret_moved_to_another_device_opens_nothing(database):
    first = add_meter(database)
    second = add_meter(database, "METER-2", first.firm, first.reporter)
    with database.work(SYSTEM_SCOPE) as work:
        moved = sealed_by_code(work)["METER-1"]
        there = update(device).where(device.c.code == "METER-2")
        work.connection.execute(there.values(secret=moved))
        work.commit()
    # Neither the key that was moved there, nor the one before, nor an empty one.
    for key in (first.device.key.secret, second.device.key.secret, b""):
        payload = second.payload(0, key=key or b"\0")
        assert Intake(database).store([second.raw(payload, second.topic)]).set_aside == 1
    assert Intake(database).store([first.arrival(0)]).stored == 1


def test_what_an_older_version_left_open_is_sealed_once_and_held_closed(empty_owner_url):
    bring_up_to_date(empty_owner_url)
    migrate.downgrade(empty_owner_url, "0029")
    old = {"code": "OLD", "secret": PLAIN, "at": now()}
    with owner_work(empty_owner_url) as work:
        work.connection.execute(OLD_ROW, old)
        work.commit()
    bring_up_to_date(empty_owner_url, Sealing(KEY))
    with owner_work(empty_owner_url) as work:
        sealed = sealed_by_code(work)["OLD"]
        assert PLAIN not in sealed
        assert Sealing(KEY).unseal(sealed, owner_of(100_000, "OLD", "k1")) == PLAIN
        assert seal_devices(work, Sealing(KEY)) == 0
        with pytest.raises(IntegrityError, match="device_secret_is_sealed"):
            work.connection.execute(OLD_ROW, old | {"code": "NEW"})


def test_a_start_with_another_key_is_refused(owner_url, database):
    add_meter(database)
    with pytest.raises(DeviceKeyError, match="SHUANGTAN_DEVICE_KEY"):
        bring_up_to_date(owner_url, Sealing(OTHER))
    bring_up_to_date(owner_url, Sealing(KEY))


def test_a_secret_is_opened_once_and_what_does_not_open_is_nobodys():
    sealing = Sealing(KEY)
    sealed = sealing.seal(PLAIN, "a")
    assert sealing.opened(sealed, "a") == PLAIN
    assert sealing.opened(sealed, "a") is sealing.opened(sealed, "a")
    nobodys = {
        sealing.opened(sealed, "b"),
        sealing.opened(sealed, "b"),
        Sealing(OTHER).opened(sealed, "a"),
    }
    assert len(nobodys) == 3
    assert PLAIN not in nobodys
