"""Ids of the verifier's room (5.2.1 a)."""

from __future__ import annotations

from typing import Any

PATH = "/collection/verification"
QUERY = "collection-verification-query"
CONTENT = "collection-verification-content"
DONE = "collection-verification-done"
FILE = "collection-verification-file"
CODE = "collection-verification-code"
YEAR = "collection-verification-year"
VERIFIER = "collection-verification-verifier"
NOTE = "collection-verification-note"
ASSIGN = "collection-verification-assign"
REASON = "collection-verification-reason"
MATERIALITY = "collection-verification-materiality"
CONFIDENCE = "collection-verification-confidence"
EXPECTED = "collection-verification-expected"
DRAW = "collection-verification-draw"
LOOK_NOTE = "collection-verification-look-note"
LOOK = "collection-verification-look"
SAVE = "collection-verification-save"
GRADE = "collection-verification-grade"
BODY = "collection-verification-body"
LINE = "collection-verification-line"
EVIDENCE = "collection-verification-evidence"
EFFECT = "collection-verification-effect"
RAISE = "collection-verification-raise"
SAID = "collection-verification-said"
REPLY = "collection-verification-reply"
VERDICT = "collection-verification-verdict"
CLOSE = "collection-verification-close"
PERSON = "collection-verification-person"
JOIN = "collection-verification-join"
FORM = "collection-verification-form"
CONCLUSION = "collection-verification-conclusion"
WORDS = "collection-verification-words"
ISSUE = "collection-verification-issue"
XLSX = "collection-verification-xlsx"


def step(name: str) -> dict[str, Any]:
    """Return the id of a button that the lead takes a step by: start or publish."""
    return {"type": "collection-verification-step", "step": name}


def settle(name: str) -> dict[str, Any]:
    """Return the id of a button of who assigned: lock or withdraw."""
    return {"type": "collection-verification-settle", "settled": name}


def leave(person: Any) -> dict[str, Any]:
    """Return the id of the button by which somebody leaves the team."""
    return {"type": "collection-verification-leave", "person": person}


def answer(item: Any) -> dict[str, Any]:
    """Return the id of the answer to an item of the checklist."""
    return {"type": "collection-verification-answer", "item": item}


def remark(item: Any) -> dict[str, Any]:
    """Return the id of the note to an item of the checklist."""
    return {"type": "collection-verification-remark", "item": item}


def proof(item: Any) -> dict[str, Any]:
    """Return the id of the evidence behind an item of the checklist."""
    return {"type": "collection-verification-proof", "item": item}
