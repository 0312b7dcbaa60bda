"""The 示例 province: marked as invented, believable, complete, and gone in one act."""

import pytest
from sqlalchemy import text

from services.accounting.reading import result_of, totals_below
from services.accounting.region_coverage import region_coverage
from services.collection import manual
from services.collection.attachments import EntryYear, take
from services.data import institutions, organizations
from services.data.engine import SYSTEM_SCOPE
from services.data.evidence_files import files_in
from services.data.sample.content import sample_organizations
from services.data.work import Scope
from services.sample import load_sample, remove_sample
from services.security.actors import actor_of_login
from services.standards.catalog import load_catalog
from services.verification.rooms import entries

pytestmark = pytest.mark.postgres

PROVINCE = 990000


@pytest.fixture
def viewer(sample_database):
    return actor_of_login(sample_database, "bureau.viewer")


def code_of(database, code):
    with database.work(SYSTEM_SCOPE) as work:
        return organizations.by_code(work, code)


def test_every_invented_name_says_so():
    for sample in sample_organizations():
        assert sample.names["zh-CN"].startswith("示例")
        assert sample.names["en"].startswith("Sample ")


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_three_years_of_three_plants_are_filed(sample_database, viewer, year):
    totals = totals_below(viewer, sample_database, PROVINCE, year)
    assert {run.subject.code for run in totals.organizations} == {
        "SAMPLE-CEMENT",
        "SAMPLE-POWER",
        "SAMPLE-MACHINERY",
    }
    assert totals.missing == ()
    assert all(run.subject.is_sample for run in totals.organizations)


def test_magnitudes_are_those_of_real_plants(sample_database, viewer):
    found = totals_below(viewer, sample_database, PROVINCE, 2023).organizations
    direct = {run.subject.code: run.direct_t for run in found}
    # 1.53 Mt of clinker at 0.8 t/t; 7 PJ of coal a month at 0.094 t/GJ; some gas.
    assert 1.1e6 < direct["SAMPLE-CEMENT"] < 1.4e6
    assert 3.0e6 < direct["SAMPLE-POWER"] < 3.7e6
    assert 5e3 < direct["SAMPLE-MACHINERY"] < 2e4


def test_the_inventory_and_the_sum_of_the_plants_differ(sample_database, viewer):
    found = region_coverage(viewer, sample_database, load_catalog(), str(PROVINCE), 2023)
    assert found.method.designation == "省级温室气体清单编制指南(试行)2011"
    # Fossil combustion with fossil combustion: what a province burns beside its three plants.
    assert 0.4 < found.gap_share < 0.6


def test_the_cement_plant_has_a_draft_of_2024_with_something_to_correct(sample_database):
    reporter = actor_of_login(sample_database, "cement.reporter")
    plant = code_of(sample_database, "SAMPLE-CEMENT")
    entry = manual.open_entry(
        reporter, sample_database, load_catalog(), plant.organization_id, 2024
    )
    assert entry.state == "draft"
    errors = {(p.record, p.field) for p in entry.problems if p.severity == "error"}
    assert errors == {(2, "FR2"), (3, "MWh")}


def test_a_filed_year_has_lines_with_their_factors(sample_database):
    reporter = actor_of_login(sample_database, "power.reporter")
    plant = code_of(sample_database, "SAMPLE-POWER")
    found = result_of(reporter, sample_database, plant.organization_id, 2023)
    assert list(dict.fromkeys(line.source for line in found.lines)) == ["fuel", "desulph", "el_buy"]
    assert found.filing.state == "approved"
    assert found.filing.submitted_by != found.filing.decided_by


def test_the_power_plant_enters_a_year_by_month_and_lacks_none(sample_database):
    reporter = actor_of_login(sample_database, "power.reporter")
    plant = code_of(sample_database, "SAMPLE-POWER")
    found = result_of(reporter, sample_database, plant.organization_id, 2023)
    assert list(found.summary.by_month) == [str(month) for month in range(1, 13)]
    assert (found.summary.completeness, found.missing_months) == (1.0, ())
    # January burns 168,900 t at 21.34 GJ/t, 3.6 PJ, of the plant's 35 PJ: about a tenth.
    assert 0.095 < found.summary.by_month["1"] / found.summary.total_t < 0.11


def test_the_first_row_of_a_filed_year_has_an_evidence_file_that_says_it_is_invented(
    sample_database,
):
    reporter = actor_of_login(sample_database, "power.reporter")
    plant = code_of(sample_database, "SAMPLE-POWER")
    found = result_of(reporter, sample_database, plant.organization_id, 2023)
    (file,) = found.files.values()
    assert files_in(found.activity[0].cells) == (file.sha256,)
    place = EntryYear(plant.organization_id, 2023)
    content = take(reporter, sample_database, place, file.sha256).content.decode("utf-8-sig")
    assert content.splitlines()[0] == '"示例，非真实凭证","2023"'
    assert '"FC","' + found.activity[0].cells["FC"] + '"' in content.splitlines()


def test_a_year_of_the_cement_plant_is_being_verified_by_an_invented_institution(
    sample_database, viewer
):
    (entry,) = entries(viewer, sample_database).entries
    found, progress = entry.verification, entry.progress
    assert (found.code, found.state, found.is_sample) == ("SAMPLE-CEMENT", "findings_out", True)
    assert found.institution["zh-CN"].startswith("示例")
    assert 0 < progress.rows_done < progress.rows
    assert 0 < progress.items_done < progress.items
    assert progress.open_findings == 1


def test_loading_again_adds_nothing(sample_database, sample_owner_url):
    assert load_sample(sample_database, load_catalog(), sample_owner_url) == ()


def test_removal_leaves_nothing_of_it_and_everything_else(sample_database, sample_owner_url):
    remove_sample(sample_owner_url)
    with sample_database.work(SYSTEM_SCOPE) as work:
        tables = work.connection.scalars(
            text(
                "SELECT c.oid::regclass::text FROM pg_class c "
                "JOIN pg_namespace n ON n.oid = c.relnamespace "
                "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'access_path' "
                "WHERE n.nspname IN ('base', 'collected', 'business', 'statistics') "
                "AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
                # The log tells of everything that ever was, and holds none of it; the trail of
                # what was done goes with its time.
                "AND c.relname NOT IN ('log_leaf', 'audit_event')"
            )
        ).all()
        below = "SELECT count(*) FROM {} WHERE access_path <@ 'cn.p990000'"
        left = {t: work.connection.scalar(text(below.format(t))) for t in tables}
        logins = list(work.connection.scalars(text("SELECT login FROM base.person")))
        assert organizations.get(work, 320000).names["zh-CN"] == "江苏省"
    assert len(left) > 15
    assert set(left.values()) == {0}
    assert sorted(logins) == ["admin", "audit", "security"]
    with sample_database.work(SYSTEM_SCOPE) as work:
        assert institutions.every(work) == ()


def test_facts_are_append_only_again_after_the_removal(sample_database, sample_owner_url):
    remove_sample(sample_owner_url)
    disabled = text("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'")
    with sample_database.work(Scope()) as work:
        assert work.connection.scalar(disabled) == 0


def test_an_interrupted_load_is_begun_anew(sample_database, sample_owner_url):
    with sample_database.work(Scope()) as work:
        rename = "UPDATE base.person SET login = 'gone' WHERE login = 'bureau.viewer'"
        work.connection.execute(text(rename))
        work.commit()
    made = load_sample(sample_database, load_catalog(), sample_owner_url)
    assert [person.login for person in made][-1] == "bureau.viewer"
    assert len(made) == 8
