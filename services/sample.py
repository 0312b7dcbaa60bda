"""The 示例 province: loaded through the same use cases as real data, removed in one act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services import clock
from services.accounting import filing
from services.accounting.energy_balance import BalanceEntry, record_balance
from services.accounting.heat_power import HeatPowerOrder, keep_heat_power
from services.collection import manual
from services.collection.attachments import EntryYear, Limits, attach
from services.collection.campaigns import CampaignOrder, open_campaign
from services.collection.receiving import received
from services.collection.registering import BindingOrder, PointPlace, bind_point
from services.collection.rows import Row
from services.collection.telemetry_sample import HOURS, load_sample_cems, load_sample_devices
from services.data import devices, organizations, people
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.evidence_files import FILES
from services.data.organizations import NewOrganization, Organization
from services.data.removal import remove_below
from services.data.sample.content import (
    PROVINCE_CODE,
    PROVINCE_PATH,
    SampleOrganization,
    SampleYear,
    sample_organizations,
)
from services.data.work import Work
from services.security.actors import actor_of_login
from services.security.people import NewPerson, OneTimePassword, create_person
from services.security.permissions import Actor, Role
from services.standards.catalog import Catalog
from services.standards.reference_approach import FuelBalance
from services.verification.sample import appoint_sample_verifier, begin_sample_verification

VIEWER = "bureau.viewer"
CHANNEL = "sample"
SMALL = Limits(file_mb=1, year_mb=1)
# These keep the province's own inventory. Nobody is told their passwords: a role on a province
# reaches every firm below it, and the sample should not show that as a habit.
CLERKS_OF = "province"
# The plant whose flue gas is measured.
STACK_OF = "power"
# What the sample's bureau asks for: the year that one plant has only begun.
CALLED_YEAR, CALLED_FOR = 2024, timedelta(days=30)
METERED = timedelta(hours=HOURS)
# The plant whose accepted year is being verified.
VERIFIED = "cement"


def load_sample(
    database: Database, catalog: Catalog, owner_url: str
) -> tuple[OneTimePassword, ...]:
    """Add the sample province with its people, years and meters; nothing when it is complete.

    Returns the one-time passwords. What an interrupted attempt left behind is removed first.
    """
    if _is_complete(database):
        return ()
    remove_sample(owner_url)
    handed: list[OneTimePassword] = []
    added = _add_places(database)
    for sample, subject in added:
        if sample.years:
            handed += _add_people(database, sample, subject)
            _add_years(database, catalog, sample, subject)
    plants = [(s, subject) for s, subject in added if subject.kind == "enterprise"]
    _add_meters(database, plants)
    for sample, plant in plants:
        _bind(database, catalog, sample, plant)
    province = next(o for s, o in added if s.code == PROVINCE_CODE)
    plant = next(o for s, o in added if s.key == VERIFIED)
    handed.append(appoint_sample_verifier(database, plant))
    # That this person exists says that the sample is complete; what a bureau begins comes after.
    viewer = NewPerson(
        VIEWER, "示例省查看员", [(Role.BUREAU_OFFICER, province.organization_id)], is_sample=True
    )
    handed += _create(database, [viewer])
    _open_campaign(database, catalog, province)
    begin_sample_verification(database, catalog, plant, VIEWER)
    return tuple(handed)


def remove_sample(owner_url: str) -> dict[str, int]:
    """Delete the sample province, everything below it and its people; return rows by table."""
    return remove_below(owner_url, PROVINCE_PATH)


def _is_complete(database: Database) -> bool:
    with database.work(SYSTEM_SCOPE) as work:
        return people.by_login(work, VIEWER) is not None


def _add_places(database: Database) -> list[tuple[SampleOrganization, Organization]]:
    with database.work(SYSTEM_SCOPE) as work:
        added = [(sample, _add_place(work, sample)) for sample in sample_organizations()]
        work.commit()
    return added


def _add_meters(
    database: Database, plants: Sequence[tuple[SampleOrganization, Organization]]
) -> None:
    now = clock.now()
    with database.work(SYSTEM_SCOPE) as work:
        load_sample_devices(work, [plant for _, plant in plants], now)
        for sample, plant in plants:
            if sample.key == STACK_OF:
                load_sample_cems(work, plant, now)
        work.commit()


def _bind(
    database: Database, catalog: Catalog, sample: SampleOrganization, plant: Organization
) -> None:
    """Let what the plant's meters count go into its emissions, as its reporter would."""
    now = clock.now()
    reporter = actor_of_login(database, f"{sample.key}.{Role.REPORTER.value}")
    with database.work(SYSTEM_SCOPE) as work:
        points = {
            (device.code, point.code): point.point_id
            for device in devices.of_organization(work, plant.organization_id)
            for point in device.points
        }
    since = (now - METERED).astimezone(clock.SHANGHAI).date()
    for each in sample.bindings:
        place = PointPlace(plant.organization_id, points[each.meter, each.point], now)
        order = BindingOrder(each.source, each.item, each.symbol, each.scale, since)
        bind_point(reporter, database, catalog, place, order)


def _open_campaign(database: Database, catalog: Catalog, province: Organization) -> None:
    """Call the plants to hand in the year that is still a draft."""
    order = CampaignOrder(
        issuer_id=province.organization_id,
        name=f"示例省 {CALLED_YEAR} 年度排放报送",
        year=CALLED_YEAR,
        opens_on=clock.today(),
        due_on=clock.today() + CALLED_FOR,
        instruction="示例任务：请核对电量与热值，补齐缺项后提交。",
        remind_days=(7, 1),
    )
    open_campaign(actor_of_login(database, VIEWER), database, catalog, order)


def _add_place(work: Work, sample: SampleOrganization) -> Organization:
    new = NewOrganization(
        kind=sample.kind,
        code=sample.code,
        parent_id=organizations.by_code(work, sample.parent).organization_id,
        names=sample.names,
        factor_region=sample.factor_region,
        method=sample.method,
        industry_code=sample.industry_code,
        is_sample=True,
        sort_order=int(PROVINCE_CODE),
    )
    return organizations.add(work, new)


def _add_people(
    database: Database, sample: SampleOrganization, subject: Organization
) -> list[OneTimePassword]:
    titles = {Role.REPORTER: "填报员", Role.APPROVER: "审核员"}
    short = subject.names["zh-CN"].removesuffix("有限公司")
    staff = [
        NewPerson(
            f"{sample.key}.{role.value}",
            f"{short}{title}",
            [(role, subject.organization_id)],
            is_sample=True,
        )
        for role, title in titles.items()
    ]
    made = _create(database, staff)
    return [] if sample.key == CLERKS_OF else made


def _create(database: Database, staff: Sequence[NewPerson]) -> list[OneTimePassword]:
    with database.work(SYSTEM_SCOPE) as work:
        made = [create_person(work, None, person) for person in staff]
        work.commit()
    return made


def _add_years(
    database: Database, catalog: Catalog, sample: SampleOrganization, subject: Organization
) -> None:
    reporter = actor_of_login(database, f"{sample.key}.{Role.REPORTER.value}")
    approver = actor_of_login(database, f"{sample.key}.{Role.APPROVER.value}")
    for balance in sample.balances:
        rows = [FuelBalance(**row) for row in balance.rows]
        entry = BalanceEntry(
            organization_id=subject.organization_id,
            year=balance.year,
            rows=rows,
            electricity_mwh=balance.electricity_mwh,
            note=balance.note,
            document=f"示例省能源平衡表 {balance.year}（示例）",
        )
        record_balance(reporter, database, catalog, entry)
    for year in sample.years:
        begun = DraftVersion(subject.organization_id, year.year, 0)
        place = EntryYear(subject.organization_id, year.year)
        typed = _with_evidence(database, reporter, place, year.rows)
        draft = manual.save_draft(reporter, database, begun, typed)
        if year.filed:
            _file(database, catalog, (draft.version, year), (reporter, approver))


def _with_evidence(
    database: Database, reporter: Actor, place: EntryYear, rows: Sequence[Row]
) -> list[Row]:
    """Return the rows, the first of them with an invented ledger that says what it states."""
    first, *others = rows
    table = [["示例，非真实凭证", str(place.year)], *([name, first[name]] for name in first)]
    # With a mark, so that a spreadsheet reads Chinese.
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in table)
    name, pieces = f"示例台账 {place.year}.csv", [text.encode("utf-8-sig")]
    with received(name, pieces, None, SMALL.file_mb) as ledger:
        kept = attach(reporter, database, place, ledger, SMALL)
    return [{**first, FILES: kept.sha256}, *others]


def _file(
    database: Database,
    catalog: Catalog,
    what: tuple[DraftVersion, SampleYear],
    people: tuple[Actor, Actor],
) -> None:
    (version, year), (reporter, approver) = what, people
    manual.submit_draft(reporter, database, catalog, version, CHANNEL)
    if year.heat_power:
        order = HeatPowerOrder(version.organization_id, version.year, year.heat_power)
        keep_heat_power(reporter, database, catalog, order)
    entry = manual.open_entry(approver, database, catalog, version.organization_id, version.year)
    if entry.submission_id is not None:
        filing.approve(approver, database, version.organization_id, entry.submission_id)
