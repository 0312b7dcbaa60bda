"""What is stored comes back the same: drafts, submissions, runs, jobs, reports, the audit trail."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.data import audit, drafts, jobs, organizations, reports, runs, submissions
from services.data import lines as line_rows
from services.data.audit import AuditEvent
from services.data.drafts import DraftContent, DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.data.jobs import NewJob
from services.data.reports import NewFile, NewReport
from services.data.runs import NewRun
from services.data.submissions import NewDecision, NewSubmission, StoredRow
from services.data.work import Scope
from services.errors import ConflictError, NotFoundError
from services.i18n.words import Words
from services.labels import EVERYTHING
from services.standards.results import Calculation, EmissionLine, InputValue, Notice
from tests.places import SUZHOU, add_firm, add_person

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
numbers = st.floats(allow_nan=False, allow_infinity=False)
tonnes = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
words = st.builds(Words, texts, texts)
inputs = st.builds(InputValue, numbers, texts, texts, words, texts)
notices = st.builds(Notice, texts, st.dictionaries(texts, texts | numbers | st.integers(-9, 9)))
lines = st.builds(
    EmissionLine,
    record=st.integers(0, 999),
    source=texts,
    item=texts,
    gas=texts,
    gas_t=tonnes,
    gwp=tonnes,
    co2e_t=tonnes,
    emission_scope=texts,
    sign=st.sampled_from([-1, 0, 1]),
    formula=texts,
    inputs=st.dictionaries(texts, inputs, max_size=4),
    warnings=st.lists(notices, max_size=2).map(tuple),
)


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def person_id(database):
    return add_person(database, "somebody").person_id


def submit(work, firm, person_id, rows=()):
    new = NewSubmission(2023, "M", "voluntary", "320000", "manual", "hash", [], person_id, NOW)
    return submissions.add(work, firm, new, rows or [StoredRow("fuel", "coal", {"FC": "１"}, "")])


def calculation(*computed):
    return Calculation(
        method="M",
        year=2023,
        region="320000",
        known_on=date(2026, 3, 1),
        purpose="voluntary",
        period=(date(2023, 1, 1), date(2023, 12, 31)),
        gwp_set="SAR",
        total_t=0.1 + 0.2,
        direct_t=1e-17,
        indirect_t=1e22,
        deducted_t=0.0,
        memo={"quota_t": 2 / 3, "round": 3.0},
        lines=computed,
        warnings=(Notice("partly", {"year": 2023}),),
    )


def add_run(work, firm, person_id, *computed):
    new = NewRun(submit(work, firm, person_id), "hash", person_id, NOW)
    return runs.add(work, firm, new, calculation(*computed))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(computed=st.lists(lines, max_size=4))
def test_every_line_comes_back_exactly_as_it_was_computed(database, firm, person_id, computed):
    with database.work(SYSTEM_SCOPE) as work:
        run_id = add_run(work, firm, person_id, *computed)
        found = line_rows.of_run(work, firm.organization_id, run_id)
        assert found == tuple(computed)
        assert [list(line.inputs) for line in found] == [list(line.inputs) for line in computed]
        assert all(
            isinstance(given.value, float) for line in found for given in line.inputs.values()
        )


@pytest.mark.parametrize("tonnes", [float("nan"), float("inf")])
def test_a_line_without_a_finite_number_is_never_stored(database, firm, person_id, tonnes):
    line = EmissionLine(
        *(3, "fuel", "coal", "CO2", tonnes, 1.0, tonnes, "direct", 1, "FC"), {}, warnings=()
    )
    with database.work(SYSTEM_SCOPE) as work, pytest.raises(ValueError, match="record 3"):
        add_run(work, firm, person_id, line)


def test_a_run_comes_back_in_full_precision(database, firm, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        run_id = add_run(work, firm, person_id)
        found = runs.get(work, firm.organization_id, run_id)
    assert (found.total_t, found.direct_t, found.indirect_t) == (0.1 + 0.2, 1e-17, 1e22)
    assert found.memo == {"quota_t": 2 / 3, "round": 3.0}
    assert found.period == (date(2023, 1, 1), date(2023, 12, 31))
    assert found.warnings == (Notice("partly", {"year": 2023}),)


def test_a_newer_run_supersedes_the_older_and_the_filed_one_stays(database, firm, person_id):
    key = firm.organization_id
    with database.work(SYSTEM_SCOPE) as work:
        first = add_run(work, firm, person_id)
        runs.file(work, key, 2023, first)
        second = add_run(work, firm, person_id)
        pointer = runs.pointer(work, key, 2023)
        assert (pointer.current_run, pointer.filed_run, pointer.revision) == (second, first, 3)
        assert runs.get(work, key, second).supersedes == first
        assert runs.get(work, key, first).supersedes is None


def test_only_filed_runs_of_firms_below_the_place_are_listed(database, person_id):
    near, far = add_firm(database, "N"), add_firm(database, "F", SUZHOU)
    with database.work(SYSTEM_SCOPE) as work:
        for firm in (near, far):
            runs.file(work, firm.organization_id, 2023, add_run(work, firm, person_id))
        unfiled = add_firm(database, "U")
        add_run(work, unfiled, person_id)
        below = runs.filed_below(work, "cn.p320000.c320100", 2023)
    assert [run.organization_id for run in below] == [near.organization_id]


def test_a_run_of_another_place_is_not_found(database, firm, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        run_id = add_run(work, firm, person_id)
        work.commit()
    with database.work(Scope(("cn.p110000",))) as work, pytest.raises(NotFoundError):
        runs.get(work, firm.organization_id, run_id)


def test_a_draft_keeps_what_was_typed(database, firm, person_id):
    rows = [{"source": "fuel", "FC": "１，２３x", "note": "坏单元格"}, {}]
    version = DraftVersion(firm.organization_id, 2023, 0)
    with database.work(SYSTEM_SCOPE) as work:
        assert drafts.save(work, firm, version, DraftContent("M", rows, person_id, NOW)) == 1
        found = drafts.get(work, firm.organization_id, 2023)
    assert list(found.rows) == rows
    assert (found.revision, found.method, found.edited_at) == (1, "M", NOW)


@pytest.mark.parametrize("revision", [0, 2])
def test_a_draft_that_somebody_else_changed_is_a_conflict(database, firm, person_id, revision):
    content = DraftContent("M", [], person_id, NOW)
    first = DraftVersion(firm.organization_id, 2023, 0)
    with database.work(SYSTEM_SCOPE) as work:
        drafts.save(work, firm, first, content)
        with pytest.raises(ConflictError):
            drafts.save(work, firm, replace(first, revision=revision), content)


def test_a_correction_is_a_new_version_that_points_to_the_old(database, firm, person_id):
    key = firm.organization_id
    with database.work(SYSTEM_SCOPE) as work:
        submit(work, firm, person_id, [StoredRow("fuel", "coal", {"FC": "1"}, "甲")])
        second = submit(work, firm, person_id, [StoredRow("fuel", "coal", {"FC": "2"}, "乙")])
        latest = submissions.latest(work, key, 2023)
        assert (latest.submission_id, latest.version, latest.state) == (second, 2, "submitted")
        rows = submissions.rows_of(work, key, second)
    assert rows == (StoredRow("fuel", "coal", {"FC": "2"}, "乙"),)


def test_a_submission_is_decided_once(database, firm, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        submission_id = submit(work, firm, person_id)
        decision = NewDecision(submission_id, "approved", "", person_id, NOW)
        assert submissions.decide(work, firm, decision)
        assert not submissions.decide(work, firm, replace(decision, state="returned"))
        found = submissions.get(work, firm.organization_id, submission_id)
        assert found.state == "approved"
        assert submissions.pending(work) == ()


def order(firm, person_id, key="report-1"):
    arguments = {"organization_id": firm.organization_id, "名": "值"}
    return NewJob("report", arguments, key, person_id, NOW, NOW + timedelta(minutes=1))


def test_the_same_effect_key_is_the_same_job(database, firm, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        first = jobs.add(work, firm, order(firm, person_id))
        assert jobs.add(work, firm, order(firm, person_id)) == first
        assert jobs.add(work, firm, order(firm, person_id, "other")).job_id != first.job_id


def test_a_job_is_written_only_by_who_holds_its_fence(database, firm, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        job = jobs.add(work, firm, order(firm, person_id))
        assert jobs.write(work, job, fence=1, progress=0.5)
        assert not jobs.write(work, job, progress=0.9)
        assert jobs.get(work, job.job_id).progress == 0.5


def test_only_open_jobs_without_a_living_lease_are_overdue(database, firm, person_id):
    with database.work(SYSTEM_SCOPE) as work:
        job = jobs.add(work, firm, order(firm, person_id))
        assert jobs.overdue(work, NOW) == ()
        assert [j.job_id for j in jobs.overdue(work, NOW + timedelta(minutes=2))] == [job.job_id]
        jobs.write(work, job, state="done")
        assert jobs.overdue(work, NOW + timedelta(minutes=2)) == ()


def test_a_report_is_stored_once_for_its_job(database, firm, person_id):
    key = firm.organization_id
    with database.work(SYSTEM_SCOPE) as work:
        run_id = add_run(work, firm, person_id)
        job = jobs.add(work, firm, order(firm, person_id))
        new = NewReport(run_id, job.job_id, "zh-CN", "1", person_id)
        first = reports.add(work, firm, new, [NewFile("pdf", "报告.pdf", b"%PDF-1")])
        assert reports.add(work, firm, new, [NewFile("pdf", "x", b"other")]) == first
        assert reports.file_of(work, key, first.report_id, "pdf").content == b"%PDF-1"
        assert reports.get(work, first.report_id) == first
        assert reports.of_organization(work, key) == (first,)
        with pytest.raises(NotFoundError):
            reports.file_of(work, key, first.report_id, "docx")


def test_an_audit_line_is_written_without_the_right_to_read_it(database, firm):
    event = AuditEvent(
        firm.organization_id, firm.access_path, None, "try", "x", NOW, {"a": 1}, {"a": "二"}
    )
    with database.work(Scope()) as work:
        audit.add(work, event)
        assert audit.of_organization(work, firm.organization_id) == []
        work.commit()
    with database.work(Scope((firm.access_path,), readable=EVERYTHING)) as work:
        assert audit.of_organization(work, firm.organization_id) == [event]


def test_organizations_are_found_by_code_path_and_words(database, firm):
    with database.work(Scope((firm.access_path,), readable=EVERYTHING)) as work:
        assert organizations.by_code(work, "T1") == firm
        assert organizations.of_paths(work, (firm.access_path,)) == (firm,)
        assert organizations.of_paths(work, ()) == ()
        assert organizations.search(work, "企业T") == (firm,)
        assert organizations.search(work, "%") == ()
