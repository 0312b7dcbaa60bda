"""What other distributions bring: connectors, methods, pages, of those that the operator named.

Nothing runs merely because it is installed: only distributions in `SHUANGTAN_EXTENSIONS` are
looked at, by their entry points (docs/extend.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, TypeVar

from services.collection.connectors.kinds import ConnectorKind
from services.collection.connectors.known import built_in
from services.errors import PlatformError
from services.outbound import Outbound
from services.standards.catalog import Catalog, load_catalog
from services.standards.extending import Added

CONNECTORS, METHODS, PAGES = "shuangtan.connectors", "shuangtan.methods", "shuangtan.pages"
GROUPS = (CONNECTORS, METHODS, PAGES)
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What a kind of connector, and a page, has to have.
OF_KIND, OF_PAGE = ("labels", "fields", "check", "fetch"), ("PLACE", "layout", "register")
LONGEST_TOLD = 300
_Made = TypeVar("_Made")


class ExtensionError(PlatformError):
    """A distribution that was named brings nothing, or what it brings does not fit."""

    text_key = "extension"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason=reason[:LONGEST_TOLD])


def kinds_of(names: str, outbound: Outbound) -> dict[str, ConnectorKind]:
    """Return our kinds of connectors and those of extensions; ExtensionError for one that is bad.

    An entry point names a function that makes a kind from what calls other systems.
    """
    found = built_in(outbound)
    for where, loaded in _loaded(names, CONNECTORS):
        kind = _run(where, lambda make=loaded: make(outbound))  # type: ignore[misc]
        _need(where, kind, ("name", *OF_KIND))
        if not NAME.fullmatch(str(kind.name)) or kind.name in found:
            raise ExtensionError(where, f"name {kind.name!r}")
        _run(where, lambda kind=kind: [kind.labels["zh-CN"], *kind.fields])  # type: ignore[misc]
        found[kind.name] = kind
    return found


def catalog_of(names: str) -> Catalog:
    """Return the catalogue with the methods of extensions, checked as one.

    ExtensionError names the distribution whose data contradicts itself or ours.
    """
    added = tuple(_folders(names))
    if not added:
        return load_catalog()
    return _run(", ".join(each.distribution for each in added), lambda: load_catalog(added))


def pages_of(names: str) -> tuple[tuple[str, Any], ...]:
    """Return the pages of extensions: where each is from, and its module."""
    found = tuple(_loaded(names, PAGES))
    for where, module in found:
        _need(where, module, OF_PAGE)
    return found


def refuse_broken(names: str) -> None:
    """Raise ExtensionError for the first extension that cannot be used, before anything starts."""
    kinds_of(names, Outbound())
    if names.split():
        catalog_of(names)
    pages_of(names)


def _folders(names: str) -> Iterator[Added]:
    for where, package in _loaded(names, METHODS):
        places = list(getattr(package, "__path__", ()))
        if not places:
            raise ExtensionError(where, "no folder")
        yield Added(where.partition(" ")[0], Path(places[0]))


def _loaded(names: str, group: str) -> Iterator[tuple[str, Any]]:
    """Return what the named distributions bring of a group: where from, and what."""
    for name in names.split():
        for point in _points(name):
            if point.group == group:
                where = f"{name} {point.group} {point.name}"
                yield where, _run(where, point.load)


def _points(name: str) -> tuple[EntryPoint, ...]:
    try:
        found = distribution(name).entry_points
    except (PackageNotFoundError, ValueError) as error:
        raise ExtensionError(name, "not installed") from error
    ours = tuple(point for point in found if point.group in GROUPS)
    if not ours:
        raise ExtensionError(name, f"no entry point of {', '.join(GROUPS)}")
    return ours


def _run(where: str, step: Callable[[], _Made]) -> _Made:
    """Return what somebody else's code or data make; whatever goes wrong is told as theirs."""
    try:
        return step()
    except PlatformError as error:
        raise ExtensionError(where, str(error)) from error
    except Exception as error:
        raise ExtensionError(where, f"{type(error).__name__}: {error}") from error


def _need(where: str, found: Any, names: tuple[str, ...]) -> None:
    missing = [name for name in names if not hasattr(found, name)]
    if missing:
        raise ExtensionError(where, f"without {', '.join(missing)}")
