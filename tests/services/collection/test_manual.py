"""Entry by hand: what is typed is kept, checked, and submitted as it stands."""

from functools import partial

import pytest
from sqlalchemy import text

from services.accounting import filing
from services.accounting.corrections import open_correction
from services.accounting.filing import EntryProblemsError, NothingEnteredError, WaitingError
from services.collection import manual
from services.collection.manual import EntryTooLargeError, NoMethodError
from services.collection.years import YearError
from services.data import audit
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.errors import ConflictError, NotAllowedError, NotFoundError, PlatformError
from services.i18n.texts import LANGUAGES, use_language
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from services.standards.problems import MethodNotValidError
from tests.places import add_firm, add_person, add_staff

pytestmark = pytest.mark.postgres

DIESEL = {"source": "fuel", "item": "diesel", "FC": "100", "NCV": "43.33", "note": "车辆"}
POWER = {"source": "el_buy", "MWh": "1,000", "EF": "0.5"}


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def staff(database, firm):
    return add_staff(database, firm)


@pytest.fixture
def save(database, firm, staff):
    def store(rows, revision=0, actor=staff[0], year=2023):
        return manual.save_draft(
            actor, database, DraftVersion(firm.organization_id, year, revision), rows
        )

    return store


@pytest.fixture
def entry(database, catalog, firm, staff):
    def open_it(actor=staff[0], year=2023):
        return manual.open_entry(actor, database, catalog, firm.organization_id, year)

    return open_it


@pytest.fixture
def submit(database, catalog, staff):
    def send(draft, actor=staff[0]):
        return manual.submit_draft(actor, database, catalog, draft.version)

    return send


@pytest.fixture
def decide(database, firm, staff, entry):
    def approve_or_return(comment=""):
        where = (staff[1], database, firm.organization_id, entry().submission_id)
        return filing.send_back(*where, comment) if comment else filing.approve(*where)

    return approve_or_return


@pytest.fixture
def choose(database, catalog, firm, staff):
    def method(designation, revision):
        version = DraftVersion(firm.organization_id, 2023, revision)
        return manual.choose_method(staff[0], database, catalog, version, designation)

    return method


def test_a_year_nobody_began_is_empty_and_has_the_methods_cells(entry):
    opened = entry()
    assert (opened.state, opened.rows, opened.version.revision) == ("empty", (), 0)
    assert opened.method == "GB/T 32150-2015"
    assert opened.may_edit
    assert opened.may_submit


def test_whatever_is_typed_is_kept_to_the_letter(save, entry):
    rows = [DIESEL | {"FC": " １，２３ "}, {"source": "没有", "x": "?"}, {}]
    save(rows)
    assert list(entry().rows) == rows
    assert entry().state == "draft"


def test_every_bad_cell_is_named_at_once(save, entry):
    save([{}, DIESEL | {"FC": "1,23"}, POWER | {"MWh": "-5"}, {"source": "没有", "MWh": "1"}])
    errors = {(p.record, p.field) for p in entry().problems if p.severity == "error"}
    assert {(1, "FC"), (2, "MWh"), (3, "source")} <= errors


def test_a_cell_that_cannot_be_read_is_not_called_missing_as_well(save, entry):
    save([DIESEL | {"FC": "1,23"}])
    assert [(p.field, p.error.text_key) for p in entry().problems] == [("FC", "cell")]


@pytest.mark.parametrize("typed", ["120%", "１２０％", "1.20"])
def test_a_problem_names_what_was_typed_and_not_what_was_read(save, entry, typed):
    save([DIESEL | {"OF": typed}])
    (problem,) = [p for p in entry().problems if p.field == "OF"]
    assert problem.error.explain().what.count(typed) == 1


def test_a_problem_of_a_sum_keeps_its_own_number(catalog, save, entry, choose):
    choose("GB/T 32151.8-2015", revision=0)
    row = {"source": "clinker", "Q_clinker": "1000", "FR1": "60%", "FR2": "50%", "note": "化验"}
    save([row], revision=1)
    (problem,) = [p for p in entry().problems if p.severity == "error"]
    # 60 % + 50 %
    assert "1.1" in problem.error.explain().what


def test_an_unusual_calorific_value_is_a_warning_only(save, entry, submit):
    draft = save([DIESEL | {"NCV": "10"}])
    assert {(p.field, p.severity) for p in entry().problems} == {("NCV", "warning")}
    assert submit(draft).total_t > 0


@pytest.mark.parametrize("note", ["", " ", "无", "—"])
def test_an_unusual_value_without_a_reason_refuses_the_submission(save, entry, submit, note):
    draft = save([DIESEL, POWER, DIESEL | {"item": "gasoline", "NCV": "10", "note": note}])
    with pytest.raises(EntryProblemsError) as refused:
        submit(draft)
    told = refused.value.explain().sentence()
    # Row, field, value, limits, what to do; and what was typed is kept.
    assert [part for part in ("3", "NCV", "10", "备注") if part not in told] == []
    assert str(unusual_limits(entry)[0]) in told
    assert entry().rows[2]["NCV"] == "10"
    assert entry().state == "draft"


def unusual_limits(entry):
    (error,) = [p.error for p in entry().problems if p.field == "NCV"]
    return error.values["low"], error.values["high"]


def test_a_jump_against_last_year_needs_a_reason(save, entry, submit):
    submit(save([DIESEL], year=2022))
    draft = save([DIESEL | {"FC": "501", "note": ""}])
    with pytest.raises(EntryProblemsError, match=r"501.*100"):
        submit(draft)
    save([DIESEL | {"FC": "501", "note": "新建锅炉"}], revision=1)
    assert submit(draft=entry()).total_t > 0


def test_a_change_of_thirty_per_cent_needs_none(save, submit):
    submit(save([DIESEL], year=2022))
    assert submit(save([DIESEL | {"FC": "130", "note": ""}])).total_t > 0


def test_a_change_beyond_thirty_per_cent_needs_a_reason(save, submit):
    submit(save([DIESEL], year=2022))
    with pytest.raises(EntryProblemsError, match=r"130\.1.*100"):
        submit(save([DIESEL | {"FC": "130.1", "note": ""}]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_refused_submission_names_the_first_cell_in_the_language_in_use(save, submit, code):
    draft = save([POWER, POWER | {"EF": "x"}])
    with use_language(code), pytest.raises(EntryProblemsError) as refused:
        submit(draft)
    with use_language(code):
        told = refused.value.explain().why
    assert "EF" in told
    assert "x" in told
    assert "Problem(" not in told


def test_a_method_that_does_not_cover_the_year_is_told_at_submission(save, submit):
    with pytest.raises(MethodNotValidError):
        submit(save([DIESEL], year=2012))


def test_checking_stores_nothing(catalog, entry):
    problems = manual.check_rows(catalog, entry(), [DIESEL | {"FC": "x"}])
    assert [problem.field for problem in problems] == ["FC"]
    assert entry().state == "empty"


def test_the_older_of_two_writers_is_told(save):
    save([DIESEL])
    with pytest.raises(ConflictError, match="2023"):
        save([POWER])
    assert save([POWER], revision=1).version.revision == 2


def test_a_submission_computes_the_year_by_hand_arithmetic(save, submit):
    # 100 t x 43.33 GJ/t x 0.0202 tC/GJ x 0.98 x 44/12 and 1000 MWh x 0.5
    run = submit(save([DIESEL, {}, POWER]))
    direct = 100 * 43.33 * 0.0202 * 0.98 * 44 / 12
    assert run.direct_t == pytest.approx(direct, rel=1e-12)
    assert run.indirect_t == 500
    assert run.total_t == pytest.approx(direct + 500, rel=1e-12)


def test_errors_refuse_the_submission_and_the_draft_is_kept(save, submit, entry):
    draft = save([DIESEL, POWER | {"MWh": "1,23"}])
    with pytest.raises(EntryProblemsError, match="1,23") as refused:
        submit(draft)
    assert [(p.record, p.field) for p in refused.value.problems] == [(1, "MWh")]
    assert entry().rows[1]["MWh"] == "1,23"
    assert entry().state == "draft"


def test_nothing_at_all_cannot_be_submitted(save, submit):
    with pytest.raises(NothingEnteredError):
        submit(save([{}, {"source": " "}]))


def test_what_is_submitted_is_the_version_that_was_seen(save, submit):
    seen = save([DIESEL])
    save([POWER], revision=1)
    with pytest.raises(ConflictError):
        submit(seen)


def test_while_it_waits_nothing_can_be_changed_or_submitted_again(save, submit, entry):
    draft = save([DIESEL])
    submit(draft)
    waiting = entry()
    assert (waiting.state, waiting.may_edit, waiting.may_submit) == ("submitted", False, False)
    with pytest.raises(WaitingError):
        save([POWER], revision=1)
    with pytest.raises(WaitingError):
        submit(draft)


def test_a_returned_year_tells_why_and_can_be_corrected(save, submit, entry, decide):
    submit(save([DIESEL]))
    decide("请附化验单")
    returned = entry()
    assert (returned.state, returned.comment) == ("returned", "请附化验单")
    assert returned.may_edit
    submit(save([DIESEL, POWER], revision=1))
    assert entry().state == "submitted"


@pytest.fixture
def correct(database, firm, staff):
    return partial(open_correction, staff[0], database, firm.organization_id, 2023)


def test_an_approved_year_that_is_opened_to_be_corrected_is_a_draft_once_more(
    save, submit, entry, decide, correct
):
    submit(save([DIESEL]))
    decide()
    assert entry().state == "approved"
    correct("漏报外购电力")
    save([DIESEL, POWER], revision=1)
    assert entry().state == "draft"


def test_last_year_is_what_this_year_is_compared_with(save, submit, entry):
    submit(save([DIESEL], year=2022))
    save([DIESEL | {"FC": "100,000"}])
    keys = [p.error.text_key for p in entry().problems if p.field == "FC"]
    assert keys == ["unit_slip"]


def test_the_method_can_be_changed_and_the_rows_stay(save, entry, choose):
    save([DIESEL])
    choose("GB/T 32151.8-2015", revision=1)
    assert entry().method == "GB/T 32151.8-2015"
    assert list(entry().rows) == [DIESEL]


def test_an_unknown_method_is_refused(choose):
    with pytest.raises(PlatformError, match="GB/T 0"):
        choose("GB/T 0", revision=0)


def test_a_method_that_does_not_cover_the_year_is_one_problem_of_the_method(save, entry):
    save([DIESEL], year=2012)
    problems = entry(year=2012).problems
    assert [(p.field, p.severity) for p in problems] == [("method", "error")]


def test_without_a_method_nothing_is_checked_or_submitted(database, catalog):
    firm = add_firm(database, "T9", method="")
    reporter, _ = add_staff(database, firm)
    version = DraftVersion(firm.organization_id, 2023, 0)
    draft = manual.save_draft(reporter, database, version, [DIESEL])
    opened = manual.open_entry(reporter, database, catalog, firm.organization_id, 2023)
    assert opened.problems == ()
    with pytest.raises(NoMethodError):
        manual.submit_draft(reporter, database, catalog, draft.version)


@pytest.mark.parametrize("year", [1999, 2999])
def test_a_year_outside_is_refused(save, year):
    with pytest.raises(YearError, match=str(year)):
        save([DIESEL], year=year)


def test_more_than_anybody_types_is_refused(save):
    with pytest.raises(EntryTooLargeError):
        save([DIESEL] * 5001)
    with pytest.raises(EntryTooLargeError):
        save([{"note": "长" * 1001}])


def test_a_pasted_block_of_500_rows_is_kept(save, entry):
    rows = [{"source": "fuel", "item": "diesel", "FC": f"{n}，０００"} for n in range(1, 501)]
    save(rows)
    assert list(entry().rows) == rows


def test_an_approver_reads_but_does_not_write(staff, save, entry, submit):
    draft = save([DIESEL])
    opened = entry(actor=staff[1])
    assert (opened.may_edit, opened.may_submit) == (False, False)
    assert len(opened.rows) == 1
    with pytest.raises((NotAllowedError, NotFoundError)):
        save([POWER], revision=1, actor=staff[1])
    with pytest.raises((NotAllowedError, NotFoundError)):
        submit(draft, actor=staff[1])


@pytest.mark.parametrize("role", [Role.BUREAU_OFFICER, Role.SYSTEM_ADMINISTRATOR])
def test_a_bureau_and_an_administrator_see_no_entry(database, entry, save, role):
    save([DIESEL])
    stranger = add_person(database, "stranger", (role, 320000))
    with pytest.raises((NotAllowedError, NotFoundError)):
        entry(actor=stranger)
    with pytest.raises((NotAllowedError, NotFoundError)):
        save([POWER], revision=1, actor=stranger)


def test_a_reporter_of_another_firm_does_not_learn_that_it_exists(database, entry, save, submit):
    draft = save([DIESEL])
    other, _ = add_staff(database, add_firm(database, "T2"))
    for attempt in (
        lambda: entry(actor=other),
        lambda: save([POWER], revision=1, actor=other),
        lambda: submit(draft, actor=other),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_each_write_leaves_one_audit_line(database, firm, save, submit):
    submit(save([DIESEL]))
    with database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, firm.organization_id)
    # The entry is looked at in between, and what it holds is sensitive.
    assert [event.action for event in events] == ["submit", "view_entry", "save_draft"]
    assert events[0].after["year"] == 2023


def test_a_submission_that_fails_midway_leaves_nothing(database, save, submit, entry, monkeypatch):
    draft = save([DIESEL])

    def broken(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr(filing, "calculate", broken)
    with pytest.raises(RuntimeError):
        submit(draft)
    with database.work(SYSTEM_SCOPE) as work:
        for table in ("collected.submission", "collected.activity", "business.run"):
            assert work.connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert entry().state == "draft"
