"""The sample meters: a day of readings for each 示例 plant, and nothing flows by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services import clock
from services.collection import telemetry
from services.collection.co2_measurement import measured
from services.collection.telemetry_sample import CEMS_YEAR, load_sample_cems, load_sample_devices
from services.data.engine import SYSTEM_SCOPE
from services.metering import SeriesQuery
from tests.meters import reporter_of
from tests.places import SUZHOU, add_firm

pytestmark = pytest.mark.postgres


def test_each_plant_gets_two_meters_with_a_day_of_readings(database):
    plants = [add_firm(database, "T1"), add_firm(database, "T2", SUZHOU)]
    now = clock.now()
    with database.work(SYSTEM_SCOPE) as work:
        made = load_sample_devices(work, plants, now)
        work.commit()
    assert len(made) == 4
    assert len({device.key.secret for device in made}) == 4
    with database.work(SYSTEM_SCOPE) as work:
        # 2 plants × 2 meters × 2 points × 24 h × 60 min
        assert work.connection.scalar(text("SELECT count(*) FROM collected.reading")) == 11_520
    reporter = reporter_of(plants[0])
    meter, _ = telemetry.devices_of(reporter, database, plants[0].organization_id)
    assert meter.names["zh-CN"].startswith("示例")
    assert meter.names["en"].startswith("Sample")
    power, energy = meter.points
    assert energy.value == pytest.approx(24 * 4200, rel=0.02)
    query = SeriesQuery(meter.device_id, power.point_id, now - timedelta(days=2), now, 500)
    bins = telemetry.series(reporter, database, plants[0].organization_id, query)
    assert sum(b.count for b in bins) == 1440


def test_one_plant_gets_a_year_of_flue_gas_that_is_rolled_up(database):
    plant = add_firm(database, "T1")
    with database.work(SYSTEM_SCOPE) as work:
        load_sample_cems(work, plant, clock.now())
        found = measured(work, plant.access_path, CEMS_YEAR)
        work.commit()
    (device,) = telemetry.devices_of(reporter_of(plant), database, plant.organization_id)
    assert device.names["zh-CN"].startswith("示例")
    assert found.tonnes == pytest.approx(386 * 8424, rel=0.01)
