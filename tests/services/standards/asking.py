"""Short ways to ask the engine in tests; the day of knowledge is fixed."""

from datetime import date

from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import load_catalog

CEMENT = "GB/T 32151.8-2015"
POWER = "GB/T 32151.1-2015"
GENERAL = "GB/T 32150-2015"
ETS_POWER = "环办气候函〔2022〕485号"
ETS_STEEL = "CETS-AG-03.01-V01-2024"
REGION = "省级温室气体清单编制指南(试行)2011"
KNOWN_ON = date(2026, 6, 30)


def record(source, item="", **inputs):
    return {"source": source, "item": item, "inputs": inputs}


def request(*records, method=CEMENT, year=2023, region="320000", **others):
    known_on = others.pop("known_on", KNOWN_ON)
    return CalculationRequest(method, year, region, records, known_on, **others)


def result(*records, **others):
    return calculate(load_catalog(), request(*records, **others))


def notices(calculation):
    return [notice.key for line in calculation.lines for notice in line.warnings]
