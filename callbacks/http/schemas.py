"""What the API takes and gives, as JSON Schema 2020-12: the one description that checks and tells.

A request is checked against the very schema that `/api/v1/openapi.json` shows. What a name means
stands in the texts `api.field.<name>`, once for all schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, validator_for

from services.alert_facts import SEVERITIES, STATES
from services.collection.manual import LONGEST_CELL, MOST_ROWS
from services.collection.readings import MAX_SEQUENCE, QUALITIES, TIME_QUALITIES
from services.collection.topics import CODE
from services.i18n.texts import LANGUAGES

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
UUID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
YEAR: Schema = {"type": "integer", "minimum": 1990, "maximum": 2100}
WORDS: Schema = {
    "type": "object",
    "properties": dict.fromkeys(LANGUAGES, TEXT),
    "required": list(LANGUAGES),
}
AMOUNTS: Schema = {"type": "object", "additionalProperties": NUMBER}
LANGUAGE: Schema = {"type": "string", "enum": list(LANGUAGES)}
DEVICE_CODE: Schema = {"type": "string", "pattern": f"^{CODE.pattern}$"}
LAST_MS = 4_102_444_799_999
# Where a document of OpenAPI keeps its schemas.
WITHIN = "/".join(("#", "components", "schemas"))
MOST_MESSAGES, MOST_SAMPLES, MOST_VALUES = 500, 1_000, 64


def one_of(*words: str) -> Schema:
    """Return the schema of one of some words."""
    return {"type": "string", "enum": list(words)}


def maybe(schema: Schema) -> Schema:
    """Return a schema that also takes null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema, most: int | None = None, least: int = 0) -> Schema:
    """Return the schema of a list."""
    bounds = {"maxItems": most} if most is not None else {}
    return {"type": "array", "items": schema, **({"minItems": least} if least else {}), **bounds}


def named(name: str) -> Schema:
    """Return a reference to one of the schemas below."""
    return {"$ref": f"{WITHIN}/{name}"}


def thing(*optional: str, **properties: Schema) -> Schema:
    """Return the schema of an object with these members and no others, all needed but some."""
    needed = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def page(name: str) -> Schema:
    """Return the schema of a page of a listing."""
    return thing(items=many(named(name)), next=maybe(TEXT))


_NOTE = thing(key=TEXT, text=TEXT)
_SAMPLE = thing(
    ts={"type": "integer", "minimum": 0, "maximum": LAST_MS},
    tq={"type": "integer", "minimum": 0, "maximum": TIME_QUALITIES - 1},
    q={"type": "integer", "minimum": 0, "maximum": QUALITIES - 1},
    vals={
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_VALUES,
        "propertyNames": {"pattern": f"^{CODE.pattern}$"},
        "additionalProperties": NUMBER,
    },
)
SCHEMAS: Mapping[str, Schema] = {
    "Organization": thing(
        id=WHOLE,
        public_id=UUID,
        code=TEXT,
        kind=TEXT,
        names=WORDS,
        parent=maybe(WHOLE),
        industry_code=TEXT,
        factor_region=TEXT,
        method=TEXT,
        is_sample=FLAG,
        closed_on=maybe(DAY),
    ),
    "OrganizationPage": page("Organization"),
    "EntryProblem": thing(
        row=WHOLE, field=TEXT, severity=TEXT, code=TEXT, what=TEXT, why=TEXT, do=TEXT
    ),
    "Entry": thing(
        organization=WHOLE,
        year=WHOLE,
        revision=WHOLE,
        state=one_of("empty", "draft", "submitted", "approved", "returned"),
        method=TEXT,
        rows=many({"type": "object", "additionalProperties": TEXT}),
        problems=many(named("EntryProblem")),
        comment=TEXT,
        submission=maybe(UUID),
        may_edit=FLAG,
        may_submit=FLAG,
    ),
    "EntryChange": thing(
        "method",
        method={"type": "string", "maxLength": 80},
        rows=many(
            {
                "type": "object",
                "maxProperties": 100,
                "propertyNames": {"maxLength": 100},
                "additionalProperties": {"type": "string", "maxLength": LONGEST_CELL},
            },
            MOST_ROWS,
        ),
    ),
    "ReadingBatch": thing(
        messages=many(
            thing(
                "historical",
                device=DEVICE_CODE,
                boot={"type": "string", "pattern": "^[0-9a-f]{16}$"},
                sequence={"type": "integer", "minimum": 0, "maximum": MAX_SEQUENCE},
                historical=FLAG,
                readings=many(_SAMPLE, MOST_SAMPLES, 1),
            ),
            MOST_MESSAGES,
            1,
        )
    ),
    "ReadingOutcome": thing(
        integrity=one_of("token"),
        stored=WHOLE,
        repeated=WHOLE,
        readings=WHOLE,
        refused=many(thing(message=WHOLE, reason=TEXT, where=TEXT, what=TEXT)),
    ),
    "Result": thing(
        id=UUID,
        organization=WHOLE,
        year=WHOLE,
        first_day=DAY,
        last_day=DAY,
        method=TEXT,
        purpose=TEXT,
        region=TEXT,
        known_on=DAY,
        gwp_set=TEXT,
        input_hash=TEXT,
        total_t=NUMBER,
        direct_t=NUMBER,
        indirect_t=NUMBER,
        deducted_t=NUMBER,
        memo=AMOUNTS,
        by_month=AMOUNTS,
        completeness=NUMBER,
        estimated_share=maybe(NUMBER),
        computed_at=INSTANT,
        submission=UUID,
        supersedes=maybe(UUID),
        restates=maybe(UUID),
        is_current=FLAG,
        is_filed=FLAG,
        warnings=many(_NOTE),
        missing=many({"type": "object"}),
    ),
    "ResultPage": page("Result"),
    "Line": thing(
        "month",
        line=WHOLE,
        record=WHOLE,
        source=TEXT,
        item=TEXT,
        month=WHOLE,
        gas=TEXT,
        gas_t=NUMBER,
        gwp=NUMBER,
        co2e_t=NUMBER,
        emission_scope=TEXT,
        sign={"type": "integer", "enum": [-1, 0, 1]},
        formula=TEXT,
        inputs={"type": "object", "additionalProperties": {"type": "object"}},
        warnings=many(TEXT),
    ),
    "LinePage": page("Line"),
    "Factor": thing(
        code=TEXT,
        names=WORDS,
        group=TEXT,
        value=NUMBER,
        unit=TEXT,
        status=TEXT,
        applies_from=DAY,
        published=maybe(DAY),
        document=WORDS,
        reference=WORDS,
        is_doubtful=FLAG,
        used_by=many(thing(method=TEXT, source=TEXT)),
    ),
    "FactorPage": page("Factor"),
    "FactorVersions": thing(factor=named("Factor"), versions=many(named("Factor"))),
    "ReportOrder": thing(year=YEAR, language=LANGUAGE),
    "Report": thing(
        id=UUID,
        organization=WHOLE,
        year=WHOLE,
        language=LANGUAGE,
        state=one_of("queued", "running", "done", "failed"),
        progress=NUMBER,
        ordered_at=INSTANT,
        told=TEXT,
        files=many(thing(format=TEXT, address=TEXT)),
    ),
    "ReportPage": page("Report"),
    "Alert": thing(
        id=UUID,
        kind=one_of("inconsistency", "alert"),
        organization=WHOLE,
        year=maybe(WHOLE),
        result=maybe(UUID),
        invariant=maybe(TEXT),
        part=maybe(TEXT),
        expected=maybe(NUMBER),
        found=maybe(NUMBER),
        rule=maybe(TEXT),
        severity=maybe(one_of(*SEVERITIES)),
        subject=maybe(WORDS),
        occurrences=maybe(WHOLE),
        found_at=INSTANT,
        seen_at=maybe(INSTANT),
        clear_since=maybe(INSTANT),
        state=one_of(*STATES),
        resolved_at=maybe(INSTANT),
        reason=TEXT,
    ),
    "AlertPage": page("Alert"),
    "Contract": {"type": "object"},
    "Lineage": {"type": "object"},
    "AttachedFile": thing(sha256=TEXT, year=WHOLE, name=TEXT, kind=TEXT, size=WHOLE),
    "Problem": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("type", "title", "detail", "instance"), TEXT),
            "status": WHOLE,
            **dict.fromkeys(("where", "what", "why", "do", "code", "number"), TEXT),
            "problems": many({"type": "object"}),
        },
        "required": ["type", "title", "status", "detail", "instance"],
    },
}


@cache
def validator(name: str) -> Draft202012Validator:
    """Return what checks a value against one of the schemas."""
    found = validator_for({**named(name), "components": {"schemas": dict(SCHEMAS)}})
    assert isinstance(found, Draft202012Validator)
    return found
