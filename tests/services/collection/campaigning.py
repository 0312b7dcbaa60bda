"""A bureau with firms of a city, one for each state that an organization can be in."""

from datetime import timedelta

from services.accounting import filing, reading
from services.clock import today
from services.collection import manual
from services.collection.campaigns import CampaignOrder
from services.data.drafts import DraftVersion
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.places import NANJING, add_firm, add_person

YEAR = 2024
METHOD = "GB/T 32150-2015"
DIESEL = {"source": "fuel", "item": "diesel", "FC": "1", "NCV": "43.33"}
COAL = {"source": "fuel", "item": "anthracite", "FC": "2", "NCV": "20.304"}


def bureau(database, place=NANJING):
    """Add the officer of a city."""
    return add_person(database, f"officer{place}", (Role.BUREAU_OFFICER, place))


def order(days=30, **more):
    """Return a campaign of Nanjing that is due in so many days."""
    asked = {
        "issuer_id": NANJING,
        "name": "报送",
        "year": YEAR,
        "opens_on": today(),
        "due_on": today() + timedelta(days=days),
    }
    return CampaignOrder(**asked | more)


class Firm:
    """A firm with a reporter, a checker and an approver who go through a year."""

    def __init__(self, database, code, parent=NANJING):
        self.database = database
        self.subject = add_firm(database, code, parent, METHOD)
        self.key = self.subject.organization_id
        roles = (Role.REPORTER, Role.CHECKER, Role.APPROVER)
        people = [add_person(database, f"{r.value}.{code}".lower(), (r, self.key)) for r in roles]
        self.reporter, self.checker, self.approver = people

    def save(self, *rows, year=YEAR):
        """Save rows in the draft as it stands; return what was stored."""
        entry = manual.read_entry(self.reporter, self.database, self.key, year)
        return manual.save_draft(self.reporter, self.database, entry.version, rows)

    def submit(self, *rows, year=YEAR):
        """Save rows and submit them; return the id of the submission."""
        saved = self.save(*rows, year=year)
        self.hand_in(saved.version)
        return self.waiting(year)

    def hand_in(self, version: DraftVersion):
        """Submit the draft as it was stored."""
        manual.submit_draft(self.reporter, self.database, load_catalog(), version)

    def waiting(self, year=YEAR):
        """Return the id of the newest submission of a year."""
        found = reading.result_of(self.approver, self.database, self.key, year)
        return found.filing.submission_id

    def send_back(self, submission, reason="请核对"):
        """Return the submission to its reporter."""
        filing.send_back(self.approver, self.database, self.key, submission, reason)

    def accept(self, submission):
        """Accept the submission."""
        filing.approve(self.approver, self.database, self.key, submission)
