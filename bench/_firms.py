"""Invented firms with a filed year and two people each, for measurements under load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyotp

from services import clock
from services.accounting import filing
from services.collection import manual
from services.data import organizations
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.organizations import NewOrganization, Organization
from services.data.sample.content import sample_organizations
from services.security.actors import actor_of_login
from services.security.door import Door
from services.security.factors import begin_totp, confirm_totp
from services.security.people import NewPerson, create_person
from services.security.permissions import Role
from services.security.profiles import profile_of
from services.security.sign_in import change_password, sign_in
from services.standards.catalog import Catalog

YEAR = 2022
PATTERN = "cement"
PASSWORD = "A-password-for-load-7"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signs in and reads the result of one organization."""

    login: str
    organization_id: int
    name: str
    seed: str

    def code(self) -> str:
        """Return the code of the next step: the present one was used up by enrolling."""
        return str(pyotp.TOTP(self.seed).at(for_time=clock.now(), counter_offset=1))


def add_firms(database: Database, catalog: Catalog, count: int, factor_key: bytes) -> list[Visitor]:
    """Add firms like the sample's cement plant, each with a reporter and an approver."""
    visitors: list[Visitor] = []
    door = Door(database, profile_of("mlps3", clock.today()), factor_key)
    for number in range(count):
        firm = _add_firm(database, number)
        people = _add_people(door, firm, number)
        _file_year(database, catalog, firm, people)
        name = firm.names["zh-CN"]
        visitors += [
            Visitor(login, firm.organization_id, name, seed) for login, seed in people.items()
        ]
    return visitors


def _add_firm(database: Database, number: int) -> Organization:
    pattern = next(sample for sample in sample_organizations() if sample.key == PATTERN)
    with database.work(SYSTEM_SCOPE) as work:
        parent = organizations.by_code(work, pattern.parent)
        new = NewOrganization(
            kind=pattern.kind,
            code=f"LOAD{number:014d}",
            parent_id=parent.organization_id,
            names={"zh-CN": f"示例测量{number}厂", "en": f"Sample measured plant {number}"},
            factor_region=pattern.factor_region,
            method=pattern.method,
            industry_code=pattern.industry_code,
            is_sample=True,
        )
        added = organizations.add(work, new)
        work.commit()
    return added


def _add_people(door: Door, firm: Organization, number: int) -> dict[str, str]:
    logins = (f"load{number}.reporter", f"load{number}.approver")
    seeds: dict[str, str] = {}
    for login, role in zip(logins, (Role.REPORTER, Role.APPROVER), strict=True):
        with door.database.work(SYSTEM_SCOPE) as work:
            new = NewPerson(login, login, [(role, firm.organization_id)], is_sample=True)
            made = create_person(work, None, new)
            work.commit()
        token = sign_in(door, login, made.password)
        change_password(door, token, made.password, PASSWORD)
        seeds[login] = begin_totp(door, token).seed
        confirm_totp(door, token, pyotp.TOTP(seeds[login]).at(for_time=clock.now()), "load")
    return seeds


def _file_year(
    database: Database, catalog: Catalog, firm: Organization, people: Iterable[str]
) -> None:
    reporter, approver = (actor_of_login(database, login) for login in people)
    pattern = next(sample for sample in sample_organizations() if sample.key == PATTERN)
    rows = next(year.rows for year in pattern.years if year.year == YEAR)
    begun = DraftVersion(firm.organization_id, YEAR, 0)
    draft = manual.save_draft(reporter, database, begun, rows)
    manual.submit_draft(reporter, database, catalog, draft.version)
    entry = manual.open_entry(approver, database, catalog, firm.organization_id, YEAR)
    if entry.submission_id is not None:
        filing.approve(approver, database, firm.organization_id, entry.submission_id)
