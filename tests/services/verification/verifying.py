"""A firm whose year is accepted, a bureau above it, and two institutions with verifiers."""

from datetime import timedelta

from services import institution_keeping
from services.clock import today
from services.institution_keeping import NewInstitution, NewTie, Term
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.security.rights import Grant, grant
from services.standards.catalog import load_catalog
from services.verification import engagements, findings, plans
from services.verification.checklists import CONFORM
from services.verification.engagements import Assignment
from services.verification.findings import Answered
from services.verification.plans import PlanOrder
from services.verification.rooms import room_of
from tests.places import NANJING, add_person
from tests.services.collection.campaigning import COAL, DIESEL, YEAR, Firm

ROOT = 100_000
PLAN = PlanOrder(0.05, 0.95)
__all__ = ["COAL", "DIESEL", "YEAR"]


class Stage:
    """Everybody who has a part in the verification of a firm's year."""

    def __init__(self, database, code="F1", rows=(DIESEL, COAL)):
        self.database = database
        self.firm = Firm(database, code)
        self.key = self.firm.key
        self.firm.accept(self.firm.submit(*rows))
        self.bureau = add_person(database, "officer", (Role.BUREAU_OFFICER, NANJING))
        self.security = add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))
        self.institution = self.add_institution("JG01")
        self.lead = self.add_verifier("lead")
        self.second = self.add_verifier("second")

    def add_institution(self, code, firms=("F1",)):
        """Add an institution that verifies firms, and return its id."""
        new = NewInstitution("technical_service", code, f"核查机构{code}")
        made = institution_keeping.add(self.security, self.database, new)
        for firm in firms:
            tie = NewTie(made, firm, "verifies", Term(today()), (YEAR, YEAR))
            institution_keeping.tie(self.security, self.database, tie)
        return made

    def add_verifier(self, login, institution=None, firm=None):
        """Add a verifier of an institution, appointed at a firm."""
        add_person(self.database, login)
        employer = institution or self.institution
        institution_keeping.employ(self.security, self.database, employer, login, Term(today()))
        last = today() + timedelta(days=30)
        order = Grant(login, Role.VERIFIER, firm or self.key, today(), last)
        grant(self.security, self.database, order)
        return actor_of_login(self.database, login)

    def assign(self, actor=None, **more):
        """Assign the firm's year to the lead, and return the id."""
        asked = {"code": "F1", "year": YEAR, "institution_id": self.institution}
        asked |= {"lead": self.lead.person_id}
        return engagements.assign(actor or self.bureau, self.database, Assignment(**asked | more))

    def begin(self):
        """Assign, draw a plan and begin; return the id."""
        made = self.assign()
        self.draw(made)
        engagements.start(self.lead, self.database, made)
        return made

    def draw(self, made, order=PLAN, actor=None):
        """Draw a plan."""
        catalog = load_catalog()
        return plans.draw_plan(actor or self.lead, self.database, catalog, made, order)

    def room(self, made, actor=None):
        """Return what somebody sees, by default the lead."""
        return room_of(actor or self.lead, self.database, made)

    def look_at_all(self, made, actor=None):
        """Look at every row that is to be looked at."""
        for row in self.room(made).rows:
            if not row.is_done:
                findings.look_at(
                    actor or self.lead, self.database, made, row.now.line, "与凭证一致"
                )

    def answer_all(self, made, answer=CONFORM):
        """Answer every item of the checklist."""
        given = [Answered(item.code, answer, "已核对") for item in self.room(made).items]
        return findings.answer_items(self.lead, self.database, made, given)
