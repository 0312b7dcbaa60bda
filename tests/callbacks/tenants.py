"""Calls across organizations, and who may be answered: by the committed matrix and the tree.

Nothing here asks our code who may do what. A person holds one role at one place; a call is theirs
when the role has the permission in role_matrix.csv and the organization lies at the place or below.
"""

import csv
import itertools
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from services.clock import now, today
from services.data import memberships, people, sessions
from services.data.engine import SYSTEM_SCOPE
from services.data.identity_tables import second_factor
from services.data.memberships import NewMembership
from services.data.work import Scope
from services.security.permissions import Role
from services.security.session import new_token
from tests.callbacks.conftest import OWN, call, callable_keys
from tests.callbacks.other_firm import BEGUN, FILED, OtherFirm, valid_body
from tests.callbacks.resting import opened
from tests.places import NANJING, SUZHOU

HERE = Path(__file__).parent
MATRIX = HERE.parent / "services" / "security" / "role_matrix.csv"
NEEDS = HERE / "needs.csv"
COUNTRY, PROVINCE = 100_000, 320_000
# What belongs to no organization, but to the platform: where it is asked does not matter.
NOWHERE = (
    *("callbacks.home.", "callbacks.charts.", "callbacks.administration.audit."),
    *("api.organizations", "api.factor"),
    *(f"callbacks.administration.{name}." for name in ("seals", "sessions", "parameters")),
)
NUMBERS, NOTHING = itertools.count(1), UUID(int=999)
PAGES = (
    *(
        "/",
        "/collection/manual",
        "/collection/import",
        "/collection/telemetry",
        "/standards",
        "/government/accounting",
    ),
    *("/government/discrepancies", "/government/energy-balance", "/government/recalculation"),
    *("/enterprise/accounting", "/enterprise/restatement", "/administration/people"),
    *("/administration/roles", "/administration/audit", "/administration/organizations"),
    *("/administration/sessions", "/administration/walls", "/administration/seals"),
    "/administration/institutions",
)


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
class Caller:
    """Somebody with one role at one place, and the browser they are signed in with."""

    role: str
    place: int
    client: object = field(compare=False)


@dataclass(frozen=True)
class Call:
    """One call: what it is named in needs.csv, whom it is about, and how it is sent."""

    name: str
    organization: int
    send: object = field(compare=False)


def sign_in(app, database, role, place):
    """Return a caller whose session is written straight into the database."""
    login = f"caller{next(NUMBERS)}"
    with database.work(SYSTEM_SCOPE) as work:
        person_id = people.add(work, login, login)
        memberships.add(work, NewMembership(person_id, role, place, today()))
        work.commit()
    token, at = new_token(person_id), now()
    with database.work(Scope(person_id=person_id)) as work:
        people.add_credential(work, person_id, "none that fits")
        people.replace_credential(work, person_id, "none that fits", must_change=False, at=at)
        held = {"person_id": person_id, "kind": "totp", "name": "", "secret": b"", "counter": 0}
        work.connection.execute(second_factor.insert().values(held | _confirmed(at)).inline())
        sessions.add(work, opened(person_id, token, at))
        work.commit()
    client = app.server.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return Caller(role, place, client)


def _confirmed(at):
    return {"made_at": at, "confirmed_at": at}


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
    known = (firm.finding, firm.own_value, firm.held, firm.waiting_id)
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
    }
    reads |= _read_by_programs(firm)
    for name, address in reads.items():
        yield Call(name, firm.key, lambda c, address=address: c.get(address))
    yield from _written_by_programs(firm)
    sends = {"api.attach_file": f"entries/{year}", "api.attach_to_value": f"own-values/{firm.key}"}
    for name, place in sends.items():
        to = f"/api/v1/{place}/files?name=a.pdf"
        yield Call(name, firm.key, lambda c, to=to: c.post(to, data=b"%PDF-1.4 a", headers=OWN))


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
        """Return whether the role may do such a thing anywhere."""
        return one.name == "page" or caller.role in self.matrix[self.needs[one.name]]

    def is_theirs(self, caller, one):
        """Return whether the call may be answered with something of the organization."""
        there = one.name.startswith(NOWHERE) or self.country.lies_at(caller.place, one.organization)
        return there and self.has_permission(caller, one)

    def leaks(self, caller, answer):
        """Return the secrets in an answer that lie outside of the caller's place."""
        data = answer.get_data()
        return [m for m in self.country.hidden_from(caller.place) if m.encode() in data]


def sampled(callers, every, oracle, count, seed):
    """Return so many pairs of caller and call: first what is not theirs, then what is."""
    chance = random.Random(seed)
    pairs = [(caller, one) for caller in callers for one in every]
    chosen = chance.sample(pairs, min(count, len(pairs)))
    return sorted(chosen, key=lambda pair: oracle.is_theirs(*pair))


def wrong(oracle, caller, one, answer, with_roles=True):
    """Return what is wrong with an answer, or nothing."""
    found = [f"leak {mark}" for mark in oracle.leaks(caller, answer)]
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    # Which right a proof asks for depends on what it proves: there it is not found.
    refusal = 404 if one.name == "log.proof" else 403
    if with_roles and not oracle.has_permission(caller, one) and answer.status_code != refusal:
        found.append(f"status {answer.status_code}, not {refusal}")
    return [f"{caller.role}@{caller.place} {one.name} {one.organization}: {w}" for w in found]


def everybody(app, country, places=("own",)):
    """Return a caller of every role at each of the places."""
    database = country.database
    return [
        sign_in(app, database, role.value, country.places[name]) for name in places for role in Role
    ]
