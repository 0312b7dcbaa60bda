"""Comments on rows: made by who decides, seen at the row over versions, until they are settled."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.accounting.filing import CommentMissingError, MakerCheckerError, TyperCheckerError
from services.collection import row_comments
from services.collection.row_comments import RowCommentMissingError, lines_of, row_key
from services.data.engine import SYSTEM_SCOPE
from services.data.row_comments import StoredComment
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.security.permissions import Role
from tests.places import add_person
from tests.services.collection.campaigning import COAL, DIESEL, YEAR, Firm

NOW = datetime(2026, 5, 1, tzinfo=UTC)
COKE = {"source": "fuel", "item": "coke", "FC": "3", "NCV": "28.4"}
rows = st.lists(st.sampled_from([DIESEL, COAL, COKE, DIESEL | {"month": "3"}]), max_size=6)


def said_of(row, line):
    return StoredComment(
        uuid4(), YEAR, uuid4(), row_key(row), line, "请核对", "", NOW, "", "", None
    )


@given(rows, st.data())
def test_a_comment_stands_at_a_row_of_the_same_kind_or_nowhere(found, data):
    row = data.draw(st.sampled_from([DIESEL, COAL, COKE]))
    said = said_of(row, data.draw(st.integers(1, 6)))
    at = lines_of([said], found).get(said.comment_id)
    same = [n for n, each in enumerate(found) if row_key(each) == row_key(row)]
    assert (at is None) == (not same)
    if at is not None:
        assert at in same
        assert all(abs(at + 1 - said.line) <= abs(n + 1 - said.line) for n in same)


def test_rows_are_told_apart_by_source_item_option_and_month_however_it_is_typed():
    assert row_key(DIESEL | {"month": "３月"}) == row_key(DIESEL | {"month": "3", "FC": "9"})
    assert len({row_key(r) for r in (DIESEL, COAL, DIESEL | {"month": "3"})}) == 3


@pytest.fixture
def firm(database):
    return Firm(database, "F1")


def opened(firm):
    return row_comments.comments_of(firm.reporter, firm.database, firm.key, YEAR)


def comment(firm, submission, line, words="与磅单不符"):
    named = (firm.key, submission)
    row_comments.comment_on(firm.approver, firm.database, named, line, words)


@pytest.mark.postgres
def test_comments_stay_with_their_rows_over_versions_until_the_year_is_accepted(database, firm):
    first = firm.submit(DIESEL, COAL)
    comment(firm, first, 2)
    # What is said of rows is reason enough.
    firm.send_back(first, reason=" ")
    (said,) = opened(firm)
    done = row_comments.answer(firm.reporter, database, firm.key, said.comment_id, "已改为 20")
    assert (done.answer, done.answered_by_name) == ("已改为 20", firm.reporter.name)
    second = firm.submit(COKE, DIESEL, {**COAL, "FC": "20"})
    assert lines_of(opened(firm), [COKE, DIESEL, COAL]) == {said.comment_id: 2}
    comment(firm, second, 1, "缺化验单")
    firm.accept(second)
    assert opened(firm) == ()


@pytest.mark.postgres
def test_a_comment_is_settled_by_who_decides_and_once(database, firm):
    waiting = firm.submit(DIESEL)
    comment(firm, waiting, 1)
    named = (firm.key, opened(firm)[0].comment_id)
    with pytest.raises((NotAllowedError, NotFoundError)):
        row_comments.settle(firm.reporter, database, *named)
    row_comments.settle(firm.approver, database, *named)
    assert opened(firm) == ()
    with pytest.raises(NotFoundError):
        row_comments.settle(firm.approver, database, *named)
    with pytest.raises(NotFoundError):
        row_comments.answer(firm.reporter, database, *named, "已改")
    with pytest.raises(CommentMissingError):
        firm.send_back(waiting, reason="")


@pytest.mark.postgres
def test_who_typed_or_submitted_and_who_is_elsewhere_comments_on_nothing(database, firm):
    waiting, other = firm.submit(DIESEL), Firm(database, "F2")
    both = add_person(database, "both", (Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    named = (firm.key, waiting)
    for actor, error in ((firm.reporter, NotFoundError), (other.approver, NotFoundError)):
        with pytest.raises((error, NotAllowedError)):
            row_comments.comment_on(actor, database, named, 1, "不符")
    for line in (0, 2):
        with pytest.raises(NotFoundError):
            comment(firm, waiting, line)
    with pytest.raises(RowCommentMissingError):
        comment(firm, waiting, 1, " \n")
    firm.send_back(waiting)
    with pytest.raises(ConflictError):
        comment(firm, waiting, 1)
    firm.reporter, reporter = both, firm.reporter
    with pytest.raises(MakerCheckerError):
        row_comments.comment_on(both, database, (firm.key, firm.submit(COAL)), 1, "不符")
    firm.send_back(firm.waiting())
    firm.save(COKE)
    firm.reporter = reporter
    entry = firm.save(COKE)
    firm.hand_in(entry.version)
    with pytest.raises(TyperCheckerError):
        row_comments.comment_on(both, database, (firm.key, firm.waiting()), 1, "不符")


@pytest.mark.postgres
def test_every_word_about_a_row_leaves_an_event(database, firm):
    waiting = firm.submit(DIESEL)
    comment(firm, waiting, 1)
    (said,) = opened(firm)
    row_comments.answer(firm.reporter, database, firm.key, said.comment_id, "已改")
    row_comments.settle(firm.approver, database, firm.key, said.comment_id)
    told = text(
        "SELECT action, person_id FROM business.audit_event WHERE resource = :id ORDER BY at"
    )
    with database.work(SYSTEM_SCOPE) as work:
        events = work.connection.execute(told, {"id": str(said.comment_id)}).all()
    assert [tuple(event) for event in events] == [
        ("comment_row", firm.approver.person_id),
        ("answer_comment", firm.reporter.person_id),
        ("settle_comment", firm.approver.person_id),
    ]
