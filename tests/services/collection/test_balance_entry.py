"""A balance is drafted, checked and recorded in versions by the people of a bureau."""

from datetime import date

import pytest

from services.accounting.region_view import Order, region_view
from services.collection.balance_entry import (
    BalanceDocumentError,
    Papers,
    open_balance,
    record_draft,
    save_balance_draft,
)
from services.collection.manual import EntryTooLargeError
from services.collection.years import YearError
from services.consistency.ledger import ledger_of
from services.data import organizations
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.security.actors import actor_of_login
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from services.standards.supply_and_use import SupplyUseError
from tests.places import NANJING, add_person

pytestmark = pytest.mark.postgres

CATALOG = load_catalog()
PROVINCE = 990000
PAPERS = Papers("示例省能源平衡表 2023", "示例")
ROWS = [
    {"source": "fuel", "item": "lpg", "imports": "100", "final_use": "100"},
    {"source": "fuel", "item": "diesel"},
    {"source": "electricity", "electricity_mwh": "5"},
]


class Desk:
    """The bureau of the sample province, which has a balance of 2023 already."""

    def __init__(self, database):
        self.database = database
        self.actor = actor_of_login(database, "bureau.viewer")
        with database.work(SYSTEM_SCOPE) as work:
            self.key = organizations.by_code(work, str(PROVINCE)).organization_id

    def open(self, year=2023, actor=None):
        return open_balance(actor or self.actor, self.database, CATALOG, self.key, year)

    def save(self, rows=ROWS, revision=0, year=2023, papers=PAPERS):
        version = DraftVersion(self.key, year, revision)
        return save_balance_draft(self.actor, self.database, version, rows, papers)

    def record(self, revision=1, papers=PAPERS, actor=None):
        version = DraftVersion(self.key, 2023, revision)
        return record_draft(actor or self.actor, self.database, CATALOG, version, papers)


@pytest.fixture
def desk(sample_database):
    return Desk(sample_database)


def test_what_was_typed_is_kept_as_typed(desk):
    assert desk.open().draft is None
    desk.save([{"source": "fuel", "item": "lpg", "imports": "１百"}])
    draft = desk.open().draft
    assert (draft.rows[0]["imports"], draft.document, draft.revision) == (
        "１百",
        PAPERS.document,
        1,
    )


def test_whoever_saves_over_another_is_told(desk):
    desk.save()
    with pytest.raises(ConflictError):
        desk.save()
    desk.save(revision=1)
    with pytest.raises(ConflictError):
        desk.record(revision=1)


def test_a_recorded_draft_is_the_newest_version_and_all_readers_follow(desk):
    before = desk.open().versions
    desk.save()
    stored = desk.record()
    after = desk.open().versions
    assert [v.balance_id for v in after] == [stored.balance_id, *(v.balance_id for v in before)]
    assert (stored.document, stored.recorded_by) == (PAPERS.document, desk.actor.name)
    assert (stored.electricity_mwh, [row["item"] for row in stored.rows]) == (5.0, ["lpg"])
    order = Order(str(PROVINCE), 2023, date(2026, 11, 26))
    view = region_view(desk.actor, desk.database, CATALOG, order)
    assert [fuel.item for fuel in view.reference.fuels] == ["lpg"]
    ledger = ledger_of(desk.actor, desk.database, CATALOG, str(PROVINCE), 2023)
    gap = next(gap for gap in ledger.gaps if gap.estimate == "reference")
    # 310.133 t of LPG, less what the reference has on both sides, lie under the inventory.
    assert gap.tonnes < gap.inventory_t


def test_other_papers_alone_make_a_new_version_of_the_same_numbers(desk):
    before = desk.open().versions[0]
    stored = desk.record(revision=0, papers=Papers("示例省统计年鉴"))
    assert stored.rows == before.rows
    assert desk.open().papers == Papers("示例省统计年鉴", "")


def test_the_papers_shown_are_those_named_last(desk):
    desk.save(papers=Papers("草稿"))
    assert desk.open().papers.document == "草稿"
    desk.record()
    assert desk.open().papers == PAPERS


def test_a_balance_with_an_error_or_without_its_document_is_not_recorded(desk):
    versions = len(desk.open().versions)
    desk.save()
    with pytest.raises(BalanceDocumentError):
        desk.record(papers=Papers(" ", ""))
    desk.save([{**ROWS[0], "final_use": "90"}], revision=1)
    with pytest.raises(SupplyUseError):
        desk.record(revision=2)
    assert len(desk.open().versions) == versions


def test_a_year_nobody_enters_and_more_than_anybody_types_are_refused(desk):
    with pytest.raises(YearError):
        desk.save(year=1990)
    with pytest.raises(EntryTooLargeError):
        desk.save(ROWS * 200)
    with pytest.raises(EntryTooLargeError):
        desk.save(papers=Papers("x" * 1001))


def test_only_people_of_the_region_enter_it(desk):
    reporter = actor_of_login(desk.database, "cement.reporter")
    with pytest.raises(NotAllowedError):
        desk.open(actor=reporter)
    elsewhere = add_person(desk.database, "nanjing.bureau", (Role.BUREAU_OFFICER, NANJING))
    with pytest.raises((NotAllowedError, NotFoundError)):
        desk.open(actor=elsewhere)
    approver = actor_of_login(desk.database, "province.approver")
    with pytest.raises((NotAllowedError, NotFoundError)):
        desk.record(actor=approver)
