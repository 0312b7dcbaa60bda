"""Published series in the database: loaded once, readable by all, writable by the owner only."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from services.data import series
from services.data.engine import owner_work
from services.data.migrate import downgrade, upgrade
from services.data.series_files import read_folder
from services.data.series_tables import series_value
from services.data.work import Scope
from services.errors import NotFoundError

NOBODY = Scope()


def count(work):
    return work.connection.scalar(select(func.count()).select_from(series_value))


def test_every_figure_of_the_files_is_in_the_database(database):
    with database.work(NOBODY) as work:
        assert count(work) == sum(len(file.values) for file in read_folder())


def test_figures_come_back_as_they_stand_in_the_file(database):
    (file,) = (f for f in read_folder() if f.series.series_id == series.NATIONAL_CO2)
    with database.work(NOBODY) as work:
        stored = series.values_of(work, series.NATIONAL_CO2)
        assert series.series_of(work, series.NATIONAL_CO2) == file.series
    assert set(stored) == set(file.values)


def test_one_region_can_be_read_alone(database):
    with database.work(NOBODY) as work:
        found = series.values_of(work, series.PROVINCE_CO2, "320000")
    assert {value.region_code for value in found} == {"320000"}
    assert len(found) == 23 * 4


def test_loading_again_changes_nothing(database, owner_url):
    with owner_work(owner_url) as work:
        assert series.load(work) == 0


def test_a_changed_file_replaces_its_series_and_no_other(database, owner_url):
    files = read_folder()
    changed = [
        type(f)(type(f.series)(**{**fields(f.series), "content_hash": "other"}), f.values[:3])
        if f.series.series_id == series.NATIONAL_CO2
        else f
        for f in files
    ]
    with owner_work(owner_url) as work:
        assert series.load(work, changed) == 1
        assert len(series.values_of(work, series.NATIONAL_CO2)) == 3
        assert len(series.values_of(work, series.NATIONAL_ENERGY)) == 59 * 6


def fields(found):
    return {name: getattr(found, name) for name in type(found).__dataclass_fields__}


@pytest.mark.parametrize(
    "order",
    [
        "DELETE FROM base.series_value",
        "UPDATE base.series_value SET value = 0",
        "INSERT INTO base.series_value VALUES ('national_co2', '1', 1, 'x', 1, '')",
    ],
)
def test_the_application_cannot_change_a_published_figure(database, order):
    with (
        database.work(NOBODY) as work,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        work.connection.execute(text(order))


def test_provinces_have_names_in_both_languages(database):
    with database.work(NOBODY) as work:
        names = series.province_names(work)
    assert len(names) == 34
    assert names["320000"] == {"zh-CN": "江苏", "en": "Jiangsu"}


def test_an_unknown_series_is_named(database):
    with database.work(NOBODY) as work, pytest.raises(NotFoundError) as missing:
        series.series_of(work, "nowhere")
    assert missing.value.values["value"] == "nowhere"


def test_the_migration_goes_down_and_up_again(empty_owner_url):
    assert upgrade(empty_owner_url, "0003") == "0003"
    assert downgrade(empty_owner_url, "0002") == "0002"
    with owner_work(empty_owner_url) as work:
        assert work.connection.scalar(text("SELECT to_regclass('base.series')")) is None
    assert upgrade(empty_owner_url, "0003") == "0003"
