"""The entry of a year and readings over the API: what other systems know (4.2 b)."""

from __future__ import annotations

from typing import Any

from callbacks.contracts import Contract, Parameter
from callbacks.http.answers import cell_problem
from callbacks.http.operations import About, Answered, Call, Operation, operation
from services.collection import manual
from services.collection.exchange import NewEntry, put_entry, take_readings
from services.collection.manual import Entry
from services.data.drafts import DraftVersion
from services.security.permissions import Action
from services.security.trail import Place

ACTIVITY, READINGS = "activity", "readings"
KEEP = Parameter("keep", {"type": "boolean"}, False)
ENTRY = "/organizations/<int:organization_id>/entries/<int:year>"
SHOWN = operation(
    "entry",
    ENTRY,
    Action.VIEW_RESULT,
    Contract(ACTIVITY, "Entry", has_tag=True, refuses=frozenset({422})),
)
PUT = operation(
    "put_entry",
    ENTRY,
    Action.EDIT_ACTIVITY,
    Contract(
        ACTIVITY,
        "Entry",
        (KEEP,),
        "EntryChange",
        has_tag=True,
        needs_match=True,
        refuses=frozenset({409}),
    ),
    "PUT",
)
SENT = operation(
    "send_readings",
    "/organizations/<int:organization_id>/readings",
    Action.MANAGE_DEVICES,
    Contract(READINGS, "ReadingOutcome", body="ReadingBatch", takes_key=True),
    "POST",
)


def show_entry(call: Call) -> Answered:
    """Return the entry of a year as it stands."""
    context = call.context
    place, year = call.path["organization_id"], call.path["year"]
    found = manual.open_entry(call.actor, context.database, context.catalog, place, year)
    return _answered(found)


def change_entry(call: Call) -> Answered:
    """Put rows into the draft of a year."""
    version = DraftVersion(call.path["organization_id"], call.path["year"], call.revision)
    new = NewEntry(call.body.get("method", ""), call.body["rows"], bool(call.query["keep"]))
    context = call.context
    return _answered(put_entry(call.actor, context.database, context.catalog, version, new))


def send_readings(call: Call) -> Answered:
    """Store readings of registered devices."""
    database, place = call.context.database, call.path["organization_id"]
    taken = take_readings(call.actor, database, place, call.body["messages"])
    refused = [
        {"message": r.message, "reason": r.reason.value, "where": r.where, "what": r.told}
        for r in taken.refused
    ]
    counts = {name: getattr(taken, name) for name in ("stored", "repeated", "readings")}
    return Answered({"integrity": "token", **counts, "refused": refused})


def told(entry: Entry) -> dict[str, Any]:
    """Return an entry as a document."""
    same = ("state", "method", "comment", "may_edit", "may_submit")
    return {
        "organization": entry.subject.organization_id,
        "year": entry.year,
        "revision": entry.version.revision,
        **{name: getattr(entry, name) for name in same},
        "rows": [dict(row) for row in entry.rows],
        "problems": [cell_problem(p.record, p.field, p.severity, p.error) for p in entry.problems],
        "submission": str(entry.submission_id) if entry.submission_id else None,
    }


def _answered(entry: Entry) -> Answered:
    place = Place(entry.subject.organization_id, entry.subject.access_path)
    about = About(Action.VIEW_RESULT, place)
    return Answered(told(entry), about, mark=f"r{entry.version.revision}.")


OPERATIONS: tuple[Operation, ...] = (
    (SHOWN, show_entry),
    (PUT, change_entry),
    (SENT, send_readings),
)
