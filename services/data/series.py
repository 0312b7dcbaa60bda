"""Repository of published series: load them from files, read them with names of regions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import delete, insert, select

from services.data.base_tables import division
from services.data.series_files import Series, SeriesFile, SeriesValue, read_folder
from services.data.series_tables import series, series_value
from services.data.work import Work
from services.errors import NotFoundError

NATIONAL_ENERGY = "national_energy"
NATIONAL_CO2 = "national_co2"
PROVINCE_CO2 = "province_co2"
_FIGURE = tuple(field.name for field in fields(SeriesValue))


def load(work: Work, files: Iterable[SeriesFile] | None = None) -> int:
    """Bring the stored series up to the files, by content hash; return how many changed."""
    known = work.connection.execute(select(series.c.series_id, series.c.content_hash))
    stored = {row.series_id: row.content_hash for row in known}
    changed = [
        file
        for file in (read_folder() if files is None else files)
        if stored.get(file.series.series_id) != file.series.content_hash
    ]
    for file in changed:
        _replace(work, file)
    return len(changed)


def series_of(work: Work, series_id: str) -> Series:
    """Return what a series is and whose; NotFoundError when it was never loaded."""
    row = work.connection.execute(select(series).where(series.c.series_id == series_id)).first()
    if row is None:
        raise NotFoundError("series", value=series_id)
    return Series(
        row.series_id, row.kind, row.unit, row.url, row.retrieved_on, row.texts, row.content_hash
    )


def values_of(
    work: Work, series_id: str, region_code: str | None = None
) -> tuple[SeriesValue, ...]:
    """Return the figures of a series, of one region when it is named, by region and year."""
    query = select(
        series_value.c.region_code,
        series_value.c.year,
        series_value.c.indicator,
        series_value.c.value,
        series_value.c.flag,
    ).where(series_value.c.series_id == series_id)
    if region_code is not None:
        query = query.where(series_value.c.region_code == region_code)
    query = query.order_by(
        series_value.c.region_code, series_value.c.year, series_value.c.indicator
    )
    return tuple(SeriesValue(*row) for row in work.connection.execute(query))


def province_names(work: Work) -> dict[str, dict[str, str]]:
    """Return the short names of the provinces by code and language, in the official order."""
    query = (
        select(division.c.code, division.c.short_zh, division.c.name_en)
        .where(division.c.kind == "province")
        .order_by(division.c.sort_order)
    )
    return {
        code: {"zh-CN": short, "en": english}
        for code, short, english in work.connection.execute(query)
    }


def _replace(work: Work, file: SeriesFile) -> None:
    series_id = file.series.series_id
    work.connection.execute(delete(series_value).where(series_value.c.series_id == series_id))
    work.connection.execute(delete(series).where(series.c.series_id == series_id))
    work.connection.execute(insert(series).values(**asdict(file.series)))
    work.connection.execute(
        insert(series_value),
        [
            {"series_id": series_id} | {name: getattr(value, name) for name in _FIGURE}
            for value in file.values
        ],
    )
