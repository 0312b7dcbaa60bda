"""A firm with something to hide in every table, and valid bodies that ask for it."""

import json
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from services import jobs
from services.accounting import filing, reading
from services.clock import now, today
from services.collection import manual
from services.collection.attachments import EntryYear, Limits, Upload, attach
from services.collection.intake import Intake
from services.collection.telemetry import devices_of
from services.data import organizations, people, reports, runs
from services.data.collected_tables import own_value
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.data.finding_tables import finding
from services.data.identity_tables import membership
from services.reports.ordering import order_report
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.security.signing import Signer
from services.standards.catalog import load_catalog
from services.transparency.sealing import seal
from tests.callbacks.conftest import add_known
from tests.meters import add_meter
from tests.places import SUZHOU, add_firm, add_staff
from tests.services.reports.filed import Queue

# The years: filed with a report, waiting for its approver, begun.
FILED, WAITING, BEGUN = 2021, 2022, 2023
OF_FIRMS = (Role.REPORTER, Role.APPROVER, Role.BUREAU_OFFICER, Role.MANAGER)
METHOD = "GB/T 32150-2015"
EDITION = "省级温室气体清单编制指南(试行)2011"
FINDING, OWN_VALUE, HELD = UUID(int=7), UUID(int=8), UUID(int=9)
LABORATORY = "GEHEIM-LABOR-7"
NOTE = "geheime-notiz-7"
METER = "GEHEIM-METER-7"
CONTENT = {kind: f"geheim {kind}".encode() for kind in ("docx", "pdf", "xlsx")}
FILE = b"%PDF-1.7 geheim"
ROW = {"source": "fuel", "item": "diesel", "FC": "9876.5", "NCV": "43.33", "note": NOTE}


class OtherFirm:
    """A firm with people, three years, a report and a meter; `marks` are what nobody may see."""

    def __init__(self, database):
        self.database = database
        self.firm = add_firm(database, "GEHEIM7", SUZHOU, METHOD)
        self.key = self.firm.organization_id
        # The bureau is that of the firm's city, which has an inventory of its own.
        for role, place in zip(OF_FIRMS, (self.key, self.key, SUZHOU, self.key), strict=True):
            add_known(database, self.login(role), (role, place))
        self.staff = tuple(
            actor_of_login(database, self.login(r)) for r in (Role.REPORTER, Role.APPROVER)
        )
        place, limits = EntryYear(self.key, FILED), Limits(file_mb=1, year_mb=1)
        upload = Upload("geheim.pdf", FILE)
        self.file_sha256 = attach(self.staff[0], database, place, upload, limits).sha256
        self.file(self.staff, DraftVersion(self.key, FILED, 0), {"files": self.file_sha256})
        self.report_id = self.make_report()
        self.submit(self.staff[0], DraftVersion(self.key, WAITING, 0))
        manual.save_draft(self.staff[0], database, DraftVersion(self.key, BEGUN, 0), [ROW])
        self.file(add_staff(database, self.city()), DraftVersion(SUZHOU, FILED, 0))
        meter = add_meter(database, METER, self.firm, self.staff[0])
        Intake(database).store([meter.arrival(0), meter.raw(b"rubbish")])
        (device,) = devices_of(self.staff[0], database, self.key)
        self.point_id = device.points[0].point_id
        self.keep_finding()
        self.keep_own_value()
        self.keep_role()
        seal(database, Signer.from_text("5e" * 32, "test"))

    # The name, for a code that somebody types is told back to them.
    marks = ("企业GEHEIM7", NOTE, METER, "9876.5", "GEHEIM-TEIL-7", LABORATORY)

    def login(self, role):
        """Return the sign-in name of the firm's person with a role."""
        return f"geheim.{role.value.replace('_', '.')}"

    def city(self):
        with self.database.work(SYSTEM_SCOPE) as work:
            return organizations.get(work, SUZHOU)

    def submit(self, reporter, version, more=()):
        catalog = load_catalog()
        draft = manual.choose_method(reporter, self.database, catalog, version, METHOD)
        row = ROW | dict(more)
        draft = manual.save_draft(reporter, self.database, draft.version, [row])
        manual.submit_draft(reporter, self.database, catalog, draft.version)

    def file(self, staff, version, more=()):
        reporter, approver = staff
        self.submit(reporter, version, more)
        place = version.organization_id
        found = reading.result_of(reporter, self.database, place, version.year).filing
        filing.approve(approver, self.database, place, found.submission_id)

    def keep_finding(self):
        """Keep a difference in the year that waits, as a check would."""
        with self.database.work(SYSTEM_SCOPE) as work:
            pointer = runs.pointer(work, self.key, WAITING)
            place = {"organization_id": self.key, "access_path": self.firm.access_path}
            told = {"invariant": "total", "part": "GEHEIM-TEIL-7", "expected": 1.0, "found": 2.0}
            seen = {"found_at": now(), "seen_at": now(), "reason": ""}
            named = {"finding_id": FINDING, "year": WAITING, "run_id": pointer.current_run}
            work.connection.execute(insert(finding).values(**place, **named, **told, **seen))
            work.commit()

    def make_report(self):
        """Store a finished report of the filed year; return its id."""
        asked = (self.staff[0], self.database)
        run = reading.result_of(*asked, self.key, FILED).summary
        self.run_id = run.run_id
        self.submission_id = reading.result_of(*asked, self.key, FILED).filing.submission_id
        ordered = order_report(*asked, Queue(), self.key, FILED, "zh-CN")
        new = reports.NewReport(run.run_id, ordered.job_id, "zh-CN", "1", asked[0].person_id)
        files = [reports.NewFile(kind, f"{kind}.{kind}", text) for kind, text in CONTENT.items()]
        with self.database.work(SYSTEM_SCOPE) as work:
            stored = reports.add(work, self.firm, new, files)
            jobs.finish(work, jobs.take(work, ordered.job_id), {"report_id": str(stored.report_id)})
            work.commit()
        return stored.report_id

    def values(self):
        """Return what a browser of the firm itself would send, by the id of the component."""
        place = {"organization": str(self.key)}
        waiting = reading.result_of(self.staff[0], self.database, self.key, WAITING).filing
        order = {
            "organization": self.key,
            "year": BEGUN,
            "revision": 1,
            "serial": 1,
            "rows": [ROW],
            "ids": ["r1"],
            "lines": [1],
            "method": METHOD,
        }
        chosen = {"organization": self.key, "point": str(self.point_id), "window": "1h"}
        region = {"region": "100000", "year": WAITING, "edition": "", "standing": ""}
        balance = {
            "organization": SUZHOU,
            "year": FILED,
            "revision": 0,
            "serial": 1,
            "rows": [{"source": "fuel", "item": "lpg", "imports": "5"}],
            "ids": ["r1"],
            "lines": [1],
        }
        shown = {"newest": "", "stale": False, "set_aside": 0, "chosen": chosen}
        return {
            "_pages_location": {"pathname": "/enterprise/accounting", "search": self._address()},
            "collection-manual-query": place | {"year": str(BEGUN)},
            **{f"collection-manual-{name}": order for name in ("check", "save", "submit")},
            "collection-manual-method": order,
            "collection-telemetry-query": place | {"point": str(self.point_id), "window": "1h"},
            "collection-telemetry-shown": shown,
            "collection-telemetry-organization": self.key,
            "collection-telemetry-point": "0",
            "collection-telemetry-window": "1h",
            "collection-telemetry-code": "FREMD-1",
            "collection-telemetry-gateway": "GW-9",
            "collection-telemetry-name-zh": "电表",
            "collection-telemetry-name-en": "Meter",
            "collection-telemetry-kind": "electricity",
            "collection-telemetry-interval": 10,
            "enterprise-accounting-query": place | {"year": str(WAITING)},
            "enterprise-accounting-comment": "请补充",
            "enterprise-accounting-heat-supplied": 10,
            "enterprise-accounting-heat-generated": 40,
            "enterprise-accounting-power-supplied": 5,
            "enterprise-accounting-submission": str(waiting.submission_id),
            "enterprise-accounting-report-language": "zh-CN",
            "enterprise-restatement-query": place | {"year": str(FILED)},
            "enterprise-restatement-known-on": today().isoformat(),
            "enterprise-restatement-gwp-set": "AR5",
            "government-accounting-asked": {"region": str(SUZHOU), "year": "", "edition": ""},
            "government-accounting-shown": region,
            "government-accounting-edition": EDITION,
            "government-accounting-region": str(SUZHOU),
            "government-accounting-year": FILED,
            "government-accounting-map": {"points": [{"customdata": [str(SUZHOU)]}]},
            "government-accounting-fuels": {"points": [{"x": FILED}]},
            "government-accounting-difference": {"points": [{"x": FILED}]},
            "finding-reason": "已核对",
            "government-recalculation-query": {"region": str(SUZHOU)},
            "government-recalculation-year": str(FILED),
            "government-recalculation-known-on": today().isoformat(),
            "government-discrepancies-query": {"region": str(SUZHOU), "year": str(FILED)},
            "government-energy-balance-query": {"organization": str(SUZHOU), "year": str(FILED)},
            **dict.fromkeys(BALANCE_ASKS, balance),
            "government-energy-balance-document": "geheimes Dokument",
            "government-energy-balance-note": "",
            "discrepancy-cause": "boundary",
            "discrepancy-owner": "能源处",
            "discrepancy-note": "",
            "standards-library-query": place | {"view": "methods", "method": "GB/T 32151.8-2015"},
            **{f"standards-library-{name}": "" for name in ("text", "group", "status")},
            **self._own_value(),
            **self._administration(),
            "administration-audit-query": {},
            "administration-people-query": {},
            "administration-roles-query": {},
            # No name to sign in with, as an account belongs to no firm and would be made.
            **{f"administration-people-{name}": "Nein!" for name in ("login", "name", "gone")},
            "administration-people-sure": "no",
            "administration-roles-login": self.login(Role.REPORTER),
            "administration-roles-role": "checker",
            "administration-roles-place": "GEHEIM7",
            "administration-roles-first": today().isoformat(),
            "administration-roles-last": "",
            "home-status": "done",
            "home-places": "home-places",
            "home-shares": "home-shares",
            "chart-data": {"title": "t", "about": [], "columns": ["a"], "rows": [[1]]},
        }

    def _administration(self):
        """Return what the pages of administrators send; of a firm, its manager adds a site."""
        organization = {"kind": "site", "code": "FREMD-9", "name": "场地", "name-en": "Site"}
        organization |= {"new-name": "x", "new-name-en": "x", "day": today().isoformat()}
        wall = {"name": "x", "place": "x", "code": "GEHEIM7", "days": "9", "renewed-days": "9"}
        pages = ("seals", "sessions", "walls", "parameters")
        return {
            **{f"administration-organizations-{name}": text for name, text in organization.items()},
            **{f"administration-walls-{name}": text for name, text in wall.items()},
            **{f"administration-{name}-query": {} for name in pages},
            "administration-organizations-query": {"place": str(self.key)},
            "administration-audit-view-name": "x",
        }

    def _own_value(self):
        """Return a value for another person to accept, as the form sends it."""
        typed = {"value": "43.5", "unit": "GJ/t", "valid-from": "2020-01-01", "note": ""}
        typed |= {"valid-to": "2020-12-31", "laboratory": LABORATORY, "supersedes": ""}
        return {
            **{f"standards-own-{name}": text for name, text in typed.items()},
            "standards-own-what": "diesel:NCV",
            "standards-own-upload": None,
            **{f"standards-own-{name}": "" for name in ("reason", "accept", "reject")},
        }

    def keep_own_value(self):
        """Keep a measured value that waits for its approver."""
        maker = self.staff[0].person_id
        place = {"organization_id": self.key, "access_path": self.firm.access_path}
        told = {"item": "diesel", "symbol": "NCV", "value": 43.1, "unit": "GJ/t", "note": ""}
        files = {"file_year": FILED, "files": [self.file_sha256], "laboratory": LABORATORY}
        days = {"valid_from": date(2021, 1, 1), "valid_to": date(2021, 12, 31)}
        made = {"value_id": OWN_VALUE, "proposed_by": maker, "proposed_at": now()}
        with self.database.work(SYSTEM_SCOPE) as work:
            row = place | told | files | days | made
            work.connection.execute(insert(own_value).values(**row))
            work.commit()

    def keep_role(self):
        """Let somebody hold a role of the firm under an id that is known."""
        add_known(self.database, "geheim.helfer")
        with self.database.work(SYSTEM_SCOPE) as work:
            helper = people.by_login(work, "geheim.helfer")
            held = {"organization_id": self.key, "membership_id": HELD, "role": "trader"}
            held |= {"person_id": helper.person_id, "access_path": self.firm.access_path}
            work.connection.execute(insert(membership).values(**held, valid_from=today()))
            work.commit()

    def _address(self):
        return f"?organization={self.key}&year={WAITING}"


BALANCE_ASKS = tuple(f"government-energy-balance-{name}" for name in ("check", "save", "submit"))
# What stands in the place of MATCH and ALL.
WILD = {
    "line": 0,
    "page": 0,
    "number": 0,
    "format": "csv",
    "finding": str(FINDING),
    "own": str(OWN_VALUE),
    "estimate": "bottom_up",
    "membership": str(HELD),
    "chart": "enterprise-accounting-source-chart",
}
PRESSED = ("n_clicks", "n_intervals")


def valid_body(app, key, values):
    """Return the body that a browser sends when the first input of a callback has changed."""
    entry = app.callback_map[key]
    output = entry["output"]
    several = isinstance(output, list | tuple)
    outputs = [_named(found.to_dict()) for found in (output if several else [output])]
    inputs = [_given(found, values) for found in entry["inputs"]]
    first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
    return {
        "output": key,
        "outputs": outputs if several else outputs[0],
        "inputs": inputs,
        "state": [_given(found, values) for found in entry["state"]],
        "changedPropIds": [f"{_written(first['id'])}.{first['property']}"],
    }


def _given(declared, values):
    named = _named(declared)
    value = 1 if declared["property"] in PRESSED else _value(named, values)
    sent = named | {"value": value}
    return [sent] if "ALL" in str(declared["id"]) else sent


def _value(named, values):
    code = named["id"]["type"] if isinstance(named["id"], dict) else named["id"]
    assert code in values, f"Say in {__file__} what a browser sends for {code}."
    found = values[code]
    by_property = code == "_pages_location"
    return found[named["property"]] if by_property else found


def _named(declared):
    code = declared["id"]
    if code.startswith("{"):
        code = {k: WILD[k] if isinstance(v, list) else v for k, v in json.loads(code).items()}
    return {"id": code, "property": declared["property"]}


def _written(code):
    return (
        json.dumps(code, sort_keys=True, separators=(",", ":")) if isinstance(code, dict) else code
    )
