"""What the transparency log covers: the kinds of records, their fields in order, as text.

A field is never taken out or moved: a leaf commits to all of them in this order. What comes later
is a new version of the form, with triggers of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.algorithms.leaves import FORM

# How a column becomes text, whatever the session's settings; the letters stand before the names.
_AS_TEXT: Mapping[str, str] = {
    "text": "CASE WHEN {0} IS NFC NORMALIZED THEN {0} ELSE normalize({0}, NFC) END",
    "json": "CASE WHEN {0}::text IS NFC NORMALIZED THEN {0}::text"
    " ELSE normalize({0}::text, NFC) END",
    "plain": "{0}::text",
    "day": "to_char({0}, 'YYYY-MM-DD')",
    "instant": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
    "list": "to_json({0})::text",
    "bytes": "encode(sha256({0}), 'hex')",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: its table, the columns that name it, and its fields as `column:form`.

    `changes` says that a row may be changed and each change is a leaf of its own; `removable`
    that it may be removed, which is a leaf too; `is_personal` that row security shows a row to
    its person alone.
    """

    name: str
    table: str
    key: tuple[str, ...]
    written: str
    changes: bool = False
    removable: bool = False
    is_personal: bool = False

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return column and form of each field."""
        pairs = (word.partition(":") for word in self.written.split())
        return tuple((column, form or "plain") for column, _, form in pairs)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the fields in their order."""
        return tuple(column for column, _ in self.fields)

    @property
    def has_place(self) -> bool:
        """Return whether its rows say where they belong."""
        return "access_path" in self.names


_PLACE = "organization_id access_path "
KINDS: tuple[Kind, ...] = (
    Kind(
        "audit_event",
        "business.audit_event",
        ("event_id",),
        f"{_PLACE}event_id person_id action:text resource:text before:json after:json"
        " channel:text at:instant address:text result:text before_digest after_digest",
    ),
    Kind(
        "submission",
        "collected.submission",
        ("submission_id",),
        f"{_PLACE}submission_id year version method:text purpose:text region:text channel:text"
        " rows_hash:text records:json corrects submitted_by submitted_at:instant",
    ),
    Kind(
        "decision",
        "business.decision",
        ("submission_id",),
        f"{_PLACE}submission_id state:text comment:text decided_by decided_at:instant",
    ),
    Kind(
        "run",
        "business.run",
        ("run_id",),
        f"{_PLACE}run_id submission_id year period_start:day period_end:day method:text"
        " purpose:text region:text known_on:day gwp_set:text input_hash:text supersedes"
        " total_t direct_t indirect_t deducted_t memo:json warnings:json restates bridge:json"
        " batch own_records:json missing:json completeness estimated_share computed_by"
        " computed_at:instant lines_digest by_month:json",
    ),
    Kind(
        "run_pointer",
        "business.run_pointer",
        ("organization_id", "year"),
        f"{_PLACE}year current_run filed_run revision",
        changes=True,
        removable=True,
    ),
    Kind(
        "report",
        "business.report",
        ("report_id",),
        f"{_PLACE}report_id run_id job_id language:text template_version:text made_by"
        " made_at:instant",
    ),
    Kind(
        "report_file",
        "business.report_file",
        ("report_id", "format"),
        f"{_PLACE}report_id format:text name:text sha256:text content:bytes",
    ),
    Kind(
        "attachment",
        "collected.attachment",
        ("organization_id", "year", "sha256"),
        f"{_PLACE}year sha256:text name:text kind:text size content:bytes added_by"
        " added_at:instant",
        removable=True,
    ),
    Kind(
        "own_value",
        "collected.own_value",
        ("value_id",),
        f"{_PLACE}value_id item:text symbol:text value unit:text valid_from:day valid_to:day"
        " laboratory:text note:text file_year files:list supersedes proposed_by"
        " proposed_at:instant",
    ),
    Kind(
        "own_value_decision",
        "collected.own_value_decision",
        ("value_id",),
        f"{_PLACE}value_id state:text reason:text proposed_by decided_by decided_at:instant"
        " known_from:day",
    ),
    Kind(
        "energy_balance",
        "collected.energy_balance",
        ("balance_id",),
        f"{_PLACE}balance_id year rows:json electricity_mwh note:text document:text recorded_by"
        " recorded_at:instant",
    ),
    Kind(
        "heat_power_split",
        "business.heat_power_split",
        ("submission_id", "version"),
        f"{_PLACE}submission_id version year heat_supplied heat_generated power_supplied"
        " recorded_by recorded_at:instant",
    ),
    Kind(
        "finding",
        "business.finding",
        ("finding_id",),
        f"{_PLACE}finding_id year run_id invariant:text part:text expected found"
        " found_at:instant resolved_by resolved_at:instant reason:text",
        changes=True,
    ),
    Kind(
        "discrepancy_entry",
        "business.discrepancy_entry",
        ("entry_id",),
        f"{_PLACE}entry_id year estimate:text gap_t cause:text owner:text note:text signed_by"
        " signed_at:instant",
    ),
    Kind(
        "membership",
        "base.membership",
        ("membership_id",),
        f"{_PLACE}membership_id person_id role:text valid_from:day valid_to:day granted_by"
        " delegated_from ended_at:instant recorded_at:instant",
        changes=True,
    ),
    # When a password, a second factor or a token changed, and never what it is.
    Kind(
        "credential",
        "base.credential",
        ("person_id",),
        "person_id must_change changed_at:instant",
        changes=True,
        removable=True,
        is_personal=True,
    ),
    Kind(
        "second_factor",
        "base.second_factor",
        ("factor_id",),
        "factor_id person_id kind:text name:text made_at:instant confirmed_at:instant"
        " ended_at:instant",
        changes=True,
        removable=True,
        is_personal=True,
    ),
    Kind(
        "api_token",
        "base.api_token",
        ("token_id",),
        "token_id person_id name:text actions:list made_at:instant expires_at:instant"
        " ended_at:instant",
        changes=True,
        removable=True,
        is_personal=True,
    ),
    Kind(
        "library",
        "base.standard_load",
        ("content_hash",),
        "content_hash:text summary:json loaded_at:instant",
    ),
)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


def as_text(kind: Kind, row: str) -> list[str]:
    """Return for each field the SQL that makes it text."""
    return [_AS_TEXT[form].format(f"{row}.{column}") for column, form in kind.fields]


def canonical(kind: Kind, row: str) -> str:
    """Return the SQL that makes the text which a leaf commits to: a JSON array of strings."""
    values = [f"'{FORM}'::text", f"'{kind.name}'::text", *as_text(kind, row)]
    return f"json_build_array({', '.join(values)})::text"


def record(kind: Kind, row: str) -> str:
    """Return the SQL of the text that names a record of its kind."""
    return " || '/' || ".join(f"{row}.{column}::text" for column in kind.key)
