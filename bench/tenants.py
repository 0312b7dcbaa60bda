"""Calls across organizations: callbacks, pages, API, exports and jobs, to read and to write.

Every role at six places (a firm, its sibling, the firm below it, one of another city, the city, the
province) calls with the ids of each of six organizations: as a person, as a program with all or
half of that person's actions on its token, and as a wall; a fixed seed draws 12,000 calls. A worker
does 600 jobs that were ordered for another's place, or by somebody who lost the role since. What
may be answered is computed from the committed role matrix and the tree. Then a third as many with
the application's authorization opened for everything, so that row security alone holds, and a
third with row security switched off, so that the application alone holds. `--calls N` makes fewer.
Goals: 0 leaks, 0 statuses of 5xx, nothing written by a call that is not the caller's.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench._web import Web, web
from callbacks.session import EXTENSION
from services.data.metadata import metadata
from services.security import permissions
from services.security.permissions import PERMISSIONS, Action, Actor
from tests.callbacks import tenant_jobs, tenants
from tests.callbacks.fingerprints import OWN_TABLES, fingerprint
from tests.callbacks.tenant_callers import everybody

CALLS, ALONE, JOBS_OF_CALLS, SEED = 12_000, 3, 20, 2026
PLACES = ("own", "sibling", "child", "cousin", "city", "province")
Theirs = Callable[[Any, Any], bool]


def main() -> int:
    """Make all calls and print what was wrong; 1 when anything was."""
    logging.disable(logging.ERROR)  # each refusal is a warning, and there are thousands
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=CALLS)
    count = parser.parse_args().calls
    with web() as standing:
        country = tenants.Country(standing.database)
        callers = everybody(standing.app, country, PLACES)
        every = tenants.calls(standing.app, country)
        print(f"{len(callers)} callers, {len(every)} calls each")
        drawn = Drawn(standing, country, callers, every)
        missed = drawn.measured("all locks", count, SEED)
        with application_open():
            missed += drawn.measured("row security alone", count // ALONE, SEED + 1, False)
        with rows_open(standing):
            missed += drawn.measured("application alone", count // ALONE, SEED + 1)
    return 1 if missed else 0


class Drawn:
    """Draws calls and jobs of all callers, makes them and tells what was wrong."""

    def __init__(self, standing: Web, country: Any, callers: list[Any], every: list[Any]) -> None:
        self.standing, self.country, self.callers, self.every = standing, country, callers, every
        self.oracle = tenants.Oracle(country)

    def measured(self, name: str, count: int, seed: int, with_roles: bool = True) -> int:
        """Make so many calls and a twentieth as many jobs; return how many were wrong."""
        pairs = tenants.sampled(self.callers, self.every, self.oracle, count, seed)
        missed = measured(name, self.standing, self.oracle, pairs, with_roles)
        return missed + self._done(name, count // JOBS_OF_CALLS, seed, with_roles)

    def _done(self, name: str, count: int, seed: int, with_roles: bool) -> int:
        """Let a worker do so many jobs, first those that it may not do."""
        context, began = self.standing.app.server.extensions[EXTENSION], time.perf_counter()
        asked = (self.callers, self.country, context.catalog, count, seed)
        pairs, own = tenant_jobs.sampled_jobs(*asked), OWN_TABLES | tenant_jobs.WRITTEN
        may = [tenant_jobs.may_be_done(self.oracle, *pair, with_roles) for pair in pairs]
        before, found = fingerprint(self.standing.superuser_url, own), list[str]()
        for is_theirs in (False, True):
            for (caller, order), may_be in zip(pairs, may, strict=True):
                if may_be == is_theirs:
                    ended = tenant_jobs.run(context, caller, order)
                    found += tenant_jobs.wrong_job(self.oracle, caller, order, ended, with_roles)
            if not is_theirs:
                after = fingerprint(self.standing.superuser_url, own)
        written = sorted(table for table in before if before[table] != after[table])
        seconds = time.perf_counter() - began
        print(f"{name}: {may.count(False):,} foreign and {may.count(True):,} own jobs", end=" ")
        print(f"in {seconds:.0f} s: wrong {len(found)}, tables written {written} (goal 0, none)")
        _tell(found)
        return len(found) + len(written)


def _tell(found: list[str]) -> None:
    for line, count in Counter(found).most_common(12):
        print(f"  {count} × {line}")


def measured(
    name: str, standing: Web, oracle: Any, pairs: list[Any], with_roles: bool = True
) -> int:
    """Make the calls that are not the caller's, then the others; return how many were wrong."""
    began, statuses, found = time.perf_counter(), Counter[int](), []
    theirs: Theirs = oracle.is_theirs if with_roles else _lies_there(oracle)
    foreign = [pair for pair in pairs if not theirs(*pair)]
    own = [pair for pair in pairs if theirs(*pair)]
    before = fingerprint(standing.superuser_url)
    for part in (foreign, own):
        for caller, one in part:
            answer = one.send(caller.client)
            statuses[answer.status_code] += 1
            found += tenants.wrong(oracle, caller, one, answer, with_roles)
        if part is foreign:
            after = fingerprint(standing.superuser_url)
    written = sorted(table for table in before if before[table] != after[table])
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    seconds = time.perf_counter() - began
    print(f"{name}: {len(foreign):,} foreign and {len(own):,} own calls in {seconds:.0f} s: {told}")
    print(f"{name}: leaks, 5xx or unrefused {len(found)}, tables written {written} (goal 0, none)")
    _tell(found)
    return len(found) + len(written)


def _lies_there(oracle: Any) -> Theirs:
    return lambda caller, one: bool(oracle.country.lies_at(caller.place, one.organization))


@contextmanager
def application_open() -> Iterator[None]:
    """Let the application permit everybody everything, everywhere."""
    may, kept = Actor.may, dict(PERMISSIONS)
    permissions.Actor.may = lambda *_asked: True  # type: ignore[method-assign]
    PERMISSIONS.update(dict.fromkeys(PERMISSIONS, frozenset(Action)))
    try:
        yield
    finally:
        permissions.Actor.may = may  # type: ignore[method-assign]
        PERMISSIONS.update(kept)


@contextmanager
def rows_open(standing: Web) -> Iterator[None]:
    """Switch row security off on every table, for every role."""
    with psycopg.connect(standing.superuser_url, autocommit=True) as connection:
        secured = [
            name
            for name in metadata.tables
            if connection.execute(
                "SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", (name,)
            ).fetchone()
            == (True,)
        ]
        for name in secured:
            connection.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
        yield
        for name in secured:
            connection.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")


if __name__ == "__main__":
    sys.exit(main())
