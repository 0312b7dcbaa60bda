"""Days on which something became known that a method uses: the choices of a restatement."""

from __future__ import annotations

from datetime import date

from services.standards.catalog import Catalog


def days_of_knowledge(catalog: Catalog, designation: str) -> tuple[date, ...]:
    """Return each day since the method was known on which a factor it uses was published."""
    method = catalog.method(designation)
    first = method.published or method.valid_from
    found = {first}
    for source in method.sources.values():
        for column in source.defaults.values():
            found |= {factor.published for factor in column if factor and factor.published}
        if any(entry.policy for entry in source.inputs.values()):
            found |= _days_of_electricity(catalog)
    return tuple(sorted(day for day in found if day >= first))


def all_days_of_knowledge(catalog: Catalog) -> tuple[date, ...]:
    """Return each day on which something became known that any loaded method uses."""
    loaded = [m.designation for m in catalog.methods.values() if m.is_loaded]
    return tuple(sorted({day for name in loaded for day in days_of_knowledge(catalog, name)}))


def _days_of_electricity(catalog: Catalog) -> set[date]:
    published = {f.published for series in catalog.grids.factors.values() for f in series}
    return {day for day in published if day}
