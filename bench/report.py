"""The report of one organization-year (docx, pdf, xlsx, with charts), as the worker makes it.

A cement plant's year in 24 rows, computed by the engine; without the database, which adds reading
one run and storing three files. First is the first report in the language, with no glyphs kept
yet; warm is the median of those after it. Goal: warm ≤ 3 s.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.accounting.results import ActivityRow, Filing, Person, RunResult, RunSummary, Subject
from services.data.reports import NewFile
from services.i18n.texts import LANGUAGES, use_language
from services.reports.build import build_report
from services.reports.fonts import FontStore
from services.reports.making import make_files
from services.reports.names import Names
from services.standards.calculate import calculate
from services.standards.catalog import Catalog, load_catalog
from services.standards.request import CalculationRequest

METHOD, YEAR, KNOWN_ON = "GB/T 32151.8-2015", 2023, date(2024, 3, 31)
AT = datetime(2024, 3, 31, 2, 30, tzinfo=UTC)
REPEATS = 5
GOAL = 3.0


def records() -> list[dict[str, object]]:
    """Return a year by months: coal, clinker, and electricity bought by two lines."""
    months: list[dict[str, object]] = []
    for month in range(1, 9):
        inputs = {"FC": 1000.0 + month, "NCV": 20.9}
        months.append({"source": "fuel", "item": "bituminous", "inputs": inputs})
        oxides = {"Q_clinker": 12000.0 + month, "FR1": 0.65, "FR2": 0.02}
        months.append({"source": "clinker", "inputs": oxides})
        months.append({"source": "el_buy", "inputs": {"MWh": 800.0 + month}})
    return months


def computed(catalog: Catalog) -> RunResult:
    """Return the run of the sample year."""
    given = records()
    done = calculate(catalog, CalculationRequest(METHOD, YEAR, "320000", given, KNOWN_ON))
    names = {"zh-CN": "示例水泥有限公司", "en": "Sample Cement Co., Ltd."}
    subject = Subject(12, names, "enterprise", "SAMPLE-0012", "320000", "cn.o12", True)
    summary = RunSummary(
        run_id=UUID(int=12),
        subject=subject,
        year=YEAR,
        method=METHOD,
        purpose=done.purpose,
        known_on=KNOWN_ON,
        gwp_set=done.gwp_set,
        input_hash="9f" * 32,
        total_t=done.total_t,
        direct_t=done.direct_t,
        indirect_t=done.indirect_t,
        deducted_t=done.deducted_t,
        memo=done.memo,
        computed_at=AT,
        warnings=done.warnings,
    )
    people = Person(1, "王填报"), Person(2, "李审核")
    filing = Filing(UUID(int=1), "approved", people[0], AT, people[1], AT, "")
    rows = tuple(_row(number, record) for number, record in enumerate(given))
    return RunResult(summary, filing, rows, done.lines)


def _row(number: int, record: dict[str, object]) -> ActivityRow:
    inputs = record["inputs"]
    cells = {k: str(v) for k, v in inputs.items()} if isinstance(inputs, dict) else {}
    return ActivityRow(number, str(record["source"]), str(record.get("item", "")), cells, "")


def seconds_for(result: RunResult, names: Names, store: FontStore) -> tuple[float, float]:
    """Return how long the three files take, and how much of it the processor worked for us."""
    began, worked = time.perf_counter(), time.process_time()
    _made(result, names, store)
    return time.perf_counter() - began, time.process_time() - worked


def _made(result: RunResult, names: Names, store: FontStore) -> tuple[NewFile, ...]:
    return make_files(build_report(result, names, AT), store, lambda _share: None)


def main() -> None:
    """Measure and print both languages."""
    catalog = load_catalog()
    result, names = computed(catalog), Names(catalog.describe(METHOD))
    print(f"{len(result.lines)} lines, {sum(len(line.inputs) for line in result.lines)} inputs")
    with tempfile.TemporaryDirectory() as folder:
        store = FontStore(Path(folder))
        for language in LANGUAGES:
            with use_language(language):
                first, _ = seconds_for(result, names, store)
                warm = [seconds_for(result, names, store) for _ in range(REPEATS)]
                sizes = {f.format: len(f.content) for f in _made(result, names, store)}
            told = ", ".join(f"{kind} {size / 1024:.0f} KB" for kind, size in sizes.items())
            middle, processor = (statistics.median(times) for times in zip(*warm, strict=True))
            clocks = f"first {first:.2f} s, warm {middle:.2f} s (processor {processor:.2f} s)"
            print(f"{language}: {clocks}, goal {GOAL:.0f} s; {told}")
            if middle > GOAL:
                sys.exit(1)


if __name__ == "__main__":
    main()
