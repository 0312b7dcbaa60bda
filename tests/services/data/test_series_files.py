"""The tables under base/series: whole, with papers, and no gap without a reason."""

import math

import pytest

from services.data.series_files import FOLDER, SeriesFileError, read_file, read_folder

PAPERS = """
kind = "emissions"
unit = "Mt"
url = "https://example.org"
retrieved_on = 2026-11-22
indicators = ["coal", "oil"]
[missing]
540000 = "not_covered"
[zh-CN]
title = "甲"
publisher = "乙"
edition = "丙"
licence = "丁"
note = "戊"
[en]
title = "a"
publisher = "b"
edition = "c"
licence = "d"
note = "e"
"""


@pytest.fixture
def write(tmp_path):
    def written(table, papers=PAPERS):
        (tmp_path / "trial.csv").write_text(table, encoding="utf-8")
        (tmp_path / "trial.toml").write_text(papers, encoding="utf-8")
        return tmp_path / "trial.csv"

    return written


@pytest.fixture(scope="module")
def files():
    return {file.series.series_id: file for file in read_folder()}


def value(files, series_id, region_code, year, indicator):
    (found,) = (
        v
        for v in files[series_id].values
        if (v.region_code, v.year, v.indicator) == (region_code, year, indicator)
    )
    return found


def test_the_three_series_are_there(files):
    assert set(files) == {"national_energy", "national_co2", "province_co2"}


def test_energy_of_2020_is_the_published_one(files):
    # Energy Institute, Statistical Review 2024: coal 84.25 EJ in 2020.
    assert value(files, "national_energy", "100000", 2020, "coal").value == 84.2492


def test_national_energy_covers_1965_to_2023_without_a_gap(files):
    years = {v.year for v in files["national_energy"].values}
    assert years == set(range(1965, 2024))
    assert all(v.value is not None for v in files["national_energy"].values)


def test_thirty_provinces_are_published_from_1997_to_2019(files):
    values = files["province_co2"].values
    known = {v.region_code for v in values if v.value is not None}
    assert len(known) == 30
    assert {v.year for v in values} == set(range(1997, 2020))


@pytest.mark.parametrize("region_code", ["540000", "710000", "810000", "820000"])
def test_a_province_without_figures_has_a_reason_and_never_zero(files, region_code):
    found = [v for v in files["province_co2"].values if v.region_code == region_code]
    assert len(found) == 23 * 4
    assert all(v.value is None and v.flag for v in found)


@pytest.mark.parametrize(
    ("region_code", "year"),
    [("460000", 2002), ("640000", 2000), ("640000", 2001), ("640000", 2002)],
)
def test_a_year_with_cement_only_has_no_energy_figures(files, region_code, year):
    assert value(files, "province_co2", region_code, year, "coal").value is None
    assert value(files, "province_co2", region_code, year, "process").value > 0
    assert value(files, "province_co2", region_code, year, "coal").flag == "process_only"


def test_the_dip_of_yunnan_keeps_its_figure_and_is_marked(files):
    dip = value(files, "province_co2", "530000", 2004, "coal")
    assert (dip.value, dip.flag) == (47.1517, "dip")


def test_no_figure_of_any_series_is_missing_without_a_reason(files):
    for file in files.values():
        assert all(v.flag for v in file.values if v.value is None)
        assert all(math.isfinite(v.value) for v in file.values if v.value is not None)


def test_every_series_has_papers_in_both_languages(files):
    for file in files.values():
        for code in ("zh-CN", "en"):
            assert all(file.series.texts[code][part] for part in ("title", "licence", "note"))


def test_provinces_add_up_to_nearly_the_national_figure(files):
    # 2019: the provinces overlap and include more processes; CEADs' sum is known to be 0.99-1.08
    # of the country's.
    provinces = math.fsum(
        v.value for v in files["province_co2"].values if v.year == 2019 and v.value is not None
    )
    country = math.fsum(
        v.value
        for v in files["national_co2"].values
        if v.year == 2019 and v.indicator in ("coal", "oil", "gas", "cement")
    )
    assert 0.97 < provinces / country < 1.08


def test_a_gap_without_a_reason_is_refused_and_named(write):
    table = "region_code,year,coal,oil,flag\n110000,2019,1,,\n"
    with pytest.raises(SeriesFileError) as refused:
        read_file(write(table))
    assert refused.value.where == "trial.csv 110000 2019 oil"


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "1,5", "?"])
def test_a_figure_that_cannot_be_is_refused(write, text):
    table = f'region_code,year,coal,oil,flag\n110000,2019,1,"{text}",\n'
    with pytest.raises(SeriesFileError):
        read_file(write(table))


def test_papers_without_a_licence_are_refused(write):
    table = "region_code,year,coal,oil,flag\n110000,2019,1,2,\n"
    with pytest.raises(SeriesFileError) as refused:
        read_file(write(table, PAPERS.replace('licence = "d"\n', "")))
    assert refused.value.where == "trial.csv [en]"


def test_another_figure_gives_another_content_hash(write):
    table = "region_code,year,coal,oil,flag\n110000,2019,1,2,\n"
    first = read_file(write(table)).series.content_hash
    assert read_file(write(table.replace("1,2,", "1,3,"))).series.content_hash != first


def test_the_folder_holds_papers_for_every_table():
    assert {p.stem for p in FOLDER.glob("*.csv")} == {p.stem for p in FOLDER.glob("*.toml")}
