"""From a stored balance to the grid of fuels and rows of the balance (5.1.1 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callbacks.chosen import way_to
from callbacks.collection.entry_page import told_problems
from callbacks.collection.suggestions import advice
from callbacks.context import Context
from components.forms.entry_view import (
    Choice,
    EntryState,
    EntryView,
    GridSource,
    GridStores,
    GridSymbol,
)
from components.forms.method_columns import name_of
from components.ids import government_energy_balance as ids
from components.panels.energy_balance import BalanceVersion, BalanceView
from components.panels.entry_problems import ListedProblem, RowPlace
from components.panels.units import EITHER, unit_text
from services import clock
from services.collection.balance_entry import BalanceState
from services.collection.balance_rows import (
    APART,
    ELECTRICITY,
    FACTORS,
    QUANTITIES,
    SUPPLY,
    USE,
    USES,
)
from services.collection.cells import CellProblem
from services.data.energy_balances import StoredBalance
from services.formatting import exact
from services.i18n.texts import LANGUAGES, t, use_language
from services.standards.model import Source
from services.standards.reference_approach import FIELDS, FUEL

YEARS_OFFERED = 5
STORES = GridStores(ids.ENTRY, ids.CHECK, ids.SAVE, ids.SUBMIT, ids.METHOD, kind="energy-balance:")
MWH = "MWh"
SHARE = "0..1"


def balance_view(context: Context, state: BalanceState) -> BalanceView:
    """Return the page of a region and year."""
    source = context.catalog.method(state.method.designation).sources[FUEL]
    papers = state.papers
    return BalanceView(
        name=name_of(state.subject.names, state.subject.code),
        is_sample=state.subject.is_sample,
        years=_years(state),
        way=way_to(context, state.subject.organization_id),
        entry=_entry(context, state, source),
        document=papers.document,
        note=papers.note,
        versions=[_version(found) for found in state.versions],
        fuels={item.code: name_of(item.names, item.code) for item in source.items},
        columns={name: t(f"energy_balance.row.{name}") for name in QUANTITIES},
    )


def _version(found: StoredBalance) -> BalanceVersion:
    names = BalanceVersion.__dataclass_fields__
    return BalanceVersion(**{name: getattr(found, name) for name in names})


def answer_of(
    problems: Sequence[CellProblem], request: Mapping[str, Any]
) -> tuple[dict[str, Any], list[ListedProblem]]:
    """Return the problems as the grid marks them, and as the list beside it tells them."""
    rows = request["rows"]
    errors = sum(problem.severity == "error" for problem in problems)
    counts = {"error": errors, "warning": len(problems) - errors}
    told = {"problems": told_problems(problems, rows), "counts": counts}
    return told, [_listed(problem, request) for problem in problems]


def _listed(problem: CellProblem, request: Mapping[str, Any]) -> ListedProblem:
    place = RowPlace(str(request["ids"][problem.record]), int(request["lines"][problem.record]))
    return ListedProblem(
        place=place,
        field=problem.field,
        label=_label(problem.field),
        severity=problem.severity,
        what=problem.error.explain().what,
        do=advice(problem),
    )


def _label(field: str) -> str:
    if field in ("source", "item"):
        return t(f"entry.columns.{field}")
    return t(f"energy_balance.row.{field}")


def _years(state: BalanceState) -> tuple[int, ...]:
    last = clock.today().year - 1
    recent = range(last, last - YEARS_OFFERED, -1)
    return tuple(sorted({*recent, *state.years, state.year}, reverse=True))


def _entry(context: Context, state: BalanceState, source: Source) -> EntryView:
    version = state.version
    return EntryView(
        organization_id=version.organization_id,
        year=version.year,
        visitor=context.actor().person_id,
        revision=version.revision,
        rows=_rows(state, source),
        sources=(_fuel_source(source), _electricity()),
        items=tuple(
            Choice(item.code, name_of(item.names, item.code), tuple(item.names.values()))
            for item in source.items
        ),
        state=EntryState(is_editable=True, may_submit=True),
        stores=STORES,
        has_evidence=False,
    )


def _rows(state: BalanceState, source: Source) -> tuple[Mapping[str, str], ...]:
    """Return what was typed; else the newest version, among all fuels of the edition."""
    if state.draft is not None:
        return state.draft.rows
    newest = state.versions[0] if state.versions else None
    recorded = {str(row["item"]): row for row in newest.rows} if newest else {}
    fuels = [_fuel_row(item.code, recorded.get(item.code, {})) for item in source.items]
    return (*fuels, _electricity_row(newest))


def _fuel_row(item: str, recorded: Mapping[str, Any]) -> dict[str, str]:
    stated = {name: recorded.get(name) for name in QUANTITIES}
    numbers = {name: exact(value) for name, value in stated.items() if value}
    return {"source": FUEL, "item": item, **numbers}


def _electricity_row(newest: StoredBalance | None) -> dict[str, str]:
    used = newest.electricity_mwh if newest else None
    return {"source": ELECTRICITY, **({USE: exact(used)} if used is not None else {})}


def _fuel_source(source: Source) -> GridSource:
    units = {item.code: _units(source, item.activity_unit) for item in source.items}
    return GridSource(
        choice=_choice("fuel", FUEL),
        group="fuel",
        items=tuple(item.code for item in source.items),
        symbols=tuple(_symbol(name, units) for name in QUANTITIES),
        units=units,
    )


def _units(source: Source, amount: str) -> dict[str, str]:
    """Return the unit of each quantity of a fuel that is counted in an amount."""
    amounts = {name: unit_text(amount) for name in (*SUPPLY, *USES, APART[0])}
    factors = {
        name: unit_text(source.inputs[code].unit_for(amount)) for code, name in FIELDS.items()
    }
    return {**amounts, APART[1]: unit_text(SHARE), **factors}


def _symbol(name: str, units: Mapping[str, Mapping[str, str]]) -> GridSymbol:
    shown = dict.fromkeys(of_item[name] for of_item in units.values())
    is_first = name not in FACTORS
    return GridSymbol(name, t(f"energy_balance.row.{name}"), EITHER.join(shown), is_first, True)


def _electricity() -> GridSource:
    used = GridSymbol(USE, t(f"energy_balance.row.{USE}"), MWH, True, True)
    return GridSource(_choice("electricity", ELECTRICITY), "electricity", (), (used,))


def _choice(name: str, code: str) -> Choice:
    names = []
    for language in LANGUAGES:
        with use_language(language):
            names.append(t(f"energy_balance.source.{name}"))
    return Choice(code, t(f"energy_balance.source.{name}"), tuple(names))
