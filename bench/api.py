"""A hundred generated requests for each operation of the API, and as many of another form.

Made by schemathesis from `/api/v1/openapi.json`, sent by a program that holds every permission of a
reporter of one firm. Goals: 0 answers of 5xx, every answer as the contract says (status, medium,
schema), nothing of another firm written.
"""

from __future__ import annotations

import logging
import sys
import time

from bench._web import web
from tests.callbacks.generated import Generated, everything_written
from tests.callbacks.other_firm import OtherFirm

EACH, SEED = 100, 2026


def main() -> int:
    """Send all and print what was answered; 1 when a goal is missed."""
    logging.disable(logging.ERROR)  # each refusal is a warning, and there are thousands
    with web() as standing:
        firm = OtherFirm(standing.database)
        other = OtherFirm(standing.database, 6, city=None)
        before = everything_written(standing.superuser_url, other)
        began = time.perf_counter()
        found = Generated(standing.app, firm, other, EACH, SEED).run()
        seconds = time.perf_counter() - began
        after = everything_written(standing.superuser_url, other)
    written = sorted(table for table in before if before[table] != after[table])
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(found.statuses.items()))
    print(f"{found.operations} operations, {found.sent:,} requests in {seconds:.0f} s: {told}")
    print(f"answers of 5xx {sum(n for s, n in found.statuses.items() if s >= 500)} (goal 0)")
    print(
        f"not as the contract says {len(found.wrong)}, written elsewhere {written} (goal 0, none)"
    )
    for line in sorted(set(found.wrong))[:20]:
        print(f"  {line}")
    return 1 if found.wrong or written else 0


if __name__ == "__main__":
    sys.exit(main())
