"""Loading base data: the standards' files and the divisions, whenever their content changes."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.base_tables import (
    division,
    factor,
    fuel,
    gas,
    gwp,
    industry,
    organization,
    standard_load,
)
from services.data.engine import ROOT_PATH
from services.data.work import Work
from services.standards.catalog import Catalog, load_catalog
from services.standards.grid import GridFactor
from services.standards.model import Factor
from services.standards.tables import DATA_FOLDER, read_rows

FOLDER = Path(__file__).parent / "base"
REVISIONS = Path(__file__).parent / "migrations" / "versions"
COUNTRY = "100000"
STANDARD_FILES = ("gwp.csv", "items.csv", "factors.csv", "fuels.csv", "tables.csv",
                  "electricity_factors.csv", "documents.csv", "kinds.csv")  # fmt: skip
BASE_FILES = ("divisions.csv", "industries.csv")
# Two starting processes load one after the other.
_LOCK = 7_302_160_030

Row = Mapping[str, Any]


def load_base(work: Work) -> bool:
    """Load base data when a file changed since the last load; return whether it did."""
    digest = content_hash()
    work.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    newest = select(standard_load.c.content_hash).order_by(standard_load.c.loaded_at.desc())
    if work.connection.scalar(newest.limit(1)) == digest:
        return False
    counts = _load(work)
    again = upsert(standard_load).values(content_hash=digest, summary=counts)
    work.connection.execute(
        again.on_conflict_do_update(
            index_elements=["content_hash"], set_={"loaded_at": text("now()")}
        )
    )
    return True


def is_loaded(work: Work) -> bool:
    """Return whether the base data of this code was ever loaded, into the schema it needs."""
    ours = select(standard_load.c.content_hash).where(
        standard_load.c.content_hash == content_hash()
    )
    return work.connection.scalar(ours) is not None


def content_hash() -> str:
    """Return the SHA-256 of every file that base data comes from, and of the schema it needs."""
    digest = hashlib.sha256()
    for path in (*(DATA_FOLDER / n for n in STANDARD_FILES), *(FOLDER / n for n in BASE_FILES)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    # A new revision may bring columns to fill; a revision never changes once it is released.
    for path in sorted(REVISIONS.glob("*.py")):
        digest.update(path.name.encode() + b"\0")
    return digest.hexdigest()


def divisions() -> list[dict[str, str]]:
    """Return the country, its provinces and their cities."""
    return _read("divisions.csv")


def industries() -> list[dict[str, Any]]:
    """Return sections, divisions and classes of industry, each with the methods it names."""
    rows = _read("industries.csv")
    return [row | {"methods": [m for m in row["methods"].split("; ") if m]} for row in rows]


def _load(work: Work) -> dict[str, int]:
    regions = [_division(*pair) for pair in enumerate(divisions())]
    warming = read_rows("gwp.csv")
    gases = {row["gas"]: {"gas": row["gas"], "family": row["family"]} for row in warming}
    # Warming potentials point at gases, so they leave first and come last.
    work.connection.execute(delete(gwp))
    contents: dict[Table, Sequence[Row]] = {
        division: regions,
        industry: industries(),
        gas: list(gases.values()),
        gwp: [_gwp(row) for row in warming],
        fuel: list(_fuels()),
        factor: list(_factors(load_catalog())),
    }
    for table, rows in contents.items():
        work.connection.execute(delete(table))
        work.connection.execute(insert(table), list(rows))
    _keep_organizations(work, regions)
    return {table.name: len(rows) for table, rows in contents.items()}


def _division(order: int, row: Row) -> dict[str, Any]:
    code = row["code"]
    is_province = code.endswith("0000")
    parent = COUNTRY if is_province else code[:2] + "0000"
    kind = "country" if code == COUNTRY else "province" if is_province else "city"
    return {
        **row,
        "kind": kind,
        "parent_code": "" if kind == "country" else parent,
        "sort_order": order,
    }


def _keep_organizations(work: Work, regions: Sequence[Row]) -> None:
    """Add what is new and rename what was renamed; all else of an organization is its own."""
    keep = upsert(organization)
    names = {name: keep.excluded[name] for name in ("name_zh", "name_en")}
    work.connection.execute(
        keep.on_conflict_do_update(index_elements=["organization_id"], set_=names),
        [_organization(region) for region in regions],
    )


def _organization(region: Row) -> dict[str, Any]:
    code, parent = region["code"], region["parent_code"]
    steps = {"country": ROOT_PATH, "province": f"{ROOT_PATH}.p{code}"}
    path = steps.get(region["kind"], f"{ROOT_PATH}.p{parent}.c{code}")
    return {
        "organization_id": int(code),
        "name_zh": region["name_zh"],
        "name_en": region["name_en"] or region["name_zh"],
        "kind": region["kind"],
        "code": code,
        "parent_id": int(parent) if parent else None,
        "access_path": path,
        "sort_order": region["sort_order"],
        "industry_code": "",
        "factor_region": code,
        "method": "",
        "is_sample": False,
    }


def _gwp(row: Row) -> dict[str, Any]:
    return {
        "gwp_set": row["gwp_set"],
        "gas": row["gas"],
        "value": float(row["gwp"]),
        "status": row["status"],
    }


def _fuels() -> Iterable[dict[str, str]]:
    burnt = {row["item"] for row in read_rows("fuels.csv")}
    for row in read_rows("items.csv"):
        if row["item"] in burnt:
            yield {
                "fuel": row["item"],
                "kind": row["kind"],
                "name_zh": row["name_zh"],
                "name_en": row["name_en"],
            }


def _factors(catalog: Catalog) -> Iterable[dict[str, Any]]:
    """Return every factor of the files, and the electricity factors by place and data year."""
    for known in catalog.factors.values():
        if not known.code.startswith("GWP."):
            yield _factor_row(known.code, known.reference.zh, known)
    for series in catalog.grids.factors.values():
        for grid in series:
            code, title = f"GRID.{grid.metric}.{grid.place}", grid.document.names["zh-CN"]
            yield _factor_row(code, title, grid)


def _factor_row(code: str, reference: str, value: Factor | GridFactor) -> dict[str, Any]:
    return {
        "code": code,
        "applies_from": value.applies_from,
        "published": value.published,
        "known_from": value.known_from,
        "value": value.value,
        "unit": value.unit,
        "reference": reference,
        "status": value.status,
    }


def _read(name: str) -> list[dict[str, str]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
