"""What the body of a callback must name, and the kinds of the values it may carry.

Dash takes values by their position and trusts the ids beside them; the gate does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callbacks.shapes import DATA, NAME, Kind, is_number, is_text, kind_of

PARTS = frozenset(
    {"output", "outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds"}
)
# Components of one pattern on a page: a grid of a firm has some hundred rows.
MOST_MATCHES = 5_000
LONGEST_ID = 1_000
PRESSED = "n_clicks"


class UnknownPropertyError(RuntimeError):
    """A callback takes a property for which the vocabulary has no kind of value."""


@dataclass(frozen=True, slots=True)
class Part:
    """One input, state or output: its id or pattern, its property, and what it may carry."""

    code: str
    pattern: Mapping[str, Any] | None
    name: str
    several: bool
    kind: Kind

    @property
    def told(self) -> str:
        """Return how the part is named to whoever sent it wrongly."""
        return f"{self.code}.{self.name}"

    def misfit(self, found: Any) -> str:
        """Return what of a part as sent does not fit, or nothing."""
        if not self.several:
            return self._misfit(found)
        if not isinstance(found, list) or len(found) > MOST_MATCHES:
            return f"{self.told}: a list"
        return next((wrong for each in found if (wrong := self._misfit(each))), "")

    def _misfit(self, found: Any) -> str:
        if not isinstance(found, dict) or not self.is_named_by(found):
            return f"{self.told}: named otherwise"
        return "" if self.kind.fits(found.get("value")) else f"{self.told}: {self.kind.name}"

    def is_named_by(self, found: Mapping[str, Any]) -> bool:
        """Return whether id and property are those of the part."""
        code, name = found.get("id"), found.get("property")
        if not isinstance(name, str) or _bare(name) != self.name:
            return False
        if self.pattern is None:
            return bool(code == self.code)
        if not isinstance(code, dict) or code.keys() != self.pattern.keys():
            return False
        return all(_matches(wanted, code[key]) for key, wanted in self.pattern.items())


@dataclass(frozen=True, slots=True)
class Shape:
    """All parts of one callback; `several` outputs are sent as a list."""

    inputs: tuple[Part, ...]
    state: tuple[Part, ...]
    outputs: tuple[Part, ...]
    several: bool

    @property
    def waits_for_press(self) -> bool:
        """Return whether the callback does something only when one of its buttons is pressed."""
        return bool(self.inputs) and all(part.name == PRESSED for part in self.inputs)

    def is_unpressed(self, body: Mapping[str, Any]) -> bool:
        """Return whether a body that fits came without any of the buttons pressed.

        Dash sends one when another callback puts the buttons on the page.
        """
        return self.waits_for_press and not any(
            each.get("value")
            for sent in body["inputs"]
            for each in (sent if isinstance(sent, list) else [sent])
        )

    def misfit(self, body: Mapping[str, Any]) -> str:
        """Return what of a body does not fit, or nothing."""
        unknown = body.keys() - PARTS
        if unknown:
            return f"unknown: {sorted(map(str, unknown))[0][:LONGEST_ID]}"
        outputs = body.get("outputs")
        return (
            _changed(body, self.inputs)
            or _misfit("inputs", self.inputs, body.get("inputs"))
            or _misfit("state", self.state, body.get("state", []))
            or _misfit("outputs", self.outputs, outputs if self.several else [outputs])
        )


def shape_of(declared: Mapping[str, Any]) -> Shape:
    """Return the shape of an entry of Dash's map, or raise UnknownPropertyError."""
    output = declared["output"]
    several = isinstance(output, list | tuple)
    outputs = [] if declared.get("no_output") else (output if several else [output])
    return Shape(
        tuple(_part(found) for found in declared["inputs"]),
        tuple(_part(found) for found in declared["state"]),
        tuple(_part(found.to_dict(), DATA) for found in outputs),
        several or not outputs,
    )


def _part(found: Mapping[str, Any], kind: Kind | None = None) -> Part:
    code, name = str(found["id"]), _bare(found["property"])
    pattern = json.loads(code) if code.startswith("{") else None
    wild = [value for value in (pattern or {}).values() if isinstance(value, list)]
    several = any(value != ["MATCH"] for value in wild)
    named = str(pattern.get("type", "")) if pattern else code
    kind = kind or kind_of(named, name)
    if kind is None:
        raise UnknownPropertyError(f"{code}.{name}: say in callbacks/shapes.py what it carries.")
    return Part(code, pattern, name, several, kind)


def _changed(body: Mapping[str, Any], inputs: Sequence[Part]) -> str:
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or len(changed) > MOST_MATCHES:
        return "changedPropIds: a list"
    if not all(is_text(name, LONGEST_ID) for name in changed):
        return f"changedPropIds: {NAME.name}"
    if not all(_is_input(name, inputs) for name in changed):
        return "changedPropIds: none of the inputs"
    return "" if DATA.fits(body.get("parsedChangedPropsIds")) else "parsedChangedPropsIds: data"


def _is_input(name: str, inputs: Sequence[Part]) -> bool:
    """Return whether what is said to have changed is one of the inputs."""
    code, _, changed = name.rpartition(".")
    try:
        found = json.loads(code) if code.startswith("{") else code
    except (ValueError, RecursionError):
        return False
    return any(part.is_named_by({"id": found, "property": changed}) for part in inputs)


def _misfit(where: str, parts: Sequence[Part], given: Any) -> str:
    if parts or given is not None:
        if not isinstance(given, list) or len(given) != len(parts):
            return f"{where}: a list of {len(parts)}"
        for part, found in zip(parts, given, strict=True):
            wrong = part.misfit(found)
            if wrong:
                return wrong
    return ""


def _matches(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, list):
        return is_number(found) or is_text(found, LONGEST_ID)
    return bool(found == wanted)


def _bare(name: object) -> str:
    # Outputs that several callbacks share carry "@…" behind the property.
    return str(name).partition("@")[0]
