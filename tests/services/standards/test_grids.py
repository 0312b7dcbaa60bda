"""The grid of a place and year, and its newest factor that was known."""

from datetime import date

import pytest

from services.errors import PlatformError
from services.standards.catalog import load_catalog
from tests.services.standards.asking import (
    ETS_POWER,
    ETS_STEEL,
    KNOWN_ON,
    POWER,
    REGION,
    notices,
    record,
    result,
)


def bought(year, region, **others):
    return result(record("el_buy", MWh=1), method=POWER, year=year, region=region, **others)


@pytest.mark.parametrize(
    ("year", "region", "factor"),
    [
        (2021, "320000", 0.5992),
        (2022, "320100", 0.5617),
        (2023, "320102", 0.55),
        (2023, "370000", 0.6361),  # Shandong is in North China
        (2023, "510000", 0.2472),  # Southwest since 2021
        (2023, "500000", 0.2472),
        (2020, "510000", 0.5257),  # before, Central China; data of 2012
        (2020, "500000", 0.5257),
        (2021, "540000", 0.2113),
        (2023, "150100", 0.6361),
        (2023, "150400", 0.5122),  # eastern Inner Mongolia
        (2023, "150500", 0.5122),
        (2023, "150700", 0.5122),
        (2023, "152200", 0.5122),
        (2023, "460000", 0.4042),
    ],
)
def test_each_place_draws_from_its_grid(year, region, factor):
    assert bought(year, region).total_t == factor


@pytest.mark.parametrize(
    ("year", "region"),
    [(2020, "540000"), (2023, "710000"), (2023, "810000"), (2023, "820000"), (2023, "100000")],
)
def test_a_place_without_grid_asks_for_the_factor(year, region):
    with pytest.raises(PlatformError) as caught:
        bought(year, region)
    assert caught.value.text_key == "grid_unknown"
    assert caught.value.where == "records[0].inputs.EF"
    given = result(record("el_buy", MWh=2, EF=0.4), method=POWER, year=year, region=region)
    assert given.total_t == 0.8


def test_a_factor_carried_forward_says_its_age():
    line = bought(2025, "320000").lines[0]
    notice = next(n for n in line.warnings if n.key == "carried_forward")
    assert (notice.values["data_year"], notice.values["age"]) == (2023, 2)
    assert "华东" in notice.text()
    assert "2023" in line.inputs["EF"].reference.zh
    assert line.inputs["EF"].reference.en.startswith("East China grid 2023")
    assert "carried_forward" not in notices(bought(2023, "320000"))


@pytest.mark.parametrize(
    ("known_on", "factor"),
    [
        (date(2024, 4, 11), 0.7035),  # of 2012: the notice for 2021 came out a day later
        (date(2024, 4, 12), 0.5992),
        (date(2024, 12, 20), 0.5617),
        (date(2026, 1, 15), 0.55),
    ],
)
def test_an_old_report_uses_what_was_known(known_on, factor):
    assert bought(2023, "320000", known_on=known_on).total_t == factor


def test_no_factor_of_the_year_or_before_is_an_error():
    with pytest.raises(PlatformError) as caught:
        result(record("el_export", MWh=1), method=REGION, year=2004)
    assert caught.value.text_key == "grid_factor_missing"


def test_hainan_had_its_own_grid_in_2005():
    order = record("el_export", MWh=1)
    found = result(order, method=REGION, year=2005, region="460000")
    assert found.memo["el_export_t"] == 0.917


def test_all_of_inner_mongolia_is_said_to_be_split():
    assert "grid_split" in notices(bought(2023, "150000"))


def test_an_import_without_sender_uses_the_own_grid_and_says_so():
    found = result(record("el_import", MWh=1), method=REGION)
    assert found.memo["el_import_t"] == 0.55
    assert "sender_assumed" in notices(found)
    told = result(record("el_import", "510000", MWh=1), method=REGION)
    assert told.memo["el_import_t"] == 0.2472
    assert "sender_assumed" not in notices(told)


def test_data_years_ascend_in_every_grid():
    for series in load_catalog().grids.factors.values():
        years = [f.data_year for f in series]
        assert years == sorted(set(years))


@pytest.mark.parametrize(
    ("metric", "place", "year", "value"),
    [
        ("average", "national", 2023, 0.5306),
        ("ets_notice", "national", 2022, 0.5703),
        ("residual", "national", 2023, 0.6096),
        ("fossil_only", "national", 2023, 0.8273),
        ("average", "110000", 2022, 0.558),
    ],
)
def test_every_metric_has_its_own_series(metric, place, year, value):
    assert load_catalog().grids.factor(metric, place, year, KNOWN_ON).value == value


def test_the_metric_of_2018_and_2020_is_never_in_one_series_with_later_years():
    grids = load_catalog().grids
    assert {f.data_year for f in grids.series("peak_assessment", "110000")} == {2018, 2020}
    assert min(f.data_year for f in grids.series("average", "110000")) == 2021


@pytest.mark.parametrize(
    ("method", "year", "factor"),
    [
        (ETS_POWER, 2022, 0.5703),  # the notices of emissions trading, to 2023
        (ETS_POWER, 2023, 0.5703),
        (ETS_POWER, 2024, 0.5306),  # from then on the national average
        (ETS_STEEL, 2024, 0.5306),
    ],
)
def test_the_guides_take_the_national_factor(method, year, factor):
    found = result(record("el_buy", MWh=1), method=method, year=year, region="540000")
    assert found.total_t == factor
