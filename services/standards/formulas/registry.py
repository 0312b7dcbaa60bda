"""Every kind of formula by its name, as the methods' files use it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.standards.formulas import combustion, energy, inventory, land, process, waste
from services.standards.formulas.base import Formula

FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        formula.kind: formula
        for module in (combustion, process, energy, inventory, land, waste)
        for formula in module.FORMULAS
    }
)
