"""The report of one organization-year (docx, pdf, xlsx, with charts), as the worker makes it.

A cement plant's year in 24 rows, submitted and computed. Measured is what the worker does with the
job's id: take it, authorize who ordered it, read the run, make three files, store them and end the
job, on the embedded PostgreSQL with row security on and every commit on disk. First is the first
report in the language, with no glyphs kept yet; warm is the median of those after it. Goal:
warm ≤ 3 s.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from bench._firms import add_firms
from bench.sessions import environment
from services import jobs
from services.accounting import reading
from services.collection import manual
from services.data import jobs as job_rows
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.reports import StoredFile
from services.i18n.texts import LANGUAGES
from services.preparation import bring_up_to_date, people_of_first_start
from services.reports.ordering import FORMATS, file_of
from services.security.actors import actor_of_login
from services.security.permissions import Action, Actor
from services.security.scopes import scope_for
from services.settings import Settings
from services.standards.catalog import load_catalog
from workers.embedded.servers import Servers
from workers.jobs import run_job

YEAR = 2023
REPEATS = 9
GOAL = 3.0


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant whose year is computed, and who orders its reports."""

    database: Database
    reporter: Actor
    organization_id: int
    run_id: UUID


def rows() -> list[dict[str, str]]:
    """Return a year by months: coal, clinker, and electricity bought by two lines."""
    months: list[dict[str, str]] = []
    for month in range(1, 9):
        note = f"示例，第 {month} 月台账"
        coal = {"source": "fuel", "item": "bituminous", "FC": f"{1000 + month}", "NCV": "20.9"}
        oxides = {"source": "clinker", "Q_clinker": f"{12000 + month}", "FR1": "65%", "FR2": "2%"}
        power = {"source": "el_buy", "MWh": f"{800 + month}"}
        months += [row | {"note": note} for row in (coal, oxides, power)]
    return months


@contextmanager
def settings_of_fresh_servers() -> Iterator[Settings]:
    """Start the embedded servers in a folder of their own, and throw it away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="shuangtan-bench-"))
    folder.chmod(0o755)
    servers = Servers.needed(folder, environment())
    try:
        servers.start(lambda _server: None)
        # The worker finds its platform in the environment, as in the processes of run.py.
        os.environ.update(servers.addresses())
        yield Settings.from_environment(servers.owner_addresses())
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def submitted(database: Database) -> Plant:
    """Add a plant and submit its year."""
    catalog = load_catalog()
    visitor = add_firms(database, catalog, 1, os.urandom(32))[0]
    reporter, place = actor_of_login(database, visitor.login), visitor.organization_id
    draft = manual.save_draft(reporter, database, DraftVersion(place, YEAR, 0), rows())
    run = manual.submit_draft(reporter, database, catalog, draft.version)
    lines = reading.result_of(reporter, database, place, YEAR).lines
    print(f"{len(lines)} lines, {sum(len(line.inputs) for line in lines)} inputs")
    return Plant(database, reporter, place, run.run_id)


def ordered(plant: Plant, language: str, number: int) -> UUID:
    """Order the report once more; each order has an effect of its own, or it would be made once."""
    arguments = {
        "organization_id": plant.organization_id,
        "year": YEAR,
        "run_id": str(plant.run_id),
        "language": language,
    }
    with plant.database.work(scope_for(plant.reporter, Action.ORDER_REPORT)) as work:
        effect = f"bench:{language}:{number}"
        job = jobs.order_job(work, plant.reporter, jobs.REPORT, arguments, effect)
        work.commit()
    return job.job_id


def seconds_for(job_id: UUID) -> tuple[float, float]:
    """Return how long the worker takes, and how much of it this processor worked for it."""
    began, worked = time.perf_counter(), time.process_time()
    run_job(str(job_id))
    return time.perf_counter() - began, time.process_time() - worked


def stored(plant: Plant, job_id: UUID) -> list[StoredFile]:
    """Return the files of a job that ended well."""
    with plant.database.work(SYSTEM_SCOPE) as work:
        job = job_rows.get(work, job_id)
    if job.state != job_rows.DONE:
        raise RuntimeError(f"{job.state}: {job.error}")
    report_id = UUID(str(job.result["report_id"]))
    return [file_of(plant.reporter, plant.database, report_id, kind) for kind in FORMATS]


def measure(plant: Plant, language: str) -> bool:
    """Print the figures of a language and return whether the goal is reached."""
    orders = [ordered(plant, language, number) for number in range(REPEATS + 1)]
    (first, _), *warm = [seconds_for(job_id) for job_id in orders]
    sizes = [f"{f.format} {len(f.content) / 1024:.0f} KB" for f in stored(plant, orders[-1])]
    middle = statistics.median(seconds for seconds, _ in warm)
    processor = statistics.median(worked for _, worked in warm)
    clocks = f"first {first:.2f} s, warm {middle:.2f} s (processor {processor:.2f} s)"
    print(f"{language}: {clocks}, goal {GOAL:.0f} s; {', '.join(sizes)}")
    return middle <= GOAL


def main() -> int:
    """Measure both languages and return in how many the goal is missed."""
    with settings_of_fresh_servers() as settings:
        bring_up_to_date(settings.database_owner_url)
        list(people_of_first_start(settings))
        database = Database(settings.database_url)
        try:
            plant = submitted(database)
            return len([code for code in LANGUAGES if not measure(plant, code)])
        finally:
            database.dispose()


if __name__ == "__main__":
    sys.exit(main())
