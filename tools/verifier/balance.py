"""The amount of a record once more from the terms of its balance, and how it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.standards.balance_forms import OWN_USE, PREFIX
from services.standards.formulas.balances import weighed_sum
from tools.verifier.findings import Finding, same

DEDUCTED = {"direct": "deduct"}


@dataclass
class Balanced:
    """A record's inputs as its formula takes them: the amount as if stated, without the terms.

    `counting` is scope and sign of its lines; what is sold beyond what is bought counts against.
    """

    inputs: dict[str, Any]
    counting: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)


def balanced_inputs(
    source: Mapping[str, Any], item: str, inputs: Mapping[str, Any], place: str
) -> Balanced:
    """Return the inputs with the amount recomputed, and what of the balance differs."""
    counting = {name: source[name] for name in ("emission_scope", "sign")}
    terms = {n.removeprefix(PREFIX): g for n, g in inputs.items() if n.startswith(PREFIX)}
    plain = {name: given for name, given in inputs.items() if not name.startswith(PREFIX)}
    found = Balanced(plain, counting)
    if not terms:
        return found
    form = _form_of(source, item)
    own_use = terms.pop(OWN_USE.removeprefix(PREFIX), None)
    if form is None or not {*terms} <= {*form["counts"]}:
        found.findings.append(Finding(place, "balance", "method", sorted(terms)))
        return found
    _recompute(found, form, terms, place)
    uses = weighed_sum({name: given["value"] for name, given in terms.items()}, form["uses"])
    stated = own_use["value"] if own_use else None
    expected = uses if form["uses"] != form["counts"] else None
    if uses < 0 or not same(stated, expected):
        found.findings.append(Finding(place, f"inputs.{OWN_USE}", "recomputed", stated, expected))
    return found


def _recompute(
    found: Balanced, form: Mapping[str, Any], terms: Mapping[str, Any], place: str
) -> None:
    """Put the recomputed amount in place of the stated one."""
    symbol = next(s for s in form["symbols"] if s in found.inputs)
    amount = found.inputs[symbol]
    counted = weighed_sum({name: given["value"] for name, given in terms.items()}, form["counts"])
    units = [given["unit"] for given in terms.values()]
    if any(unit != amount["unit"] for unit in units):
        found.findings.append(Finding(place, "balance", "method", units, amount["unit"]))
    is_possible = counted >= 0 or form["is_net"]
    if amount["origin"] != "derived" or not is_possible or not same(amount["value"], abs(counted)):
        where = f"inputs.{symbol}"
        found.findings.append(Finding(place, where, "recomputed", amount["value"], abs(counted)))
    found.inputs[symbol] = {**amount, "value": abs(counted), "origin": "measured"}
    if counted < 0:
        scope, sign = found.counting["emission_scope"], found.counting["sign"]
        found.counting = {"emission_scope": DEDUCTED.get(scope, scope), "sign": -sign}


def _form_of(source: Mapping[str, Any], item: str) -> Mapping[str, Any] | None:
    """Return the form that an item takes; one made for it goes before."""
    known = source.get("balances") or []
    fitting = [form for form in known if not form["items"] or item in form["items"]]
    named = [form for form in fitting if form["items"]]
    return next(iter([*named, *fitting]), None)
