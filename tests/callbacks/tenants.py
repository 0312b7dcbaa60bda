"""Calls across organizations, and who may be answered: by the committed matrix and the tree.

Nothing here asks our code who may do what. A person holds one role at one place; a call is theirs
when the role has the permission in role_matrix.csv and the organization lies at the place or below.
A program may do what is on its token too, and reaches the API alone; a wall reaches pages alone.
"""

import csv
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from services.clock import today
from services.security.permissions import Role
from tests.callbacks.conftest import OWN, call, callable_keys
from tests.callbacks.other_firm import BEGUN, FILED, OtherFirm, valid_body
from tests.callbacks.tenant_callers import PERSON, PROGRAM, WALL
from tests.places import NANJING, SUZHOU

HERE = Path(__file__).parent
MATRIX = HERE.parent / "services" / "security" / "role_matrix.csv"
NEEDS = HERE / "needs.csv"
COUNTRY, PROVINCE = 100_000, 320_000
# What belongs to no organization, but to the platform: where it is asked does not matter.
NOWHERE = (
    # What somebody wishes to be told belongs to the person.
    "callbacks.collection.alerts.keep_wish",
    *("callbacks.home.", "callbacks.charts.", "callbacks.administration.audit."),
    *("api.organizations", "api.factor", "log.inclusion", "delegation.show"),
    *(f"callbacks.administration.{name}." for name in ("seals", "sessions", "parameters")),
)
NOTHING = UUID(int=999)
PAGES = (
    *(
        "/",
        "/collection/campaigns",
        "/collection/manual",
        "/collection/import",
        "/collection/webhooks",
        "/collection/checks",
        "/collection/telemetry",
        "/collection/connectors",
        "/collection/devices",
        "/collection/provisional",
        "/collection/alerts",
        "/collection/radar",
        "/collection/verification",
        "/standards/library",
        "/government/accounting",
    ),
    *("/government/discrepancies", "/government/energy-balance", "/government/recalculation"),
    *("/enterprise/accounting", "/enterprise/restatement", "/administration/people"),
    *("/administration/roles", "/administration/audit", "/administration/organizations"),
    *("/administration/sessions", "/administration/walls", "/administration/seals"),
    *("/administration/institutions", "/administration/parameters", "/administration/labels"),
    "/administration/privacy",
)
# What a program may send a request to with more than a stranger's answer, and a wall.
OF_PROGRAMS, OF_WALLS = "api.", "callbacks."


def matrix():
    """Return the roles of each action, from the committed table."""
    with MATRIX.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {row["action"]: {r for r, mark in row.items() if mark == "x"} for row in rows}


def needs():
    """Return the action that each call needs, from the committed table."""
    with NEEDS.open(encoding="utf-8") as stream:
        return {row["call"]: row["needs"] for row in csv.DictReader(stream)}


class Country:
    """Firms of two cities, one below another; each has secrets of its own."""

    def __init__(self, database):
        self.database = database
        own = OtherFirm(database)
        sibling = OtherFirm(database, 6, SUZHOU, None)
        child = OtherFirm(database, 5, own.key, None)
        cousin = OtherFirm(database, 4, NANJING, NANJING)
        self.firms = {"own": own, "sibling": sibling, "child": child, "cousin": cousin}
        self.parents = {
            own.key: SUZHOU,
            sibling.key: SUZHOU,
            child.key: own.key,
            cousin.key: NANJING,
            SUZHOU: PROVINCE,
            NANJING: PROVINCE,
            PROVINCE: COUNTRY,
        }
        self.places = {name: firm.key for name, firm in self.firms.items()}
        self.places |= {"city": SUZHOU, "province": PROVINCE}

    def lies_at(self, place, organization):
        """Return whether an organization is the place or lies below it."""
        while organization is not None and organization != place:
            organization = self.parents.get(organization)
        return organization == place

    def hidden_from(self, place):
        """Return the secrets of every organization that does not lie at a place."""
        firms = self.firms.values()
        found = [m for one in firms if not self.lies_at(place, one.key) for m in one.marks[1:]]
        cities = [one for one in firms if one.place]
        return [*found, *(one.city_note for one in cities if not self.lies_at(place, one.place))]


@dataclass(frozen=True)
class Call:
    """One call: what it is named in needs.csv, whom it is about, and how it is sent."""

    name: str
    organization: int
    send: object = field(compare=False)


def calls(app, country):
    """Return every call about every organization: callbacks, pages, API, exports and jobs."""
    found = []
    for firm in country.firms.values():
        found += _callbacks(app, firm.key, firm.values())
        found += _routes(firm)
    for place in (SUZHOU, PROVINCE):
        found += _callbacks(app, place, _about(place, country.firms["own"]))
    return found


def _about(place, firm):
    """Return what a browser would send of a place that is no firm: with ids of nothing there."""
    text = json.dumps(firm.values(place), ensure_ascii=False)
    known = (firm.finding, firm.own_value, firm.held, firm.waiting_id, firm.connect())
    known += (firm.campaign, firm.comment, firm.message, firm.verification, firm.radar)
    for each in known:
        text = text.replace(str(each), str(NOTHING))
    text = text.replace(f'"{firm.code}"', f'"{place}"').replace(str(firm.place), str(place))
    return json.loads(text)


def name_of(app, key):
    """Return what a callback is named in needs.csv."""
    return app.callback_map[key]["callback"].__name__


def _callbacks(app, organization, values):
    for key in callable_keys(app):
        if "_pages_content" in key:
            yield from _pages(app, key, organization, values)
            continue
        body = valid_body(app, key, values)
        yield Call(name_of(app, key), organization, lambda c, body=body: call(c, body))


def _pages(app, key, organization, values):
    for path in PAGES:
        asked = {"pathname": path, "search": f"?organization={organization}&year={FILED}"}
        body = valid_body(app, key, values | {"_pages_location": asked})
        yield Call("page", organization, lambda c, body=body: call(c, body))
        address = path + asked["search"]
        yield Call("page", organization, lambda c, address=address: c.get(address))


def _routes(firm):
    year, proof = f"{firm.key}/{FILED}", f"/log/proof/submission/{firm.submission_id}"
    reads = {
        "download_report": f"/download/report/{firm.report_id}/xlsx",
        "download_evidence": f"/download/evidence/{firm.run_id}",
        "download_file": f"/download/file/{year}/{firm.file_sha256}",
        "download_template": f"/download/template/{year}/xlsx",
        "download_rows_to_mend": f"/download/rows-to-mend/{year}/{firm.file_sha256}",
        "download_audit": "/download/audit/csv",
        "log.proof": proof,
        "delegation.show": "/account/delegation",
        # The tree has a leaf for each record of each firm, so that there is one at this place.
        "log.inclusion": f"/log/inclusion/{firm.number}",
    }
    reads |= _read_by_programs(firm)
    for name, address in reads.items():
        yield Call(name, firm.key, lambda c, address=address: c.get(address))
    yield from _written_by_programs(firm)
    yield from _delegated(firm)
    sends = {"api.attach_file": f"entries/{year}", "api.attach_to_value": f"own-values/{firm.key}"}
    for name, place in sends.items():
        to = f"/api/v1/{place}/files?name=a.pdf"
        yield Call(name, firm.key, lambda c, to=to: c.post(to, data=b"%PDF-1.4 a", headers=OWN))


def _delegated(firm):
    """Yield the forms by which somebody would lend out or take back the role of another."""
    role, day = {"membership": str(firm.held)}, today().isoformat()
    given = role | {"login": firm.login(Role.REPORTER), "first": day, "last": day}
    sends = {"delegation.give": ("", given), "delegation.end": ("/end", role)}
    for name, (end, data) in sends.items():
        to = f"/account/delegation{end}"
        yield Call(name, firm.key, lambda c, to=to, data=data: c.post(to, data=data, headers=OWN))


def _read_by_programs(firm):
    place, run = f"/api/v1/organizations/{firm.key}", f"/api/v1/runs/{firm.run_id}"
    report = f"/api/v1/reports/{firm.report_job}"
    return {
        "api.organizations": "/api/v1/organizations",
        "api.organization": place,
        "api.entry": f"{place}/entries/{FILED}",
        "api.results": f"{place}/results",
        "api.alerts": f"{place}/alerts",
        "api.reports": f"{place}/reports",
        "api.result": run,
        "api.lines": f"{run}/lines",
        "api.run_lineage": f"{run}/lineage",
        "api.report": report,
        "api.report_file": f"{report}/files/xlsx",
        "api.factors": "/api/v1/factors",
        "api.factor": "/api/v1/factors/GWP.AR5.CH4",
    }


def _written_by_programs(firm):
    place = f"/api/v1/organizations/{firm.key}"
    sample = {"ts": 1_700_000_000_000, "tq": 1, "q": 0, "vals": {"P": 1}}
    message = {"device": firm.meter, "boot": "f" * 16, "sequence": 1, "readings": [sample]}
    order, sent = {"year": FILED, "language": "zh-CN"}, {"messages": [message]}
    rows, match = {"rows": [{"source": "fuel", "note": "fremd"}]}, {"If-Match": '"r1.0"'}
    sends = {
        "api.order_report": lambda c: c.post(f"{place}/reports", json=order, headers=OWN),
        "api.send_readings": lambda c: c.post(f"{place}/readings", json=sent, headers=OWN),
        "api.put_entry": lambda c: c.put(
            f"{place}/entries/{BEGUN}?keep=true", json=rows, headers=OWN | match
        ),
    }
    for name, send in sends.items():
        yield Call(name, firm.key, send)


class Oracle:
    """What the committed tables and the tree say of a call."""

    def __init__(self, country):
        self.country, self.matrix, self.needs = country, matrix(), needs()

    def has_permission(self, caller, one):
        """Return whether the caller may do such a thing anywhere."""
        if not is_reached(caller, one):
            return False
        needed = self.needs.get(one.name, "")
        if one.name == "page":
            return True
        return caller.role in self.matrix[needed] and (
            caller.actions is None or needed in caller.actions
        )

    def is_theirs(self, caller, one):
        """Return whether the call may be answered with something of the organization."""
        there = one.name.startswith(NOWHERE) or self.country.lies_at(caller.place, one.organization)
        return there and self.has_permission(caller, one)

    def leaks(self, caller, answer):
        """Return the secrets in an answer that lie outside of the caller's place."""
        data = answer.get_data()
        return [m for m in self.country.hidden_from(caller.place) if m.encode() in data]


def is_reached(caller, one):
    """Return whether the way that a caller comes in by leads to such a call at all."""
    if caller.kind == PROGRAM:
        return one.name.startswith(OF_PROGRAMS)
    return caller.kind == PERSON or one.name == "page" or one.name.startswith(OF_WALLS)


def sampled(callers, every, oracle, count, seed):
    """Return so many pairs of caller and call: first what is not theirs, then what is.

    A third is sent by programs and a tenth by walls, of which there are few.
    """
    chance, chosen = random.Random(seed), []
    shares = {PROGRAM: count // 3, WALL: count // 10}
    shares[PERSON] = count - sum(shares.values())
    for kind, share in shares.items():
        pairs = [(c, one) for c in callers if c.kind == kind for one in every if _is_sent(c, one)]
        chosen += chance.sample(pairs, min(share, len(pairs)))
    return sorted(chosen, key=lambda pair: oracle.is_theirs(*pair))


def _is_sent(caller, one):
    # A program has no cookie, and is a stranger to what only pages call.
    return caller.kind != PROGRAM or one.name.startswith(("api.", "download_", "log."))


def wrong(oracle, caller, one, answer, with_roles=True):
    """Return what is wrong with an answer, or nothing."""
    found = [f"leak {mark}" for mark in oracle.leaks(caller, answer)]
    status, refusals = answer.status_code, _refusals(caller, one)
    if status >= 500:
        found.append(f"status {status}")
    may = oracle.has_permission(caller, one) if with_roles else is_reached(caller, one)
    if not may and status not in refusals:
        found.append(f"status {status}, not {refusals}")
    who = f"{caller.kind} {caller.role}@{caller.place}"
    return [f"{who} {one.name} {one.organization}: {w}" for w in found]


def _refusals(caller, one):
    """Return the statuses by which a caller may be told that such a thing is not theirs."""
    if caller.kind == PROGRAM and not is_reached(caller, one):
        return (401, 302)
    # Which right a proof asks for depends on what it proves: there it is not found.
    return (404,) if caller.kind == PERSON and one.name == "log.proof" else (403,)
