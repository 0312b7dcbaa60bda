"""Read the tables under base/series: a CSV with the figures and a TOML with their papers."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.errors import PlatformError

FOLDER = Path(__file__).parent / "base" / "series"
TEXT_PARTS = {"title", "publisher", "edition", "licence", "note"}
LANGUAGES = ("zh-CN", "en")


class SeriesFileError(PlatformError):
    """A table of a published series holds what cannot be loaded."""

    text_key = "series_file"


@dataclass(frozen=True, slots=True)
class SeriesValue:
    """One published figure; without a value the flag says why, with one it may warn."""

    region_code: str
    year: int
    indicator: str
    value: float | None
    flag: str


@dataclass(frozen=True, slots=True)
class Series:
    """A published series: whose figures, in which unit, under which licence, taken when."""

    series_id: str
    kind: str
    unit: str
    url: str
    retrieved_on: date
    texts: dict[str, dict[str, str]]
    content_hash: str


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """A series as it lies in the folder, with all its figures."""

    series: Series
    values: tuple[SeriesValue, ...]


def read_folder(folder: Path = FOLDER) -> list[SeriesFile]:
    """Return every series of the folder, by name."""
    return [read_file(path) for path in sorted(folder.glob("*.csv"))]


def read_file(path: Path) -> SeriesFile:
    """Return one series, checked: papers complete, numbers finite, no gap without a reason."""
    papers = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    values = (
        *(value for row in rows for value in _values(row, papers["indicators"], path)),
        *_missing(papers, rows),
    )
    return SeriesFile(_series(path, papers), values)


def _series(path: Path, papers: dict[str, Any]) -> Series:
    texts = {code: dict(papers[code]) for code in LANGUAGES}
    for code, parts in texts.items():
        if set(parts) != TEXT_PARTS:
            raise SeriesFileError(f"{path.name} [{code}]", value=sorted(set(parts) ^ TEXT_PARTS))
    content = path.read_bytes() + path.with_suffix(".toml").read_bytes()
    return Series(
        series_id=path.stem,
        kind=papers["kind"],
        unit=papers["unit"],
        url=papers["url"],
        retrieved_on=papers["retrieved_on"],
        texts=texts,
        content_hash=hashlib.sha256(content).hexdigest(),
    )


def _values(row: dict[str, str], indicators: list[str], path: Path) -> Iterator[SeriesValue]:
    flag = row.get("flag", "")
    for indicator in indicators:
        text = row[indicator]
        where = f"{path.name} {row['region_code']} {row['year']} {indicator}"
        yield SeriesValue(
            row["region_code"], int(row["year"]), indicator, _number(text, flag, where), flag
        )


def _number(text: str, flag: str, where: str) -> float | None:
    if text == "" and flag:
        return None
    try:
        number = float(text)
    except ValueError:
        raise SeriesFileError(where, value=text) from None
    if not 0 <= number < float("inf"):
        raise SeriesFileError(where, value=text)
    return number


def _missing(papers: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[SeriesValue]:
    years = sorted({int(row["year"]) for row in rows})
    for region_code, reason in papers.get("missing", {}).items():
        for year in years:
            for indicator in papers["indicators"]:
                yield SeriesValue(region_code, year, indicator, None, reason)
