"""The factor library over the API: search, and one value with its versions."""

from __future__ import annotations

from typing import Any

from callbacks.contracts import Contract, Parameter
from callbacks.http.operations import Answered, Call, Operation, operation
from callbacks.http.rest.listing import PAGED, asked_for, page_of
from services.errors import NotFoundError
from services.i18n.words import Words
from services.paging import Asked, Page
from services.security.permissions import Action
from services.standards.library import (
    GROUPS,
    LibraryValue,
    Query,
    find,
    loaded_library,
    versions,
)

TAG = "factors"
STATUSES = ("verified", "secondary", "recalled")
SEARCHED = (
    Parameter("text", {"type": "string", "maxLength": 200}, ""),
    Parameter("group", {"type": "string", "enum": list(GROUPS)}, ""),
    Parameter("status", {"type": "string", "enum": list(STATUSES)}, ""),
)
ALL = operation(
    "factors",
    "/factors",
    Action.VIEW_STANDARDS,
    Contract(TAG, "FactorPage", (*SEARCHED, *PAGED), has_tag=True),
)
ONE = operation(
    "factor",
    "/factors/<code>",
    Action.VIEW_STANDARDS,
    Contract(TAG, "FactorVersions", has_tag=True),
)
_SAME = ("code", "group", "value", "unit", "status", "is_doubtful")


def list_factors(call: Call) -> Answered:
    """Return a page of values that hold every word."""
    wanted = Query(*(str(call.query[name]) for name in ("text", "group", "status")))
    found = find(loaded_library(call.context.catalog), wanted)
    return Answered(page_of(_page(found, asked_for(call, TAG)), told))


def show_factor(call: Call) -> Answered:
    """Return one value and the other versions of it."""
    code, values = call.path["code"], loaded_library(call.context.catalog)
    found = next((value for value in values if value.code == code), None)
    if found is None:
        raise NotFoundError("code", value=code[:60])
    same = [told(each) for each in versions(values, code)]
    return Answered({"factor": told(found), "versions": same})


def told(value: LibraryValue) -> dict[str, Any]:
    """Return a value of the library as a document."""
    return {
        **{name: getattr(value, name) for name in _SAME},
        "names": _words(value.name),
        "applies_from": value.applies_from.isoformat(),
        "published": value.published.isoformat() if value.published else None,
        "document": _words(value.document),
        "reference": _words(value.reference),
        "used_by": [{"method": method, "source": source} for method, source in value.used_by],
    }


def _page(found: tuple[LibraryValue, ...], asked: Asked) -> Page[LibraryValue]:
    after = asked.after(str, str, str)
    behind = [value for value in found if after is None or _place(value) > _known(after)]
    return asked.page(
        behind[: asked.limit + 1],
        lambda value: (value.group, value.code, value.applies_from.isoformat()),
    )


def _place(value: LibraryValue) -> tuple[int, str, str]:
    return GROUPS.index(value.group), value.code, value.applies_from.isoformat()


def _known(after: tuple[str | int, ...]) -> tuple[int, str, str]:
    group, code, day = (str(part) for part in after)
    return (GROUPS.index(group) if group in GROUPS else len(GROUPS)), code, day


def _words(words: Words) -> dict[str, str]:
    return {"zh-CN": words.zh, "en": words.en}


OPERATIONS: tuple[Operation, ...] = ((ALL, list_factors), (ONE, show_factor))
