"""Worked cases give their published or hand-made results."""

import tomllib
from pathlib import Path

import pytest

from services.standards.tables import DATA_FOLDER
from tests.services.standards.asking import REGION, result

# The examples of the method pages, and further cases that only tests use.
FOLDERS = (DATA_FOLDER / "examples", Path(__file__).parent / "cases")
METHODS = {"region": REGION, "inventory": REGION, "ipcc": REGION}


def cases():
    for path in (p for folder in FOLDERS for p in sorted(folder.glob("*.toml"))):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            case.setdefault("method", METHODS.get(path.stem))
            yield pytest.param(case, id=f"{path.stem}: {case['id']}")


@pytest.mark.parametrize("case", list(cases()))
def test_worked_case(case):
    year = case.get("year", 2023)
    found = result(*case["records"], method=case["method"], year=year)
    close = {"rel": 1e-9, "abs": case.get("tolerance", 1e-6)}
    assert found.total_t == pytest.approx(case["total_t"], **close)
    for name in ("direct_t", "indirect_t", "deducted_t"):
        if name in case:
            assert getattr(found, name) == pytest.approx(case[name], **close)
    for name, value in case.get("memo", {}).items():
        assert found.memo[name] == pytest.approx(value, **close)


def test_every_case_says_where_its_number_comes_from():
    assert all(case.values[0]["origin"] for case in cases())
