"""An accepted year is locked, and corrected as a new version with a reason (5.2.1 b)."""

import pytest

from services.accounting import reading
from services.accounting.corrections import (
    AcceptedError,
    CorrectionReasonError,
    open_correction,
)
from services.collection import manual
from services.data import runs, submissions
from services.data.engine import SYSTEM_SCOPE
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.standards.catalog import load_catalog
from tests.services.collection.campaigning import COAL, DIESEL, METHOD, YEAR, Firm

pytestmark = pytest.mark.postgres
REASON = "磅单录错"


@pytest.fixture
def firm(database):
    return Firm(database, "F1")


def begin(firm, reason=REASON, actor=None):
    open_correction(actor or firm.reporter, firm.database, firm.key, YEAR, reason)


def test_an_accepted_year_takes_no_change_until_it_is_opened_with_a_reason(database, firm):
    accepted = firm.submit(DIESEL)
    with pytest.raises(ConflictError):
        begin(firm)
    firm.accept(accepted)
    entry = manual.read_entry(firm.reporter, database, firm.key, YEAR)
    assert (entry.state, entry.may_edit, entry.may_submit) == ("approved", False, False)
    catalog, version = load_catalog(), entry.version
    for refused in (
        lambda: firm.save(COAL),
        lambda: manual.choose_method(firm.reporter, database, catalog, version, METHOD),
        lambda: firm.hand_in(version),
    ):
        with pytest.raises(AcceptedError):
            refused()
    with pytest.raises(CorrectionReasonError):
        begin(firm, " ")
    for other in (firm.approver, Firm(database, "F2").reporter):
        with pytest.raises((NotAllowedError, NotFoundError)):
            begin(firm, actor=other)
    begin(firm)
    with pytest.raises(ConflictError):
        begin(firm)
    entry = manual.read_entry(firm.reporter, database, firm.key, YEAR)
    assert (entry.state, entry.may_edit, entry.rows) == ("draft", True, (DIESEL,))


def test_a_correction_is_a_new_version_that_names_the_old_and_is_filed_when_accepted(
    database, firm
):
    first = firm.submit(DIESEL)
    firm.accept(first)
    begin(firm)
    second = firm.submit(COAL)
    found = reading.result_of(firm.approver, database, firm.key, YEAR)
    assert (found.filing.submission_id, found.filing.correction) == (second, REASON)
    with database.work(SYSTEM_SCOPE) as work:
        stored = submissions.get(work, firm.key, second)
        pointer = runs.pointer(work, firm.key, YEAR)
        filed = runs.get(work, firm.key, pointer.filed_run)
    # What was accepted counts until the correction is.
    assert (stored.version, filed.submission_id) == (2, first)
    firm.accept(second)
    with database.work(SYSTEM_SCOPE) as work:
        pointer = runs.pointer(work, firm.key, YEAR)
        assert runs.get(work, firm.key, pointer.filed_run).submission_id == second
        kept = submissions.rows_of(work, firm.key, first)
    assert [row.item for row in kept] == ["diesel"]
    with pytest.raises(AcceptedError):
        firm.save(DIESEL)


def test_a_correction_that_was_sent_back_stays_open(database, firm):
    firm.accept(firm.submit(DIESEL))
    begin(firm)
    firm.send_back(firm.submit(COAL))
    firm.save(DIESEL)
    assert manual.read_entry(firm.reporter, database, firm.key, YEAR).state == "returned"
