"""The first page: whose emissions, by which method, approved by whom, from which run."""

from __future__ import annotations

from datetime import datetime

from services.accounting.results import Person
from services.formatting import UNKNOWN, date_text, datetime_text
from services.i18n.texts import t
from services.reports.material import Material, word
from services.reports.model import TEMPLATE_VERSION, Cover
from services.reports.text import printable


def cover(material: Material) -> Cover:
    """Return the first page."""
    return Cover(
        title=t("report.title"),
        subject=material.subject_name,
        period=t("report.period", year=material.summary.year),
        mark=mark(material),
        facts=(*_subject_facts(material), *_filing_facts(material), *_run_facts(material)),
    )


def mark(material: Material) -> str:
    """Return what every page must say beside the title: sample, not approved, or nothing."""
    marks = []
    if material.summary.subject.is_sample:
        marks.append(t("report.mark.sample"))
    if not material.is_approved:
        marks.append(t("report.mark.not_approved"))
    return " · ".join(marks)


def label_word(material: Material) -> str:
    """Return the highest label of what the report holds, in words."""
    return t(f"labels.level.{material.result.label.word}")


def _subject_facts(material: Material) -> tuple[tuple[str, str], ...]:
    summary, subject = material.summary, material.summary.subject
    return (
        (t("report.fact.organization"), material.subject_name),
        (t("report.fact.code"), printable(subject.code) or UNKNOWN),
        (t("report.fact.region"), printable(subject.region_code)),
        (t("report.fact.method"), material.names.method()),
        (t("report.fact.purpose"), word("purpose", summary.purpose)),
    )


def _filing_facts(material: Material) -> tuple[tuple[str, str], ...]:
    filing = material.result.filing
    return (
        (t("report.fact.state"), word("state", filing.state)),
        (t("report.fact.submitted"), _who_when(filing.submitted_by, filing.submitted_at)),
        (t("report.fact.decided"), _who_when(filing.decided_by, filing.decided_at)),
    )


def _run_facts(material: Material) -> tuple[tuple[str, str], ...]:
    summary = material.summary
    return (
        (t("report.fact.known_on"), date_text(summary.known_on)),
        (t("report.fact.gwp_set"), word("gwp_set", summary.gwp_set)),
        (t("report.fact.run"), str(summary.run_id)),
        (t("report.fact.input_hash"), printable(summary.input_hash)),
        (t("report.fact.computed_at"), datetime_text(summary.computed_at)),
        (t("report.fact.issued_at"), datetime_text(material.issued_at)),
        (t("report.fact.template"), TEMPLATE_VERSION),
        (t("labels.label"), label_word(material)),
    )


def _who_when(person: Person | None, instant: datetime | None) -> str:
    if person is None:
        return UNKNOWN
    return t("report.who_when", name=printable(person.name), instant=datetime_text(instant))
