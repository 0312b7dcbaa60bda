"""Calls across organizations: callbacks, pages, API, exports and jobs, to read and to write.

Every role at six places (a firm, its sibling, the firm below it, one of another city, the city, the
province) calls with the ids of each of six organizations; a fixed seed draws 12,000 calls. What may
be answered is computed from the committed role matrix and the tree. Then 4,000 with the
application's authorization opened for everything, so that row security alone holds, and 4,000 with
row security switched off, so that the application alone holds. Goals: 0 leaks, 0 statuses of 5xx,
nothing written by a call that is not the caller's.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench._web import Web, web
from services.data.metadata import metadata
from services.security import permissions
from services.security.permissions import PERMISSIONS, Action, Actor
from tests.callbacks import tenants
from tests.callbacks.fingerprints import fingerprint

CALLS, ALONE, SEED = 12_000, 4_000, 2026
PLACES = ("own", "sibling", "child", "cousin", "city", "province")
Theirs = Callable[[Any, Any], bool]


def main() -> int:
    """Make all calls and print what was wrong; 1 when anything was."""
    logging.disable(logging.ERROR)  # each refusal is a warning, and there are thousands
    with web() as standing:
        country = tenants.Country(standing.database)
        callers = tenants.everybody(standing.app, country, PLACES)
        every = tenants.calls(standing.app, country)
        oracle = tenants.Oracle(country)
        print(f"{len(callers)} callers, {len(every)} calls each")
        pairs = tenants.sampled(callers, every, oracle, CALLS, SEED)
        few = tenants.sampled(callers, every, oracle, ALONE, SEED + 1)
        missed = measured("all locks", standing, oracle, pairs)
        with application_open():
            missed += measured("row security alone", standing, oracle, few, with_roles=False)
        with rows_open(standing):
            missed += measured("application alone", standing, oracle, few)
    return 1 if missed else 0


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
    for line, count in Counter(found).most_common(12):
        print(f"  {count} × {line}")
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
