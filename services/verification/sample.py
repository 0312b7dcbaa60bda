"""An invented verification of a plant of the 示例 province, at work: by the same use cases."""

from __future__ import annotations

from services import clock
from services.data import institutions, people
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.institutions import VERIFIES, Term
from services.data.organizations import Organization
from services.data.sample.content import INSTITUTION_CODE
from services.errors import NotFoundError
from services.security.actors import actor_of_login
from services.security.people import NewPerson, OneTimePassword, create_person
from services.security.permissions import Role
from services.standards.catalog import Catalog
from services.verification import engagements, findings, plans
from services.verification.checklists import CONFORM
from services.verification.engagements import Assignment
from services.verification.findings import Answered, FindingOrder
from services.verification.plans import PlanOrder
from services.verification.rooms import room_of
from services.verification.sampling_rules import sampling_rules

VERIFIER = "sample.verifier"
YEAR = 2023
NAMES = {"zh-CN": "示例核查机构", "en": "Sample verification body"}
LOOKED, ANSWERED = 2, 3
NOTE = "示例：与台账核对一致"
FOUND = "示例：烟煤低位发热量的化验单缺 3 月份一份，请补交或按规定取缺省值"


def appoint_sample_verifier(database: Database, plant: Organization) -> OneTimePassword:
    """Add an invented institution with a verifier who is appointed at a plant."""
    term = Term(clock.today())
    with database.work(SYSTEM_SCOPE) as work:
        roles = [(Role.VERIFIER, plant.organization_id)]
        handed = create_person(work, None, NewPerson(VERIFIER, "示例核查员", roles, is_sample=True))
        person = people.by_login(work, VERIFIER)
        if person is None:
            raise NotFoundError("login", value=VERIFIER)
        made = institutions.add(work, "technical_service", INSTITUTION_CODE, NAMES, None)
        institutions.employ(work, made, person.person_id, term, None)
        institutions.tie(work, made, plant, VERIFIES, (YEAR, YEAR), term, None)
        work.commit()
    return handed


def begin_sample_verification(
    database: Database, catalog: Catalog, plant: Organization, officer: str
) -> None:
    """Assign the plant's year, draw a sample, look at some of it, and publish a finding."""
    bureau, lead = (actor_of_login(database, login) for login in (officer, VERIFIER))
    (candidate,) = engagements.choice_of(bureau, database, plant.code, YEAR).candidates
    order = Assignment(plant.code, YEAR, candidate.institution_id, candidate.person_id, "示例")
    made = engagements.assign(bureau, database, order)
    rules = sampling_rules(clock.today())
    plan = PlanOrder(rules.materiality.share, rules.confidence.share)
    plans.draw_plan(lead, database, catalog, made, plan)
    engagements.start(lead, database, made)
    room = room_of(lead, database, made)
    for row in [each.now for each in room.rows if each.now][:LOOKED]:
        findings.look_at(lead, database, made, row.line, NOTE)
    given = [Answered(item.code, CONFORM, NOTE) for item in room.items[:ANSWERED]]
    findings.answer_items(lead, database, made, given)
    findings.raise_finding(lead, database, made, FindingOrder("minor", FOUND, (1,)))
    engagements.publish(lead, database, made)
