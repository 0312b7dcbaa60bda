"""Reactions of the verifier's room to the work: draw, look, answer, find, close, conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import dash
from dash import ALL, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import number_in
from callbacks.collection.verification import Query, named, number_of, told
from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import collection_verification as ids
from services.collection.cells import parse_cell
from services.errors import NotFoundError, PlatformError
from services.security.permissions import Action
from services.verification import findings, opinions, plans
from services.verification.findings import Answered, FindingError, FindingOrder
from services.verification.opinions import OpinionOrder
from services.verification.plans import PlanError, PlanOrder


def draw(
    context: Context,
    _clicks: int,
    materiality: str | None,
    confidence: str | None,
    expected: str | None,
    query: Query,
) -> Component:
    """Draw a sampling plan."""
    parts = [_number(text, PlanError) for text in (materiality, confidence, expected)]
    order = PlanOrder(parts[0] / 100, parts[1], parts[2] / 100)
    asked = (context.actor(), context.database, context.catalog)
    plans.draw_plan(*asked, named(query), order)
    return told(context, query, "verification.done.draw")


def look(context: Context, _clicks: int, note: str | None, query: Query) -> Component:
    """Keep that the row which the address names was looked at."""
    row = _named(query, "row")
    findings.look_at(context.actor(), context.database, named(query), row, str(note or ""))
    return told(context, query, "verification.done.look")


def save(
    context: Context,
    _clicks: int,
    _answers: Sequence[str | None],
    _remarks: Sequence[str | None],
    _proofs: Sequence[str | None],
    query: Query,
) -> Component:
    """Keep the answers to the checklist that differ from those before."""
    findings.answer_items(context.actor(), context.database, named(query), _answered())
    return told(context, query, "verification.done.save")


def raise_finding(context: Context, _clicks: int, *given: str | None) -> Component:
    """Keep a finding at the chosen row and file."""
    grade, body, line, evidence, effect, query = given
    order = FindingOrder(
        grade=str(grade or ""),
        body=str(body or ""),
        lines=(number_in(line, "line"),) if line else (),
        files=(str(evidence),) if evidence else (),
        effect_t=_number(effect, FindingError) if str(effect or "").strip() else None,
    )
    asked = _query(query)
    findings.raise_finding(context.actor(), context.database, named(asked), order)
    return told(context, asked, "verification.done.raise")


def reply(context: Context, _clicks: int, words: str | None, query: Query) -> Component:
    """Answer the finding that the address names, for the firm."""
    number = _named(query, "finding")
    asked = (context.actor(), context.database, named(query))
    findings.answer_finding(*asked, number, str(words or ""))
    return told(context, query, "verification.done.reply")


def close(context: Context, _clicks: int, verdict: str | None, query: Query) -> Component:
    """Close the finding that the address names."""
    number = _named(query, "finding")
    asked = (context.actor(), context.database, named(query))
    findings.close_finding(*asked, number, str(verdict or ""))
    return told(context, query, "verification.done.close")


def issue(
    context: Context,
    _clicks: int,
    form: str | None,
    conclusion: str | None,
    words: str | None,
    query: Query,
) -> Component:
    """Issue the opinion."""
    order = OpinionOrder(str(form or ""), str(conclusion or ""), str(words or ""))
    opinions.issue(context.actor(), context.database, named(query), order)
    return told(context, query, "verification.done.issue")


def _answered() -> list[Answered]:
    """Return what stands in the fields of the checklist, by the item in the id of each."""
    answers, remarks, proofs = (
        {str(each["id"]["item"]): str(each.get("value") or "") for each in found}
        for found in dash.ctx.states_list
        if isinstance(found, list)
    )
    return [
        Answered(
            item,
            answer,
            remarks.get(item, ""),
            (proofs[item],) if proofs.get(item) else (),
        )
        for item, answer in answers.items()
    ]


def _number(text: str | None, error: type[PlatformError]) -> float:
    typed = str(text or "").strip()
    found = parse_cell(typed)
    if not isinstance(found, float):
        raise error("number", value=typed[:40])
    return found


def _named(query: Query, name: str) -> int:
    found = number_of(query, name)
    if found is None:
        raise NotFoundError(name, value="")
    return found


def _query(given: object) -> Query:
    return given if isinstance(given, Mapping) else {}


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    shown = Output(ids.CONTENT, "children", allow_duplicate=True)
    works = partial(wire, app, context, permission=Action.VERIFY, prevent_initial_call=True)
    values = partial(_values, query)
    works(draw, shown, *values(ids.DRAW, ids.MATERIALITY, ids.CONFIDENCE, ids.EXPECTED))
    works(look, shown, *values(ids.LOOK, ids.LOOK_NOTE))
    fields = (ids.answer(ALL), ids.remark(ALL), ids.proof(ALL))
    pressed = Input(ids.SAVE, "n_clicks")
    works(save, shown, pressed, *(State(each, "value") for each in fields), query)
    typed = (ids.GRADE, ids.BODY, ids.LINE, ids.EVIDENCE, ids.EFFECT)
    works(raise_finding, shown, *values(ids.RAISE, *typed))
    works(close, shown, *values(ids.CLOSE, ids.VERDICT))
    works(issue, shown, *values(ids.ISSUE, ids.FORM, ids.CONCLUSION, ids.WORDS))
    wire(
        app,
        context,
        reply,
        shown,
        *values(ids.REPLY, ids.SAID),
        permission=Action.EDIT_ACTIVITY,
        prevent_initial_call=True,
    )


def _values(query: State, button: str, *fields: str) -> tuple[Input | State, ...]:
    return (Input(button, "n_clicks"), *(State(each, "value") for each in fields), query)
