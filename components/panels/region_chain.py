"""Where a number comes from: statistics, factors, formula, clause and status, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dash import html
from dash.development.base_component import Component

from components.ids import government_accounting as ids
from components.panels.badge import TONES, trust_badge
from components.panels.card import Content, card
from components.panels.region_words import gas_name, mass, method_text, name_of
from components.panels.units import unit_text
from components.tables.table import Cell, Column, browser_table
from services.accounting.region_results import ChainStep, Coverage, NationalChain
from services.formatting import date_text, exact, mass_unit, number
from services.i18n.texts import t
from services.standards.descriptions import MethodDescription
from services.standards.results import EmissionLine, InputValue

# The order in which a person follows the product, with the words for each symbol.
FACTORS = {"CC": "carbon", "OF": "oxidation"}


def national_chain_card(chain: NationalChain) -> html.Section:
    """Show for one year how every fuel's figure is made, and the papers of all it rests on."""
    value, unit = mass(chain.total_t)
    steps = html.Div([_step(step) for step in chain.steps], className="region-steps")
    total = html.P(
        [
            html.Span(t("region.chain.total")),
            html.Strong([value, " ", unit]),
            html.Span(
                t("region.chain.exact", value=number(chain.total_t, 2)), className="region-exact"
            ),
        ],
        className="region-total-line",
    )
    return card(
        t("region.chain.title", year=chain.year),
        [steps, total, _papers(chain)],
        t("region.chain.subtitle"),
        card_id=ids.CHAIN,
    )


def inventory_lines_card(coverage: Coverage) -> html.Section:
    """Show the engine's own lines of a region's inventory with every input."""
    columns = (
        Column("line", t("region.chain.line")),
        Column("co2e", t("region.chain.lines_result"), numeric=True, unit=mass_unit("t", "CO₂e")),
        Column("formula", t("region.chain.formula")),
        Column("inputs", t("region.chain.inputs")),
    )
    names = _names(coverage.method)
    rows = [_line_row(line, names) for line in coverage.lines]
    title = t("region.chain.lines_title")
    run = f"{t('region.chain.run')} {coverage.run_id}"
    return card(
        title,
        browser_table(columns, rows, title),
        t("region.chain.lines_subtitle", method=method_text(coverage.method)),
        f"{name_of(coverage.names)} · {run}",
        card_id=ids.CHAIN,
    )


def _step(step: ChainStep) -> html.Article:
    line = step.line
    value, unit = mass(line.co2e_t)
    head = html.Header(
        [
            html.Span(className=f"region-dot region-dot-{step.fuel}", **{"aria-hidden": "true"}),
            html.H3(t(f"region.fuels.{step.fuel}")),
            html.Strong([value, " ", unit]),
        ]
    )
    rows = [
        _row("", t("region.chain.statistics"), f"{exact(step.energy_ej)} EJ"),
        _row(
            "→", t("region.chain.activity"), _quantity(line.inputs["AD"]), t("region.chain.derived")
        ),
        *(
            _row(
                "×",
                t(f"region.chain.{word}"),
                _quantity(line.inputs[symbol]),
                str(line.inputs[symbol].reference),
                _trust(line.inputs[symbol]),
            )
            for symbol, word in FACTORS.items()
        ),
        _row("×", t("region.chain.molecule"), "44/12"),
        _row("=", t("region.chain.result"), t("region.chain.exact", value=number(line.co2e_t, 2))),
    ]
    return html.Article([head, html.Ol(rows)], className="region-step")


def _row(
    sign: str, label: str, value: str, note: str = "", badges: list[Component] | None = None
) -> html.Li:
    return html.Li(
        [
            html.Span(sign, className="region-sign"),
            html.Span(label, className="region-label"),
            html.Span(value, className="region-figure"),
            html.Small([html.Span(note), *(badges or [])], className="region-origin")
            if note or badges
            else None,
        ]
    )


def _papers(chain: NationalChain) -> html.Dl:
    method, source = chain.method, chain.energy
    rule = method.sources[0]
    clause = [str(rule.reference), " ", trust_badge(rule.status)]
    facts: list[tuple[str, Content]] = [
        ("method", method_text(method)),
        ("clause", [chain.steps[0].line.formula, html.Br(), *clause]),
        ("valid", _days(method.valid_from, method.valid_to)),
        ("period", _days(*chain.period)),
        ("known_on", date_text(chain.known_on)),
        ("source", source.text("publisher")),
        ("edition", source.text("edition")),
        ("licence", source.text("licence")),
        ("retrieved", date_text(source.retrieved_on)),
        ("note", source.text("note")),
        ("hash", html.Code(chain.input_hash, title=t("region.chain.hash_help"))),
    ]
    return html.Dl(
        [html.Div([html.Dt(t(f"region.chain.{key}")), html.Dd(text)]) for key, text in facts],
        className="region-papers",
    )


def _days(first: date, last: date | None) -> str:
    return f"{date_text(first)} – {date_text(last) if last else ''}"


def _line_row(line: EmissionLine, names: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    item = names.get(line.item)
    told = (name_of(item) if item else line.item, gas_name(line.gas))
    signed_t = line.sign * line.co2e_t
    return {
        "line": Cell(
            [("span", name_of(names[line.source])), ("small", " · ".join(filter(None, told)))]
        ),
        "co2e": Cell(number(signed_t, 0), signed_t),
        "formula": line.formula,
        "inputs": Cell([part for entry in line.inputs.items() for part in _input_parts(*entry)]),
    }


def _input_parts(symbol: str, given: InputValue) -> list[tuple[str, str]]:
    """Return one input in words: symbol, quantity, how far it can be trusted, where it stands."""
    kinds = dict.fromkeys((given.origin, given.status))
    trust = [(f"badge badge-{TONES[kind]}", t(f"trust.{kind}.name")) for kind in kinds]
    return [
        ("span", f"{symbol} = {_quantity(given)} "),
        *trust,
        ("small", str(given.reference)),
    ]


def _names(method: MethodDescription | None) -> dict[str, Mapping[str, str]]:
    """Return the names of every source and item of a method by its code."""
    sources = method.sources if method else ()
    named = {source.source: source.names for source in sources}
    return {i.item: i.names for source in sources for i in source.items} | named


def _trust(given: InputValue) -> list[Component]:
    return [trust_badge(kind) for kind in dict.fromkeys((given.origin, given.status))]


def _quantity(given: InputValue) -> str:
    unit = "" if given.unit == "0..1" else f" {unit_text(given.unit)}"
    return f"{exact(given.value)}{unit}"
