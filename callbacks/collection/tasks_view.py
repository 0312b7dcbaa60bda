"""From tasks and messages to what the first page and the entry page show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from components.forms.method_columns import name_of
from components.panels.alert_words import rule_name
from components.panels.tasks import MessageRow, TaskRow
from components.shell.filters import write_filters
from services.collection.campaigns import Task, shown_state
from services.data.messages import StoredMessage
from services.formatting import date_text, datetime_text
from services.i18n.texts import t

ENTRY_PATH, RESULT_PATH = "/collection/manual", "/enterprise/accounting"


def task_rows(tasks: Iterable[Task]) -> list[TaskRow]:
    """Return tasks in words, each with the page where its next step is done."""
    return [_row(task) for task in tasks]


def message_rows(messages: Iterable[StoredMessage]) -> list[MessageRow]:
    """Return messages in words of the reader's language."""
    return [
        MessageRow(
            str(each.message_id),
            t(f"messages.{each.kind}", organization=name_of(each.names, ""), **_told(each)),
            datetime_text(each.sent_at),
            each.link,
        )
        for each in messages
    ]


def _row(task: Task) -> TaskRow:
    found, called = task.campaign, task.called
    goes_to_result = called.submitted_at is not None and task.step in ("decide", "")
    place = {"organization": called.organization_id, "year": called.year}
    return TaskRow(
        name=found.name,
        organization=name_of(called.names, called.code),
        year=called.year,
        state=shown_state(found, called.state),
        due_on=found.due_on,
        instruction=found.instruction,
        step=task.step,
        href=(RESULT_PATH if goes_to_result else ENTRY_PATH) + write_filters(place),
    )


def _told(each: StoredMessage) -> dict[str, object]:
    told = dict(each.told)
    if "due_on" in told:
        told["due_on"] = date_text(date.fromisoformat(str(told["due_on"])))
    if "severity" in told:
        told["severity"] = t(f"alerts.severities.{told['severity']}")
        told["rule"] = rule_name(str(told["rule"]))
    return told
