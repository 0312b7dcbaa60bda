"""The sample of a verification: its plan, the rows to look at, and one row with its evidence."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, select, text_input
from components.ids import collection_verification as ids
from components.panels.badge import badge, trust_badge
from components.panels.card import card
from components.panels.states import empty
from components.panels.verification_room import RoomView
from components.tables.table import Cell, Column, data_table
from services import clock
from services.formatting import data_size, datetime_text, exact, number, percent, significant
from services.i18n.texts import language, t
from services.verification.plans import TAKEN, is_drawn_again
from services.verification.rooms import Attachment, RowState, StoredPlan, files_in
from services.verification.sampling_rules import sampling_rules

WHY_TONES = {"certain": "over", "drawn": "accent", "changed": "watch"}
LONGEST = 2_000


def rows_parts(view: RoomView) -> list[Component]:
    """Return the plan and its rows, and above them the row that was chosen."""
    chosen = [] if view.chosen is None else [_one(view, view.chosen)]
    return [*chosen, *_plan(view), _table(view)]


def files_list(files: list[Attachment]) -> Component:
    """Return links to evidence files."""
    links = [
        html.Li(
            [
                html.A(
                    file.name,
                    href=f"/download/file/{file.organization_id}/{file.year}/{file.sha256}",
                ),
                html.Small(f" {data_size(file.size)}"),
            ]
        )
        for file in files
    ]
    return html.Ul(links) if links else html.P(t("verification.no_files"), className="muted")


def _plan(view: RoomView) -> list[Component]:
    plan = view.room.plan
    parts: list[Component] = []
    if plan is not None:
        parts += _told(view, plan)
    if view.room.may_lead:
        parts.append(_form())
    return [card(t("verification.plan"), html.Div(parts, className="stack"))] if parts else []


def _told(view: RoomView, plan: StoredPlan) -> list[Component]:
    told = plan.parameters
    facts = (
        (
            "materiality",
            f"{percent(told['materiality'])} · {significant(told['tolerable_t'])} tCO₂e",
        ),
        ("confidence", percent(told["confidence"], 0)),
        ("expected", percent(told["expected"])),
        ("interval", f"{significant(told['interval_t'])} tCO₂e"),
        ("taken", _taken(plan)),
        ("seed", str(told["seed"])),
        ("drawn_by", f"{view.who(plan.made_by)} · {datetime_text(plan.made_at)}"),
    )
    pairs: list[Component] = []
    for name, text in facts:
        pairs += [html.Dt(t(f"verification.{name}")), html.Dd(text)]
    again = is_drawn_again(plan)
    key = "again" if again else "not_again"
    checked = badge(t(f"verification.{key}"), "good" if again else "over")
    number_told = t("verification.plan_number", number=plan.number, count=len(plan.picks))
    return [html.P([number_told, " ", checked]), html.Dl(pairs, className="facts")]


def _taken(plan: StoredPlan) -> str:
    counts = Counter(str(pick["why"]) for pick in plan.picks)
    told = {name: exact(counts[name]) for name in TAKEN}
    return t("verification.taken_told", **told, all=exact(len(plan.picks)))


def _form() -> Component:
    rules = sampling_rules(clock.today())
    shares = [(str(share), percent(share, 0)) for share in rules.confidences]
    most = number(rules.materiality.share * 100, 1)
    code = language()
    source = t(
        "verification.rules_source",
        first=rules.materiality.source[code],
        second=rules.confidence.source[code],
    )
    return html.Div(
        [
            html.Div(
                [
                    text_input(ids.MATERIALITY, t("verification.materiality_percent"), most,
                               numeric=True),
                    select(ids.CONFIDENCE, t("verification.confidence"), shares,
                           str(rules.confidence.share)),
                    text_input(ids.EXPECTED, t("verification.expected_percent"), "0",
                               numeric=True),
                ],
                className="campaign-form",
            ),
            html.P([html.Small(source), " ", trust_badge(rules.materiality.status)]),
            html.Div(button(t("verification.draw"), ids.DRAW, "primary"), className="button-row"),
        ],
        className="stack",
    )  # fmt: skip


def _table(view: RoomView) -> Component:
    rows = view.room.rows
    if not rows:
        return card(
            t("verification.rows"), empty(t("verification.no_rows"), t("verification.no_rows_hint"))
        )
    names = ("row", "co2e", "why", "reasons", "looked")
    columns = [
        Column(name, t(f"verification.{name}"), name == "co2e", "tCO₂e" if name == "co2e" else "")
        for name in names
    ]
    title = t("verification.rows")
    shown = [_row(view, each) for each in rows]
    table = html.Div(data_table(columns, shown, caption=title), className="first-whole")
    return card(title, table, t("verification.rows_hint"))


def _row(view: RoomView, each: RowState) -> dict[str, Any]:
    if each.now is None:
        shown: Component | str = t("verification.row_gone")
        line = 0
    else:
        line = each.now.line
        shown = dcc.Link(view.rows[line], href=view.address("rows", row=line))
    reasons = t("campaigns.list_comma").join(
        t(f"verification.risks.{name}") for name in each.reasons
    )
    state = badge(t("verification.not_looked"), "watch")
    if each.now is None:
        state = badge(t("verification.gone"), "plain")
    elif each.look is not None:
        at = datetime_text(each.look.looked_at)
        state = badge(t("verification.looked_at"), "good", at)
    known = each.co2e_t is not None
    return {
        "row": Cell(shown, line),
        "co2e": Cell(significant(each.co2e_t) if known else "—", each.co2e_t if known else -1,
                     "" if known else t("verification.no_number")),
        "why": badge(t(f"verification.whys.{each.why}"), WHY_TONES.get(each.why, "plain")),
        "reasons": reasons or "—",
        "looked": Cell(state, int(each.is_done)),
    }  # fmt: skip


def _one(view: RoomView, line: int) -> Component:
    """Return one row: what was entered, what it rests on, and the form to say it was looked at."""
    at = view.room.version.at(line)
    cells = {name: text for name, text in at.row.cells.items() if text and name != "files"}
    pairs: list[Component] = []
    for name, text in cells.items():
        pairs += [html.Dt(name), html.Dd(text)]
    if at.row.note:
        pairs += [html.Dt(t("verification.note")), html.Dd(at.row.note)]
    files = [view.room.files[sha] for sha in files_in(at.row.cells) if sha in view.room.files]
    state = next((row for row in view.room.rows if row.now and row.now.line == line), None)
    parts: list[Component] = [html.Dl(pairs, className="facts"), files_list(files)]
    if state is not None and state.look is not None:
        who = view.who(state.look.looked_by)
        told = f"{who} {datetime_text(state.look.looked_at)}"
        parts.append(html.Blockquote([state.look.note, " ", html.Small(told)]))
    if view.room.may_verify:
        note = dcc.Textarea(id=ids.LOOK_NOTE, className="input campaign-text", maxLength=LONGEST)
        parts.append(field(t("verification.look_note"), note))
        acts = [
            button(t("verification.look"), ids.LOOK, "primary"),
            link_button(t("verification.raise_here"), view.address("findings", row=line)),
        ]
        parts.append(html.Div(acts, className="button-row"))
    return card(view.rows[line], html.Div(parts, className="stack"))
