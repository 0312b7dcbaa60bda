"""A firm with something to hide in every table, and valid bodies that ask for it."""

import json
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import insert

from services import institution_keeping, jobs
from services.accounting import filing, reading
from services.alert_facts import AlertFilter
from services.alerts.lifecycle import Condition
from services.alerts.observing import Observation, observe
from services.clock import now, today
from services.collection import campaigns, connecting, manual
from services.collection.attachments import EntryYear, Limits
from services.collection.campaigns import CampaignOrder
from services.collection.checks.desk import Listed
from services.collection.connecting import ConnectorOrder
from services.collection.connectors.known import built_in
from services.collection.filed_checks import order_checks
from services.collection.intake import Intake
from services.collection.row_comments import row_key
from services.collection.telemetry import devices_of
from services.connectors import Schedule
from services.data import (
    alert_lists,
    organizations,
    people,
    reports,
    row_comments,
    row_findings,
    runs,
    webhooks,
)
from services.data.collected_tables import own_value
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.data.finding_tables import finding
from services.data.identity_tables import membership
from services.data.row_comments import NewComment
from services.data.webhooks import NewDelivery, NewWebhook
from services.inbox import unread_of
from services.institution_keeping import NewInstitution, NewTie, Term
from services.outbound import Outbound
from services.reports.ordering import order_report
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.security.rights import Grant, grant
from services.security.signing import Signer
from services.security.trail import Place
from services.standards.catalog import load_catalog
from services.transparency.sealing import seal
from services.verification import engagements, findings, plans
from services.verification.engagements import Assignment
from services.verification.findings import FindingOrder
from services.verification.plans import PlanOrder
from tests.callbacks.conftest import add_known
from tests.callbacks.institution_values import institution_values
from tests.callbacks.radar_values import keep_round, radar_values
from tests.callbacks.resting import rest, resting_session
from tests.meters import add_meter
from tests.places import SUZHOU, add_firm, add_person, add_staff
from tests.services.reports.filed import Queue
from tests.uploads import Sent, send

# The years: filed with a report, waiting for its approver, begun.
FILED, WAITING, BEGUN = 2021, 2022, 2023
OF_FIRMS = (Role.REPORTER, Role.APPROVER, Role.BUREAU_OFFICER, Role.MANAGER, Role.CHECKER)
# And who is no person of the firm, but acts there; the law keeps the two apart.
THEIRS = (*OF_FIRMS, Role.VERIFIER)
METHOD = "GB/T 32150-2015"
EDITION = "省级温室气体清单编制指南(试行)2011"
CONTENT = {kind: f"geheim {kind}".encode() for kind in ("docx", "pdf", "xlsx")}
FILE = b"%PDF-1.7 geheim"
WILDCARDS = "*"
# An address by its number, so that nobody asks for a name; it is never called.
OUTSIDE = "https://[2400:3200::1]/rows"


class OtherFirm:
    """A firm with people, three years, a report and a meter; `marks` are what nobody may see."""

    def __init__(self, database, number=7, parent=SUZHOU, city=SUZHOU):
        """Fill a firm below a parent; with a city, that has an inventory and a bureau too."""
        self.database, self.number, self.place = database, number, city
        self.code, self.meter = f"GEHEIM{number}", f"GEHEIM-METER-{number}"
        self.note, self.city_note = f"geheime-notiz-{number}", f"stadt-notiz-{number}"
        self.connector = f"GEHEIM-ANSCHLUSS-{number}"
        self.laboratory, self.part = f"GEHEIM-LABOR-{number}", f"GEHEIM-TEIL-{number}"
        self.amount, self.hook = f"987{number - 1}.5", f"GEHEIM-HOOK-{number}"
        self.found = f"geheimer-befund-{number}"
        self.warning = f"GEHEIM-WARNUNG-{number}"
        self.call, self.said = f"geheime-aufgabe-{number}", f"geheime-bemerkung-{number}"
        self.watched = f"geheimer-verdacht-{number}"
        self.finding, self.own_value, self.held = (UUID(int=number * 10 + at) for at in range(3))
        self.firm = add_firm(database, self.code, parent, METHOD)
        self.key = self.firm.organization_id
        # The bureau is that of the firm's city, which has an inventory of its own.
        places = (self.key, self.key, city, self.key, self.key, self.key)
        for role, place in zip(THEIRS, places, strict=True):
            if place is not None:
                add_known(self.database, self.login(role), (role, place))
        self.staff = tuple(
            actor_of_login(database, self.login(r)) for r in (Role.REPORTER, Role.APPROVER)
        )
        self.resting = partial(resting_session, database, rest(database, self.key, "reporter"))
        self.fill_years()
        self.connect()
        self.connect_meter()
        self.keep_finding()
        self.keep_doubt()
        self.keep_own_value()
        self.keep_role()
        self.keep_webhook()
        self.let_others_look()
        self.message = unread_of(self.staff[0], database)[0].message_id
        seal(database, Signer.from_text("5e" * 32, "test"))

    def let_others_look(self):
        """Have a meter watched, and the year asked for, commented, verified and screened."""
        self.warn()
        self.campaign = self.open_campaign()
        self.comment = self.keep_comment()
        self.verification = self.keep_verification()
        self.radar = keep_round(self, WAITING)

    def fill_years(self):
        """File one year with a report, leave one waiting and one begun; and that of the city."""
        place, limits = EntryYear(self.key, FILED), Limits(file_mb=1, year_mb=1)
        self.sent = FILE + str(self.number).encode()
        sent = Sent("geheim.pdf", self.sent)
        self.file_sha256 = send(self.staff[0], self.database, place, sent, limits).sha256
        self.file(self.staff, DraftVersion(self.key, FILED, 0), {"files": self.file_sha256})
        self.report_id = self.make_report()
        self.submit(self.staff[0], DraftVersion(self.key, WAITING, 0))
        waiting = reading.result_of(self.staff[0], self.database, self.key, WAITING).filing
        self.waiting_id = waiting.submission_id
        manual.save_draft(
            self.staff[0], self.database, DraftVersion(self.key, BEGUN, 0), [self.row()]
        )
        if self.place is not None:
            of_city = {"note": self.city_note}
            self.file(
                add_staff(self.database, self.city()), DraftVersion(self.place, FILED, 0), of_city
            )

    def connect(self):
        """Return the connector of the firm; one that was removed is made anew."""
        manager = actor_of_login(self.database, self.login(Role.MANAGER))
        found = connecting.view_of(manager, self.database, self.key).connectors
        if not found:
            order = ConnectorOrder(self.connector, "rest", {"url": OUTSIDE}, Schedule())
            connecting.make(manager, self.database, built_in(Outbound()), self.key, order)
            return self.connect()
        return found[0].connector_id

    def connect_meter(self):
        """Register a meter that has sent a reading and rubbish."""
        meter = add_meter(self.database, self.meter, self.firm, self.staff[0])
        Intake(self.database).store([meter.arrival(0), meter.raw(b"rubbish")])
        (device,) = devices_of(self.staff[0], self.database, self.key)
        self.point_id = device.points[0].point_id

    def warn(self):
        """Return an alert of the firm that may be closed; one that was closed is made anew."""
        with self.database.work(SYSTEM_SCOPE) as work:
            known = alert_lists.page(work, AlertFilter(self.key), None, 1)
        return known[0].alert_id if known else self._warned()

    def _warned(self):
        place = Place(self.key, self.firm.access_path)
        names = {"zh-CN": self.warning, "en": self.warning}
        about, link = f"point:{self.point_id}", "/collection/devices"
        found = Observation(place, "point.range", about, Condition.PASSED, names, link)
        with self.database.work(SYSTEM_SCOPE) as work:
            observe(work, [found], now())
            (alert, *_) = alert_lists.page(work, AlertFilter(self.key), None, 1)
            work.commit()
        return alert.alert_id

    @property
    def marks(self):
        """Return what nobody else may see.

        The name, for a code that somebody types is told back to them.
        """
        secret = (self.note, self.meter, self.amount, self.part, self.laboratory, self.hook)
        secret += (self.connector, self.call, self.said, self.found, self.watched)
        secret += (self.warning,)
        return (f"企业{self.code}", *secret)

    def row(self):
        """Return the row that each year holds."""
        amounts = {"FC": self.amount, "NCV": "43.33"}
        return {"source": "fuel", "item": "diesel", "note": self.note} | amounts

    def login(self, role):
        """Return the sign-in name of the firm's person with a role."""
        own = "geheim" if self.number == 7 else f"geheim{self.number}"
        return f"{own}.{role.value.replace('_', '.')}"

    def city(self):
        with self.database.work(SYSTEM_SCOPE) as work:
            return organizations.get(work, self.place)

    def submit(self, reporter, version, more=()):
        catalog = load_catalog()
        draft = manual.choose_method(reporter, self.database, catalog, version, METHOD)
        row = self.row() | dict(more)
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
            told = {"invariant": "total", "part": self.part, "expected": 1.0, "found": 2.0}
            seen = {"found_at": now(), "seen_at": now(), "reason": ""}
            named = {"finding_id": self.finding, "year": WAITING, "run_id": pointer.current_run}
            work.connection.execute(insert(finding).values(**place, **named, **told, **seen))
            work.commit()

    def keep_doubt(self):
        """Keep what a rule finds doubtful in the rows of the year that waits."""
        where = {
            "row": 1,
            "field": "FC",
            "source": "fuel",
            "item": "diesel",
            "key": "",
            "month": "",
        }
        words = dict.fromkeys(("what", "why", "do"), self.part)
        evidence = {
            "where": where | {"note": self.note},
            "told": {"zh-CN": words, "en": words},
            "numbers": [{"period": "2023", "value": 1.0, "origin": "typed", "name": ""}],
            "limits": {},
        }
        numbers = (self.part, 1.0, 2.0, evidence)
        found = [row_findings.NewRowFinding("unit_slip", 1, "warning", *numbers)]
        with self.database.work(SYSTEM_SCOPE) as work:
            row_findings.keep(work, (self.firm, WAITING, self.waiting_id), found, now())
            wanted = row_findings.Wanted(self.firm.access_path)
            (kept,) = row_findings.page(work, wanted, 0, 1)
            self.doubt, self.doubt_seen = kept.finding_id, Listed(kept, (), "").seen
            work.commit()
        ordered = order_checks(self.staff[0], self.database, Queue(), self.key)
        self.checks_job = ordered.job_id

    def make_report(self):
        """Store a finished report of the filed year; return its id."""
        asked = (self.staff[0], self.database)
        run = reading.result_of(*asked, self.key, FILED).summary
        self.run_id = run.run_id
        self.submission_id = reading.result_of(*asked, self.key, FILED).filing.submission_id
        ordered = order_report(*asked, Queue(), self.key, FILED, "zh-CN")
        self.report_job = ordered.job_id
        new = reports.NewReport(run.run_id, ordered.job_id, "zh-CN", "1", asked[0].person_id)
        files = [reports.NewFile(kind, f"{kind}.{kind}", text) for kind, text in CONTENT.items()]
        with self.database.work(SYSTEM_SCOPE) as work:
            stored = reports.add(work, self.firm, new, files)
            jobs.finish(work, jobs.take(work, ordered.job_id), {"report_id": str(stored.report_id)})
            work.commit()
        return stored.report_id

    def values(self, target=None):
        """Return what a browser of the firm itself would send, by the id of the component.

        It asks for the firm, or for another organization.
        """
        key, city = target or self.key, self.place or SUZHOU
        place = {"organization": str(key)}
        order = {
            "organization": key,
            "year": BEGUN,
            "revision": 1,
            "serial": 1,
            "rows": [self.row()],
            "ids": ["r1"],
            "lines": [1],
            "method": METHOD,
        }
        chosen = {"organization": key, "point": str(self.point_id), "window": "1h"}
        region = {"region": "100000", "year": WAITING, "edition": "", "standing": ""}
        balance = {
            "organization": city,
            "year": FILED,
            "revision": 0,
            "serial": 1,
            "rows": [{"source": "fuel", "item": "lpg", "imports": "5"}],
            "ids": ["r1"],
            "lines": [1],
        }
        shown = {"newest": "", "stale": False, "set_aside": 0, "chosen": chosen}
        return {
            WILDCARDS: self.wild(),
            "_pages_location": {
                "pathname": "/enterprise/accounting",
                "search": f"?organization={key}&year={WAITING}",
            },
            "collection-manual-query": place | {"year": str(BEGUN)},
            **{f"collection-manual-{name}": order for name in ("check", "save", "submit")},
            "collection-manual-method": order,
            "collection-manual-bill-use": "fuel|diesel|FC",
            "collection-manual-bill-first": f"{BEGUN}-01-16",
            "collection-manual-bill-last": f"{BEGUN}-02-15",
            "collection-manual-bill-amount": "100",
            "collection-manual-bill-way": "days",
            "collection-manual-bill-readings": "",
            "collection-manual-check-comment": "geprüft",
            "collection-manual-version": {"organization": key, "year": BEGUN, "revision": 1},
            **self._campaigns(key),
            **self._verification(),
            **radar_values(self, key, WAITING),
            "collection-manual-correct-reason": "falsch",
            "collection-manual-correct-year": {"organization": key, "year": FILED},
            "row-comment-reason": "berichtigt",
            "enterprise-accounting-row-line": "1",
            "enterprise-accounting-row-comment": "stimmt nicht",
            "enterprise-accounting-row-submission": str(self.waiting_id),
            "collection-import-query": place | {"year": str(FILED)},
            "collection-import-sent": [{"year": FILED, "sha256": self.file_sha256, "name": "a"}],
            "collection-import-shown": {
                **{"organization": key, "year": FILED, "sha256": self.file_sha256},
                "revisions": [[key, FILED, 1]],
            },
            "collection-import-heading": "0",
            "collection-import-told": "",
            "collection-provisional-query": place,
            "collection-provisional-organization": key,
            "collection-provisional-month": "2026-01",
            "collection-provisional-shown": {"organization": 0, "month": ""},
            "collection-checks-query": {"organization": self._code_of(key), "state": "all"},
            "check-reason": "已核对",
            "check-seen": self.doubt_seen,
            "collection-checks-job": str(self.checks_job),
            "collection-checks-limit": "jump_last_year.limit",
            "collection-checks-value": "50",
            "collection-checks-point": "",
            "collection-checks-limit-reason": "季节性生产",
            "collection-webhooks-query": {"webhook": str(self.open_webhook())},
            "collection-webhooks-code": self._code_of(key),
            "collection-webhooks-address": "https://1.1.1.1/",
            "collection-webhooks-events": ["submission.made"],
            "collection-connectors-query": place | {"kind": "rest"},
            "collection-connectors-looked": "",
            "collection-connectors-name": "Eigener",
            "collection-connectors-every": "day",
            "collection-connectors-hour": "2",
            "collection-connectors-years": "this",
            "collection-connectors-setting": OUTSIDE,
            "collection-telemetry-query": place | {"point": str(self.point_id), "window": "1h"},
            "collection-telemetry-shown": shown,
            "collection-telemetry-organization": key,
            "collection-telemetry-point": "0",
            "collection-telemetry-window": "1h",
            **self._devices(place, key),
            **self._alerts(place, key),
            "enterprise-accounting-query": place | {"year": str(WAITING)},
            "enterprise-accounting-comment": "请补充",
            "enterprise-accounting-heat-supplied": 10,
            "enterprise-accounting-heat-generated": 40,
            "enterprise-accounting-power-supplied": 5,
            "enterprise-accounting-submission": str(self.waiting_id),
            "enterprise-accounting-report-language": "zh-CN",
            "enterprise-restatement-query": place | {"year": str(FILED)},
            "enterprise-restatement-known-on": today().isoformat(),
            "enterprise-restatement-gwp-set": "AR5",
            "government-accounting-asked": {"region": str(city), "year": "", "edition": ""},
            "government-accounting-shown": region,
            "government-accounting-edition": EDITION,
            "government-accounting-region": str(city),
            "government-accounting-year": FILED,
            "government-accounting-map": {"points": [{"customdata": [str(city)]}]},
            "government-accounting-fuels": {"points": [{"x": FILED}]},
            "government-accounting-difference": {"points": [{"x": FILED}]},
            "finding-reason": "已核对",
            "government-recalculation-query": {"region": str(city)},
            "government-recalculation-year": str(FILED),
            "government-recalculation-known-on": today().isoformat(),
            "government-discrepancies-query": {"region": str(city), "year": str(FILED)},
            "government-energy-balance-query": {"organization": str(city), "year": str(FILED)},
            **dict.fromkeys(BALANCE_ASKS, balance),
            "government-energy-balance-document": "geheimes Dokument",
            "government-energy-balance-note": "",
            "discrepancy-cause": "boundary",
            "discrepancy-owner": "能源处",
            "discrepancy-note": "",
            "standards-library-query": place | {"view": "methods", "method": "GB/T 32151.8-2015"},
            **{f"standards-library-{name}": "" for name in ("text", "group", "status")},
            **self._own_value(),
            **self._administration(key),
            "administration-audit-query": {},
            "administration-privacy-query": {},
            "administration-privacy-kind": "trail",
            "administration-privacy-days": "1",
            "administration-privacy-reason": "because",
            "administration-labels-query": {},
            "administration-labels-data-set": "line",
            "administration-labels-place": self.code,
            "administration-labels-label": "4",
            "administration-labels-first": today().isoformat(),
            "administration-labels-reason": "because",
            "administration-labels-login": self.login(Role.REPORTER),
            "administration-labels-level": "4",
            "administration-labels-why": "because",
            # Somebody who is signed in nowhere else: what is done to them holds nobody up.
            "administration-people-query": {"account": f"ruht2.{key}"},
            "administration-people-reason": "because",
            "administration-roles-query": {},
            # No name to sign in with, as an account belongs to no firm and would be made.
            **{f"administration-people-{name}": "Nein!" for name in ("login", "name", "gone")},
            "administration-people-sure": "no",
            "administration-roles-login": self.login(Role.REPORTER),
            "administration-roles-role": "checker",
            "administration-roles-place": self._code_of(key),
            "administration-roles-first": today().isoformat(),
            "administration-roles-last": "",
            "home-status": "done",
            **{f"home-{name}": f"home-{name}" for name in HOME},
            "chart-data": {"title": "t", "about": [], "columns": ["a"], "rows": [[1]]},
        }

    def _campaigns(self, key):
        """Return what the page of campaigns sends: the form of another one, and which is shown."""
        form = {"issuer": str(key), "name": "x", "year": str(BEGUN), "method": ""}
        form |= {"opens": today().isoformat(), "due": today().isoformat(), "remind-days": "1"}
        form |= {"needs-check": "", "instruction": "", "place": "", "codes": ""}
        form |= {"industry": "", "owner": "", "query": {"campaign": str(self.campaign)}}
        return {f"collection-campaigns-{name}": value for name, value in form.items()}

    def wild(self):
        """Return what stands in the place of MATCH and ALL."""
        named = {"finding": self.finding, "own": self.own_value, "membership": self.held}
        named |= {
            "connector": self.connect(),
            "check": self.doubt,
            "comment": self.comment,
            "message": self.message,
        }
        named |= {"submission": self.waiting_id}
        texts = {name: str(each) for name, each in named.items()}
        return WILD | texts | {"called": self.key, "person": str(self.helper.person_id)}

    def counter_id(self):
        """Return a counter of a device in use: of another when the first was retired."""
        if not devices_of(self.staff[0], self.database, self.key):
            add_meter(self.database, f"{self.meter}-NEU", self.firm, self.staff[0])
        device = devices_of(self.staff[0], self.database, self.key)[0]
        return next(point.point_id for point in device.points if point.code == "E")

    def _devices(self, place, key):
        """Return what the registry sends of the firm's meter, and to register and replace one."""
        told = {"code": "FREMD-1", "gateway": "GW-9", "name-zh": "电表", "name-en": "Meter"}
        told |= {
            "kind": "electricity",
            "interval": 10,
            "organization": key,
            "shown": {"organization": 0},
        }
        told |= {"use": "fuel|diesel|FC", "scale": "1", "from": "2023-01-01"}
        told |= {"calibrated": "2023-01-01", "due": "2024-01-01", "document": ""}
        told |= {"mark-kind": "rolled_over", "mark-at": "2023-01-01T00:00", "end-value": "9"}
        told |= {"start-value": "0", "factor": "1", "note": "", "new-code": f"FREMD-{key}"}
        told |= {"old-end": "1", "new-start": "0", "new-factor": "1"}
        query = place | {"point": str(self.counter_id())}
        return {f"collection-devices-{n}": v for n, v in {**told, "query": query}.items()}

    def _alerts(self, place, key):
        """Return what the page of alerts and the limits of a point send."""
        told = {"organization": str(key), "state": "active", "severity": "", "rule": ""}
        told |= {"owner": "", "shown": {}, "comment": "x", "reason": "x"}
        told |= {"address": "Nein!", "from-severity": "info", "quiet-from": "", "quiet-until": ""}
        told |= {"assignee": str(self.staff[0].person_id)}
        told |= {"query": place | {"alert": str(self.warn())}}
        limits = dict.fromkeys(("low", "margin", "change", "same", "late", "silent"), "")
        limits |= {"high": "1", "severity": "warning", "reason": "x"}
        limits |= {"place": "collection-limits-place"}
        alerts = {f"collection-alerts-{name}": value for name, value in told.items()}
        return alerts | {f"collection-limits-{name}": value for name, value in limits.items()}

    def _code_of(self, key):
        # A region's code is its number.
        return self.code if key == self.key else str(key)

    def _administration(self, key):
        """Return what the pages of administrators send; of a firm, its manager adds a site."""
        code = self._code_of(key)
        organization = {"kind": "site", "code": f"FREMD-{key}", "name": "场地", "name-en": "Site"}
        organization |= {"new-name": "x", "new-name-en": "x", "day": today().isoformat()}
        wall = {"name": "x", "place": "x", "code": code, "days": "9", "renewed-days": "9"}
        wall |= {"networks": "", "bound": ""}
        pages = ("seals", "sessions", "walls", "parameters")
        return {
            **{f"administration-organizations-{name}": text for name, text in organization.items()},
            **{f"administration-walls-{name}": text for name, text in wall.items()},
            **{f"administration-{name}-query": {} for name in pages},
            "administration-organizations-query": {"place": str(key)},
            "administration-sessions-query": {"session": str(self.resting())},
            **institution_values(code, self.login(Role.REPORTER), FILED),
            "administration-audit-view-name": "x",
        }

    def _own_value(self):
        """Return a value for another person to accept, as the form sends it."""
        typed = {"value": "43.5", "unit": "GJ/t", "valid-from": "2020-01-01", "note": ""}
        typed |= {"valid-to": "2020-12-31", "laboratory": self.laboratory, "supersedes": ""}
        return {
            **{f"standards-own-{name}": text for name, text in typed.items()},
            "standards-own-what": "diesel:NCV",
            "standards-own-sent": [{"year": FILED, "sha256": self.file_sha256, "name": "a"}],
            **{f"standards-own-{name}": "" for name in ("reason", "accept", "reject")},
        }

    def keep_own_value(self):
        """Keep a measured value that waits for its approver."""
        maker = self.staff[0].person_id
        place = {"organization_id": self.key, "access_path": self.firm.access_path}
        told = {"item": "diesel", "symbol": "NCV", "value": 43.1, "unit": "GJ/t", "note": ""}
        files = {"file_year": FILED, "files": [self.file_sha256], "laboratory": self.laboratory}
        days = {"valid_from": date(2021, 1, 1), "valid_to": date(2021, 12, 31)}
        made = {"value_id": self.own_value, "proposed_by": maker, "proposed_at": now()}
        with self.database.work(SYSTEM_SCOPE) as work:
            row = place | told | files | days | made
            work.connection.execute(insert(own_value).values(**row))
            work.commit()

    def open_campaign(self):
        """Let the firm's manager call the firm itself; return the id of the campaign."""
        manager = actor_of_login(self.database, self.login(Role.MANAGER))
        asked = CampaignOrder(self.key, self.call, BEGUN, today(), today(), remind_days=())
        opened = campaigns.open_campaign(manager, self.database, load_catalog(), asked)
        return opened.campaign_id

    def _verification(self):
        """Return what the verifier's room sends of the firm's verification."""
        query = {"verification": str(self.verification), "part": "findings", "finding": "1"}
        query |= {"row": "1", "code": self.code, "year": str(FILED)}
        form = dict.fromkeys(("note", "reason", "look-note", "body", "said", "verdict"), "anders")
        form |= {"verifier": f"{UUID(int=9)}:1", "materiality": "5", "confidence": "0.95"}
        form |= {"expected": "0", "grade": "minor", "line": "1", "evidence": "", "effect": "1"}
        form |= {"person": "1", "form": "limited", "conclusion": "qualified", "words": "anders"}
        form |= {"answer": "conform", "remark": "anders", "proof": "", "query": query}
        return {f"collection-verification-{name}": value for name, value in form.items()}

    def keep_verification(self):
        """Keep a verification of the filed year with a finding that is out; return its id."""
        security = add_person(
            self.database, f"sicher{self.key}", (Role.SECURITY_ADMINISTRATOR, 100_000)
        )
        new = NewInstitution("technical_service", f"PRUEFER{self.number}", "核查机构")
        institution = institution_keeping.add(security, self.database, new)
        names, term = (self.login(Role.VERIFIER), f"pruefer{self.key}"), Term(today())
        add_person(self.database, names[1])
        for login in names:
            institution_keeping.employ(security, self.database, institution, login, term)
        tie = NewTie(institution, self.code, "verifies", term, (FILED, FILED))
        institution_keeping.tie(security, self.database, tie)
        last = today() + timedelta(days=30)
        grant(security, self.database, Grant(names[1], Role.VERIFIER, self.key, today(), last))
        lead, self.helper = (actor_of_login(self.database, login) for login in names)
        manager = actor_of_login(self.database, self.login(Role.MANAGER))
        order = Assignment(self.code, FILED, institution, lead.person_id, self.said)
        asked = (lead, self.database, engagements.assign(manager, self.database, order))
        plans.draw_plan(*asked[:2], load_catalog(), asked[2], PlanOrder(0.05, 0.95))
        engagements.start(*asked)
        engagements.add_member(*asked, self.helper.person_id)
        findings.raise_finding(*asked, FindingOrder("minor", self.found, (1,)))
        engagements.publish(*asked)
        return asked[2]

    def keep_comment(self):
        """Keep a comment on the row of the year that is begun; return its id."""
        who = (self.staff[1].person_id, now())
        said = NewComment(BEGUN, UUID(int=8), row_key(self.row()), 1, self.said, *who)
        with self.database.work(SYSTEM_SCOPE) as work:
            made = row_comments.add(work, self.firm, said)
            work.commit()
        return made

    def keep_role(self):
        """Let somebody hold a role of the firm under an id that is known."""
        login = f"{self.login(Role.REPORTER)}.helfer"
        add_known(self.database, login)
        with self.database.work(SYSTEM_SCOPE) as work:
            helper = people.by_login(work, login)
            held = {"organization_id": self.key, "membership_id": self.held, "role": "trader"}
            held |= {"person_id": helper.person_id, "access_path": self.firm.access_path}
            work.connection.execute(insert(membership).values(**held, valid_from=today()))
            work.commit()

    def keep_webhook(self):
        """Keep a webhook of the manager, that is to be told something; return its id."""
        manager = actor_of_login(self.database, self.login(Role.MANAGER)).person_id
        place = (self.key, self.firm.access_path, manager)
        new = NewWebhook(*place, f"https://1.1.1.1/{self.hook}", ("submission.made",))
        with self.database.work(SYSTEM_SCOPE) as work:
            hook = webhooks.get(work, webhooks.add(work, new, b"s" * 32, now()))
            webhooks.announce(work, [NewDelivery(hook, "ping", f'"{self.hook}"')], now())
            work.commit()
        return hook.webhook_id

    def open_webhook(self):
        """Return a webhook that was not ended, a new one where that was done to the last."""
        with self.database.work(SYSTEM_SCOPE) as work:
            found = [h for h in webhooks.every(work) if h.organization_id == self.key]
        mine = [h.webhook_id for h in found if h.ended_at is None and self.hook in h.address]
        return mine[0] if mine else self.keep_webhook()


BALANCE_ASKS = tuple(f"government-energy-balance-{name}" for name in ("check", "save", "submit"))
HOME = ("alarm", "inbox", "places", "shares", "tasks")
# What stands in the place of MATCH and ALL.
WILD = {
    "step": "start",
    "settled": "lock",
    "item": "profile",
    "line": 0,
    "row": str(UUID(int=9)),
    "page": 0,
    "number": 0,
    "format": "csv",
    "how": "new",
    "column": 0,
    "name": "url",
    "year": BEGUN,
    "estimate": "bottom_up",
    "chart": "enterprise-accounting-source-chart",
}
PRESSED = ("n_clicks", "n_intervals")


def valid_body(app, key, values):
    """Return the body that a browser sends when the first input of a callback has changed."""
    entry, wild = app.callback_map[key], values[WILDCARDS]
    output = entry["output"]
    several = isinstance(output, list | tuple)
    outputs = [_named(found.to_dict(), wild) for found in (output if several else [output])]
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
    named = _named(declared, values[WILDCARDS])
    value = 1 if declared["property"] in PRESSED else _value(named, values)
    sent = named | {"value": value}
    return [sent] if "ALL" in str(declared["id"]) else sent


def _value(named, values):
    code = named["id"]["type"] if isinstance(named["id"], dict) else named["id"]
    assert code in values, f"Say in {__file__} what a browser sends for {code}."
    found = values[code]
    by_property = code == "_pages_location"
    return found[named["property"]] if by_property else found


def _named(declared, wild):
    code = declared["id"]
    if code.startswith("{"):
        code = {k: wild[k] if isinstance(v, list) else v for k, v in json.loads(code).items()}
    return {"id": code, "property": declared["property"]}


def _written(code):
    return (
        json.dumps(code, sort_keys=True, separators=(",", ":")) if isinstance(code, dict) else code
    )
