"""Writes the golden files: `python -m tests.services.standards.slow.golden`."""

import json
from datetime import date
from pathlib import Path

from tests.services.standards.slow.calculator import Circumstances, emissions, totals
from tests.services.standards.slow.heat_power import GIVEN, is_split, split
from tests.services.standards.slow.records import records_of
from tests.services.standards.slow.tables import methods

FOLDER = Path(__file__).parents[1] / "golden"
REGION, KNOWN_ON = "320000", date(2026, 6, 30)


def file_of(designation):
    return FOLDER / f"{designation.replace('/', '_')}.json"


def year_of(method):
    """Return a whole year in which the method is valid."""
    last = method.get("valid_to")
    return last.year - 1 if last else max(method["valid_from"].year, 2024)


def golden(designation):
    """Return the text of the golden file of a method, one case a line."""
    year = year_of(methods()[designation])
    circumstances = Circumstances(designation, year, REGION, KNOWN_ON)
    records = list(records_of(circumstances))
    head = {
        "method": designation,
        "year": year,
        "region": REGION,
        "known_on": KNOWN_ON.isoformat(),
        **{name: float(value) for name, value in totals(circumstances, records).items()},
    }
    if is_split(designation):
        found = split(totals(circumstances, records)["total_t"])
        told = {name: float(value) for name, value in found.items()}
        head["heat_power"] = {"given": GIVEN, "expected": told}
    cases = [_case(circumstances, record) for record in records]
    told = json.dumps(head, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    return f'{told}, "cases": [\n{lines}\n]}}\n'


def _case(circumstances, record):
    found = emissions(circumstances, record)
    told = {gas: [float(tonnes), float(co2e)] for gas, (tonnes, co2e) in found.items()}
    return {"record": record, "gas_t_and_co2e_t": told}


def main():
    for designation in methods():
        file_of(designation).write_text(golden(designation), encoding="utf-8")


if __name__ == "__main__":
    main()
