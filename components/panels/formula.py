"""A formula as mathematics: products, sums, fractions, lowered indices, numbers put in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dash import html

Tree = Mapping[str, Any]


def formula(tree: Tree, label: str) -> html.Span:
    """Return the formula, set as mathematics by the browser; `label` is how it is read aloud.

    A formula has a dozen elements and a method seventy formulas; Dash spends about a millisecond
    on each element, the browser next to nothing (assets/55-shell.js).
    """
    told = {"data-formula": json.dumps(_told(tree), ensure_ascii=False), "aria-label": label}
    return html.Span(className="math", role="math", **told)


def _told(tree: Tree) -> Any:
    """Return a tree as the browser takes it: a text is a number, a list begins with its kind."""
    match tree["kind"]:
        case "symbol":
            return ["i", tree["base"], tree["index"]]
        case "value":
            return tree["text"]
        case "product":
            return ["*", *(_told(factor) for factor in tree["factors"])]
        case "sum":
            return ["+", *([sign, _told(term)] for sign, term in tree["terms"])]
        case _:
            return ["/", _told(tree["above"]), _told(tree["below"])]
