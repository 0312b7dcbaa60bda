"""What a method, its sources, items and symbols are called in the language in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.i18n.texts import language
from services.reports.text import printable
from services.standards.balance_forms import names_behind
from services.standards.descriptions import MethodDescription, SourceDescription


@dataclass(frozen=True)
class Names:
    """The names that the standards' data give; a code stands for itself where it has none."""

    described: MethodDescription

    def method(self) -> str:
        """Return the designation and title of the method."""
        title = _named(self.described.names, "")
        return printable(f"{self.described.designation} {title}".strip())

    def source(self, source: str) -> str:
        """Return the name of an emission source."""
        found = self._source(source)
        return printable(_named(found.names, source) if found else source)

    def item(self, source: str, item: str) -> str:
        """Return the name of a fuel, material or product."""
        found = self._source(source)
        items = found.items if found else ()
        names = next((i.names for i in items if i.item.lower() == item.lower()), {})
        return printable(_named(names, item))

    def symbol(self, source: str, symbol: str) -> str:
        """Return what a symbol of a source stands for."""
        found = self._source(source)
        symbols = found.symbols if found else ()
        terms = names_behind(found.balances if found else (), symbol)
        names = next((s.names for s in symbols if symbol in (s.symbol, *s.aliases)), terms)
        return printable(_named(names, symbol))

    def rule(self, source: str) -> tuple[str, str]:
        """Return the document behind a source's formula and how sure the rule is."""
        found = self._source(source)
        return (printable(str(found.reference)), found.status) if found else ("", "")

    def _source(self, source: str) -> SourceDescription | None:
        return next((s for s in self.described.sources if s.source == source), None)


def _named(names: Mapping[str, str], code: str) -> str:
    return names.get(language()) or names.get(language()[:2]) or code
