"""What is to be done until when, and messages not read yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, link_button
from components.ids import home as ids
from components.panels.campaign_bar import called_badge, days_told
from components.panels.card import card
from components.panels.states import calm
from services.formatting import date_text
from services.i18n.texts import t


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task: `step` is enter, check, decide or empty; `href` leads to where it is done."""

    name: str
    organization: str
    year: int
    state: str
    due_on: date
    instruction: str
    step: str
    href: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message in words, and where it leads."""

    message_id: str
    text: str
    at: str
    href: str


def tasks_card(tasks: Sequence[TaskRow], most: int) -> Component:
    """Return the tasks, the first due first."""
    if not tasks:
        return card(t("tasks.title"), calm(t("tasks.none"), t("tasks.none_hint")))
    more = t("tasks.first_ones", count=len(tasks)) if len(tasks) >= most else ""
    return card(t("tasks.title"), task_list(tasks), more)


def task_list(tasks: Sequence[TaskRow]) -> html.Ul:
    """Return the tasks as a list which a phone shows as cards."""
    return html.Ul([html.Li(_task(each)) for each in tasks], className="task-list")


def task_note(tasks: Sequence[TaskRow]) -> Component | None:
    """Return above the grid what the year on screen was called for."""
    if not tasks:
        return None
    notes = [
        html.Div(
            [
                html.Div([html.Strong(each.name), called_badge(each.state)], className="task-head"),
                html.P(_until(each)),
                html.P(each.instruction, className="campaign-said") if each.instruction else None,
            ],
            className="task-note",
        )
        for each in tasks
    ]
    return html.Div(notes, role="note")


def inbox_card(messages: Sequence[MessageRow]) -> Component | None:
    """Return the messages not read yet, or nothing."""
    if not messages:
        return None
    rows = [
        html.Li(
            [
                html.Div([dcc.Link(each.text, href=each.href), html.Small(each.at)]),
                button(t("inbox.read"), ids.read(each.message_id), "quiet"),
            ],
            className="inbox-row",
        )
        for each in messages
    ]
    return card(t("inbox.title"), html.Ul(rows, className="inbox"))


def _task(each: TaskRow) -> html.Article:
    head = html.Div([html.Strong(each.name), called_badge(each.state)], className="task-head")
    words = [html.P(f"{each.organization} · {t('campaigns.of_year', year=each.year)}")]
    words.append(html.P(_until(each), className="muted"))
    step = t(f"tasks.steps.{each.step or 'wait'}")
    go = link_button(step, each.href, "primary" if each.step else "plain")
    return html.Article([html.Div([head, *words]), go], className="task")


def _until(each: TaskRow) -> str:
    return f"{t('campaigns.until', day=date_text(each.due_on))} · {days_told(each.due_on)}"
