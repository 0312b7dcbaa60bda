"""The result of an organization's year: tiles, filing state, decision (5.2.1 a, b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, link_button
from components.ids import enterprise_accounting as ids
from components.panels.badge import badge, sample_badge
from components.panels.card import card
from components.panels.tile import tile
from components.panels.uncertainty import MASS_DIGITS, band_text, completeness_badge
from components.shell.page import tiles
from services.accounting.bands import Band
from services.accounting.results import Filing, RunSummary
from services.formatting import change, datetime_text, exact, mass_co2, number, percent
from services.i18n.texts import language, t
from services.standards.missing import Quality

STATE_TONES = {
    "submitted": "watch",
    "approved": "good",
    "returned": "over",
    "draft": "plain",
    "empty": "plain",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How sure a total is: its interval, what it lacks, and what of it is estimated."""

    band: Band | None
    quality: Quality


@dataclass(frozen=True, slots=True)
class Comparison:
    """What stands beside the totals: the year before, and how far the inputs can be trusted.

    `marks` belong to total, direct, indirect and deducted.
    """

    earlier: RunSummary | None
    warnings: int
    marks: Mapping[str, Mark]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the visitor may decide on the filing, or the reason why not."""

    is_open: bool
    why_not: str = ""


def result_tiles(run: RunSummary, beside: Comparison) -> html.Div:
    """Show total, direct, indirect and deducted emissions, and how many remarks there are."""
    names = ("total", "direct", "indirect", *(("deducted",) if run.deducted_t else ()))
    return tiles(*(_mass(name, run, beside) for name in names), _remarks(beside.warnings))


def _mass(name: str, run: RunSummary, beside: Comparison) -> html.Div:
    value_t, earlier, mark = getattr(run, f"{name}_t"), beside.earlier, beside.marks[name]
    earlier_t = getattr(earlier, f"{name}_t") if earlier else None
    text, unit = mass_co2(value_t)
    notes = [
        _growth(value_t, earlier_t),
        completeness_badge(mark.quality.completeness),
        _estimated(mark.quality.estimated_share),
    ]
    return tile(
        t(f"result.tiles.{name}"),
        text,
        unit,
        html.Span(notes, className="tile-notes"),
        help_text=t(f"result.tiles.{name}_help"),
        exact_text=_exact(value_t, mark.band),
        band=band_text(mark.band),
        href="#result-lines",
        estimated=mark.quality.estimated_share > 0,
    )


def _exact(value_t: float, band: Band | None) -> str:
    told = f"{exact(value_t)} t CO₂e"
    if band is None or not band.half_width_t:
        return told
    low, high = (number(end, MASS_DIGITS) for end in (band.low_t, band.high_t))
    return f"{told} · {t('uncertainty.interval', low=low, high=high)}"


def _growth(value_t: float, earlier_t: float | None) -> Component:
    if not earlier_t:
        return html.Span(t("result.tiles.no_earlier"), className="muted")
    growth = (value_t - earlier_t) / abs(earlier_t)
    tone = "growth-up" if growth > 0 else "growth-down"
    return html.Span([html.B(change(growth), className=tone), " ", t("result.tiles.than_before")])


def _estimated(share: float) -> Component | None:
    if not share:
        return None
    return html.Span(
        t("result.tiles.estimated", share=percent(share)), className="badge badge-hatched"
    )


def _remarks(count: int) -> html.Div:
    note = t("result.tiles.warnings_some" if count else "result.tiles.warnings_none")
    return tile(
        t("result.tiles.warnings"),
        str(count),
        t("result.tiles.warnings_unit"),
        note,
        "watch" if count else "good",
        help_text=t("result.tiles.warnings_help"),
    )


def filing_card(run: RunSummary, filing: Filing, decision: Decision) -> html.Section:
    """Show how far the filing has come, who did it and when, and let another person decide."""
    steps = [_event(t("result.filing.submitted"), filing.submitted_by.name, filing.submitted_at)]
    if filing.decided_by is not None:
        steps.append(
            _event(t(f"result.filing.{filing.state}"), filing.decided_by.name, filing.decided_at)
        )
    if filing.correction:
        steps.append(html.P(t("correction.because", reason=filing.correction)))
    if filing.comment:
        steps.append(html.Blockquote(filing.comment, className="filing-comment"))
    parts = [html.Div(steps, className="filing-steps"), _facts(run)]
    if filing.state == "submitted":
        parts.append(_decide(decision, filing))
    return card(t("result.filing.title"), parts, actions=state_badge(filing.state))


def state_badge(state: str) -> html.Span:
    """Return the badge of a filing: submitted, approved or returned."""
    return badge(t(f"entry.state.{state}"), STATE_TONES[state])


def _event(what: str, who: str, when: object) -> html.Div:
    return html.Div(
        [html.Strong(what), html.Span(who), html.Time(datetime_text(when))],  # type: ignore[arg-type]
        className="filing-event",
    )


def _facts(run: RunSummary) -> html.Dl:
    facts = (
        ("method", run.method),
        ("known_on", run.known_on.isoformat()),
        ("gwp_set", run.gwp_set),
        ("computed_at", datetime_text(run.computed_at)),
        ("run", str(run.run_id)[:8]),
        ("input_hash", run.input_hash[:12]),
    )
    pairs: list[Component] = []
    for name, text in facts:
        pairs += [html.Dt(t(f"result.facts.{name}")), html.Dd(text)]
    return html.Dl(pairs, className="facts")


def _decide(decision: Decision, filing: Filing) -> html.Div:
    if not decision.is_open:
        # Shown without ids: what may not be pressed is not wired either.
        buttons = [
            button(t(f"result.filing.{name}"), disabled=True, title=decision.why_not)
            for name in ("approve", "send_back")
        ]
        why = html.P(decision.why_not, className="why-not")
        return html.Div(
            [why, html.Div(buttons, className="filing-buttons")], className="filing-decide"
        )
    comment = dcc.Textarea(
        id=ids.COMMENT,
        placeholder=t("result.filing.comment_hint"),
        className="input filing-comment-input",
        maxLength=2000,
    )
    label = html.Span(t("result.filing.comment"), className="field-label")
    buttons = [
        button(t("result.filing.approve"), ids.APPROVE, "primary"),
        button(t("result.filing.send_back"), ids.SEND_BACK),
    ]
    return html.Div(
        [
            # What is decided on is what was looked at, not whatever is newest at the click.
            dcc.Store(id=ids.SUBMISSION, data=str(filing.submission_id)),
            html.Label([label, comment]),
            html.Div(buttons, className="filing-buttons"),
        ],
        className="filing-decide",
    )


def result_actions(run: RunSummary, can_enter: bool) -> html.Div:
    """Return the marks beside the title, and the way back to the entry."""
    parts: list[Component] = [sample_badge()] if run.subject.is_sample else []
    if can_enter:
        href = f"/collection/manual?organization={run.subject.organization_id}&year={run.year}"
        parts.append(link_button(t("result.to_entry"), href))
    return html.Div(parts, className="result-actions")


def subject_name(run: RunSummary) -> str:
    """Return the organization's name in the language in use."""
    names = run.subject.names
    return names.get(language()) or next(iter(names.values()))
