"""A decision is about the submission that was on screen, and about no other (5.2.1)."""

import orjson
import pytest

from callbacks.context import Context
from callbacks.enterprise import accounting
from components.ids import enterprise_accounting as ids
from services.accounting import filing, reading
from services.accounting.filing import DecidedError
from services.collection import manual
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from services.i18n.texts import LANGUAGES, use_language
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres
YEAR = 2023
ROW = {"source": "fuel", "item": "diesel", "FC": "100", "NCV": "43.33"}
DECISIONS = (accounting.approve, accounting.send_back)


class Case:
    """A firm with its two people, the page of its approver, and what happens meanwhile."""

    def __init__(self, database, code="DECIDE"):
        self.database = database
        self.firm = add_firm(database, code)
        self.reporter, self.approver = add_staff(database, self.firm)
        self.context = Context(database, load_catalog(), None, None, lambda: self.approver)
        self.query = {"organization": str(self.firm.organization_id), "year": str(YEAR)}

    def submit(self, revision=0):
        version = DraftVersion(self.firm.organization_id, YEAR, revision)
        draft = manual.save_draft(self.reporter, self.database, version, [ROW])
        manual.submit_draft(self.reporter, self.database, load_catalog(), draft.version)

    def filing(self):
        place = self.firm.organization_id
        return reading.result_of(self.approver, self.database, place, YEAR).filing

    def shown(self):
        """Return which submission the page on screen says it shows."""
        page = orjson.loads(orjson.dumps(accounting.show_result(self.context, self.query)))
        return next(part["data"] for part in parts(page) if part.get("id") == ids.SUBMISSION)

    def send_back(self):
        where = (self.approver, self.database, self.firm.organization_id)
        filing.send_back(*where, self.filing().submission_id, "请改")

    def click(self, decide, shown, comment="ok"):
        return decide(self.context, 1, comment, shown, self.query)


def parts(found):
    """Return every component of a page that was sent."""
    if isinstance(found, dict):
        yield found
        found = list(found.values())
    if isinstance(found, list):
        for each in found:
            yield from parts(each)


@pytest.fixture
def case(database):
    made = Case(database)
    made.submit()
    return made


@pytest.fixture
def overtaken(case):
    """The id on a page that was opened before another one sent back and a newer one came."""
    shown = case.shown()
    case.send_back()
    case.submit(revision=1)
    return shown


@pytest.mark.parametrize("decide", DECISIONS)
def test_a_submission_that_came_after_the_page_was_opened_is_not_decided_on(
    case, overtaken, decide
):
    with pytest.raises(DecidedError):
        case.click(decide, overtaken)
    assert case.filing().state == "submitted"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_conflict_says_what_changed_and_what_to_do(case, overtaken, code):
    with pytest.raises(DecidedError) as refused:
        case.click(accounting.approve, overtaken)
    with use_language(code):
        told = refused.value.explain()
    assert case.approver.name in told.what
    assert case.reporter.name in told.why
    assert {"zh-CN": "重新载入", "en": "Reload"}[code] in told.do


def test_a_second_click_is_told_who_decided(case):
    shown = case.shown()
    case.send_back()
    with pytest.raises(DecidedError) as refused:
        case.click(accounting.approve, shown)
    assert case.approver.name in refused.value.explain().what


@pytest.mark.parametrize(
    "shown", [None, "", "x", 7, "0" * 32, "4e4958ff-d4b5-411d-93ef-69baf4de9f9f"]
)
def test_an_id_that_names_no_submission_of_the_organization_is_not_found(case, shown):
    with pytest.raises(NotFoundError):
        case.click(accounting.approve, shown)


def test_a_submission_of_another_firm_is_not_found(case, database):
    other = Case(database, "OTHER")
    other.submit()
    with pytest.raises(NotFoundError):
        case.click(accounting.approve, other.shown())
    assert other.filing().state == "submitted"
