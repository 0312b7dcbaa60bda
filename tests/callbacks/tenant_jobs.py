"""Jobs across organizations, run by a worker: for another's place, after the role was lost.

Each order is written straight into the database, as if nothing had asked when it was given: what
holds is what the worker asks when it starts. An order may also stand at one's own place and name
what is another's. Whoever ordered it asks for the result afterwards.
"""

import random
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID, uuid4

from services.bootstrap import Platform
from services.clock import now, today
from services.data import jobs, memberships, organizations, people
from services.data.engine import SYSTEM_SCOPE
from services.data.jobs import DONE, FAILED, RUNNING, NewJob
from services.jobs import LEASE
from tests.callbacks.other_firm import FILED
from tests.callbacks.tenant_callers import Caller, add_person
from workers.jobs import run_on

# What each kind of job needs, by the table of permissions.
NEEDED = {
    "report": "order_report",
    "recalculation": "recalculate",
    "restatement": "restate",
    "log_check": "view_audit",
    "fetch": "edit_activity",
    "checks": "view_checks",
    "radar": "run_radar",
}
# Of these the arguments say what they are about beside the place they stand at.
POINTING = ("report", "restatement", "fetch")
# How an order can be wrong: about another's place; at one's own, about what is another's; or
# given by somebody who has lost the role since, or has left.
ELSEWHERE, AT_HOME, UNROLED, GONE = "elsewhere", "at home", "without the role", "gone"
# The log is nobody's: whoever may see it may have it checked.
NOWHERE = "log_check"
# What giving an order writes, and taking a role away; the worker's own trace.
WRITTEN = {"business.job", "base.person", "base.membership"}
REFUSALS = ("not_allowed", "not_found", "clearance")


@dataclass(frozen=True)
class Order:
    """A job: its kind, what is wrong with it, the place it is about and the one it stands at."""

    kind: str
    how: str
    about: int
    at: int
    arguments: tuple


@dataclass(frozen=True)
class Outcome:
    """How a job ended, and what its orderer is answered who asks for it."""

    state: str
    text_key: str
    told: str
    asked: object


def sampled_jobs(callers, country, catalog, count, seed):
    """Return so many pairs of caller and order, half of them by those who lost their role."""
    people_only = [one for one in callers if one.kind == "person"]
    orders, chance = list(_orders(country, catalog)), random.Random(seed)
    pairs = [
        (caller, order) for caller in people_only for order in orders if _is_meant(caller, order)
    ]
    return chance.sample(pairs, min(count, len(pairs)))


def _orders(country, catalog):
    for firm in country.firms.values():
        for kind in NEEDED:
            given = _arguments(kind, firm, catalog)
            for how in (ELSEWHERE, UNROLED, GONE):
                yield Order(kind, how, firm.key, firm.key, given)
            if kind in POINTING:
                yield from (
                    Order(kind, AT_HOME, firm.key, home.key, given)
                    for home in country.firms.values()
                    if home is not firm
                )


def _is_meant(caller, order):
    """Return whether an order says something of a caller: at home it is the caller's own place."""
    return caller.place == order.at if order.how != ELSEWHERE else True


def _arguments(kind, firm, catalog):
    """Return what an order says, as the code that gives one writes it."""
    found = {"organization_id": firm.key, "year": FILED, "language": "zh-CN"}
    if kind == "report":
        found |= {"run_id": str(firm.run_id)}
    elif kind == "fetch":
        found |= {"connector_id": str(firm.connect())}
    elif kind in ("recalculation", "restatement"):
        found |= {"known_on": today().isoformat(), "library": catalog.fingerprint}
    return tuple(found.items())


def run(context, caller, order):
    """Give an order as a caller, let a worker do it, and ask for what came of it."""
    database, given_by = context.database, caller
    if order.how in (UNROLED, GONE):
        person_id, _ = add_person(database, caller.role, caller.place)
        given_by = Caller(caller.role, caller.place, caller.client, person_id=person_id)
    job_id = _given(database, given_by, order)
    if order.how == UNROLED:
        _lose_role(database, given_by.person_id)
    elif order.how == GONE:
        _leave(database, given_by.person_id)
    # Without any kind: no job that may be done calls another system.
    platform = Platform(database, context.catalog, context.settings, context.queue, {})
    run_on(platform, job_id)
    asked = caller.client.get(f"/api/v1/reports/{job_id}")
    with database.work(SYSTEM_SCOPE) as work:
        found = jobs.get(work, job_id)
    told = f"{found.result} {found.error}"
    return Outcome(found.state, str(found.error.get("text_key", "")), told, asked)


def _given(database, caller, order):
    at = now()
    with database.work(SYSTEM_SCOPE) as work:
        place = organizations.get(work, order.at)
        what = (order.kind, dict(order.arguments), f"{order.kind}:{uuid4()}")
        job_id: UUID = jobs.add(work, place, NewJob(*what, caller.person_id, at, at + LEASE)).job_id
        work.commit()
    return job_id


def _lose_role(database, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        held = [each.membership_id for each in memberships.of_person(work, person_id)]
        memberships.end(work, held, now())
        work.commit()


def _leave(database, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        people.deactivate(work, person_id, now())
        work.commit()


def may_be_done(oracle, caller, order, with_roles=True):
    """Return whether a worker may do what was ordered, by the tables and the tree."""
    if order.how != ELSEWHERE:
        return False
    has_right = not with_roles or caller.role in oracle.matrix[NEEDED[order.kind]]
    lies_there = oracle.country.lies_at(caller.place, order.at)
    return has_right and (lies_there or (order.kind == NOWHERE and not with_roles))


def wrong_job(oracle, caller, order, outcome, with_roles=True):
    """Return what is wrong with how a job ended, or nothing."""
    told = SimpleNamespace(get_data=outcome.told.encode)
    leaks = oracle.leaks(caller, told) + oracle.leaks(caller, outcome.asked)
    found = [f"leak {mark}" for mark in leaks]
    # A worker that row security alone holds does not see the job it took, and stops as one whose
    # job another has: it stays running until it is given up.
    lost = outcome.state == RUNNING and not with_roles
    if not lost and (outcome.state not in (DONE, FAILED) or outcome.text_key == "unexpected"):
        found.append(f"{outcome.state}: {outcome.told}")
    if outcome.asked.status_code >= 500:
        found.append(f"status {outcome.asked.status_code}")
    may = may_be_done(oracle, caller, order, with_roles)
    if not may and not lost and (outcome.state == DONE or outcome.text_key not in REFUSALS):
        found.append(f"{outcome.state} {outcome.text_key}, not refused")
    if may and outcome.text_key == "not_allowed":
        found.append("refused, though it may")
    who = f"{caller.role}@{caller.place}"
    return [f"job {order.kind} {order.how} {who} {order.about} at {order.at}: {w}" for w in found]
