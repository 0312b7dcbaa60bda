"""The opinion of a verification: the form to issue it, or what was issued, ready to be printed."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, select
from components.forms.method_columns import name_of
from components.ids import collection_verification as ids
from components.panels.card import card
from components.panels.states import empty
from components.panels.verification_room import RoomView
from services.formatting import datetime_text, exact
from services.i18n.texts import t
from services.verification.opinions import CONCLUSIONS, FORMS
from services.verification.rooms import Opinion

LONGEST = 8_000


def opinion_parts(view: RoomView) -> list[Component]:
    """Return the opinion, the form to issue it, or that there is none yet."""
    title = t("verification.parts.opinion")
    if view.room.opinion is not None:
        return [card(title, _issued(view, view.room.opinion))]
    if view.room.may_lead:
        return [card(title, _form(view), t("verification.opinion_hint"))]
    return [card(title, empty(t("verification.no_opinion"), t("verification.no_opinion_hint")))]


def _issued(view: RoomView, opinion: Opinion) -> Component:
    found = view.room.verification
    facts = (
        ("firm", name_of(found.names, found.code)),
        ("year", str(found.year)),
        ("institution", name_of(found.institution, "")),
        ("form", t(f"verification.forms.{opinion.form}")),
        ("conclusion", t(f"verification.conclusions.{opinion.conclusion}")),
        ("total", f"{exact(opinion.total_t)} tCO₂e"),
        ("version", t("verification.version_whole", version=opinion.version)),
        ("rows_hash", opinion.rows_hash),
        ("run", f"{opinion.run_id} · {opinion.input_hash}"),
        ("plan", t("verification.plan_short", number=opinion.plan)),
        ("issued", f"{view.who(opinion.issued_by)} · {datetime_text(opinion.issued_at)}"),
    )
    pairs: list[Component] = []
    for name, text in facts:
        pairs += [html.Dt(t(f"verification.{name}")), html.Dd(text)]
    return html.Div(
        [html.P(opinion.words, className="campaign-said"), html.Dl(pairs, className="facts")],
        className="stack",
    )


def _form(view: RoomView) -> Component:
    forms: Options = [(name, t(f"verification.forms.{name}")) for name in FORMS]
    conclusions: Options = [(name, t(f"verification.conclusions.{name}")) for name in CONCLUSIONS]
    words = dcc.Textarea(id=ids.WORDS, className="input campaign-text", maxLength=LONGEST)
    lacking = [html.Li(t(f"verification.missing.{name}")) for name in view.missing]
    told = [html.P(t("verification.still_lacking")), html.Ul(lacking)] if lacking else []
    return html.Div(
        [
            *told,
            html.Div(
                [
                    select(ids.FORM, t("verification.form"), forms, FORMS[0]),
                    select(ids.CONCLUSION, t("verification.conclusion"), conclusions,
                           CONCLUSIONS[0]),
                ],
                className="campaign-form",
            ),
            field(t("verification.words"), words),
            html.Div(
                button(t("verification.issue"), ids.ISSUE, "primary"), className="button-row"
            ),
        ],
        className="stack",
    )  # fmt: skip
