"""Malformed bodies sent to every callback, and to every operation of the API that takes one.

Sent by a person who holds its permission, 300 each: made from Dash's own map by a fixed seed, other
kinds, bounds, signs that break parsers and queries, wrong ids, parts missing, unknown or cut off.
Goal: only 2xx and 4xx. How many reached a use case that did not foresee them (told on screen under
a number) is counted beside it.
"""

from __future__ import annotations

import json
import logging
import random
import sys
import time
from collections import Counter
from itertools import chain, islice
from typing import Any

from bench._malformed import RAW, VALUES, malformed
from bench._web import Web, web
from callbacks.http.openapi import PLACE, operations_of
from callbacks.routes import Route
from callbacks.session import CALLBACKS
from callbacks.wiring import register_of
from services.security.permissions import PERMISSIONS, Role
from tests.callbacks.conftest import OWN, add_once, callable_keys, come_in
from tests.callbacks.other_firm import OF_FIRMS

EACH, SEED = 300, 2026
PEOPLE: dict[str, tuple[Role, ...]] = {
    "every.role.of.firms": (*OF_FIRMS, Role.CHECKER),
    "system": (Role.SYSTEM_ADMINISTRATOR,),
    "security": (Role.SECURITY_ADMINISTRATOR,),
    "audit": (Role.AUDIT_ADMINISTRATOR,),
}


class Unforeseen(logging.Handler):
    """Counts the errors that are told under a number."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.kinds: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one by the place and the kind of its error."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self.kinds[f"{record.args[-1] if isinstance(record.args, tuple) else ''} {error}"] += 1


def main() -> int:
    """Send all and print what was answered; 1 when the goal is missed."""
    unforeseen = Unforeseen()
    log = logging.getLogger("callbacks")
    log.addHandler(unforeseen)
    log.propagate = False
    with web() as standing:
        keys = callable_keys(standing.app)
        clients = _clients(standing)
        began, statuses = time.perf_counter(), Counter[int]()
        for key in keys:
            statuses.update(_answers(standing, _permitted(standing, key, clients), key))
        operations = [e for e in operations_of(standing.app.server) if e.method != "GET"]
        for entry in operations:
            statuses.update(_answers_of(entry, clients["every.role.of.firms"]))
    sent = sum(statuses.values())
    wrong = sum(count for status, count in statuses.items() if status >= 500)
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    seconds = time.perf_counter() - began
    asked = f"{len(keys)} callbacks and {len(operations)} operations"
    print(f"{asked}, {sent:,} malformed bodies in {seconds:.0f} s: {told}")
    print(f"answers that are neither 2xx nor 4xx: {wrong} (goal 0)")
    print(f"unforeseen by a use case: {unforeseen.kinds.total():,} {dict(unforeseen.kinds)}")
    return 1 if wrong or sent < EACH * (len(keys) + len(operations)) else 0


def _clients(standing: Web) -> dict[str, Any]:
    for login, roles in PEOPLE.items():
        add_once(standing.database, login, *roles)
    return {login: come_in(standing.app, standing.database, login) for login in PEOPLE}


def _permitted(standing: Web, key: str, clients: dict[str, Any]) -> Any:
    """Return the browser of somebody who may call a callback, so that its body is read."""
    wanted = register_of(standing.app)[key].permission
    for login, roles in PEOPLE.items():
        if any(wanted in PERMISSIONS[role] for role in roles):
            return clients[login]
    raise LookupError(f"Say in PEOPLE who may call {key}.")


def _answers(standing: Web, client: Any, key: str) -> list[int]:
    found = []
    for body in malformed(standing.app.callback_map[key], key, EACH, SEED):
        options = {"data": body, "content_type": "application/json", "headers": OWN}
        found.append(client.post(CALLBACKS, **options).status_code)
    return found


def _answers_of(entry: Route, client: Any) -> list[int]:
    """Return the statuses of an operation: at a place that may be seen, and bodies of any kind."""
    address = PLACE.sub(lambda found: "2024" if found["name"] == "year" else "320500", entry.rule)
    chance = random.Random(f"{SEED} {entry.endpoint}")
    found: list[int] = []
    for body in islice(chain(RAW, (_wild(chance) for _ in range(EACH))), EACH):
        options: dict[str, Any] = {"data": body, "content_type": "application/json"}
        headers = OWN | {"If-Match": '"r0.0"', "Idempotency-Key": f"k{len(found)}"}
        sent = client.open(address, method=entry.method, headers=headers, **options)
        found.append(sent.status_code)
    return found


def _wild(chance: random.Random) -> bytes:
    """Return a body whose members are those of the API, and hold anything."""
    names = ("rows", "messages", "year", "language", "method", "readings", "device")
    body = {name: chance.choice(VALUES) for name in chance.sample(names, 3)}
    return json.dumps(
        chance.choice((body, [body], {"messages": [body]}, {"rows": [body]}))
    ).encode()


if __name__ == "__main__":
    sys.exit(main())
