"""A formula as mathematics: products, sums, fractions, lowered indices, numbers put in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

Tree = Mapping[str, Any]


def formula(tree: Tree, label: str) -> html.Span:
    """Return the formula set as mathematics; `label` is how it is read aloud."""
    return html.Span(_pieces(tree), className="math", role="math", **{"aria-label": label})


def _pieces(tree: Tree) -> list[Any]:
    kinds = {"symbol": _symbol, "value": _value, "product": _product, "sum": _sum}
    return kinds.get(tree["kind"], _fraction)(tree)


def _symbol(tree: Tree) -> list[Any]:
    index = html.Sub(tree["index"]) if tree["index"] else None
    return [html.I([tree["base"], index] if index else tree["base"])]


def _value(tree: Tree) -> list[Any]:
    return [html.Span(tree["text"], className="math-number")]


def _product(tree: Tree) -> list[Any]:
    pieces: list[Any] = []
    for factor in tree["factors"]:
        pieces += [" × "] if pieces else []
        pieces += _bracketed(factor)
    return pieces


def _sum(tree: Tree) -> list[Any]:
    pieces: list[Any] = []
    for sign, term in tree["terms"]:
        # Only a first term may stand without its plus.
        mark = " + " if sign > 0 else " − "
        pieces += [mark] if pieces or sign < 0 else []
        pieces += _bracketed(term)
    return pieces


def _fraction(tree: Tree) -> list[Any]:
    above = html.Span(_pieces(tree["above"]), className="math-above")
    below = html.Span(_pieces(tree["below"]), className="math-below")
    return [html.Span([above, below], className="math-fraction")]


def _bracketed(tree: Tree) -> list[Any]:
    pieces = _pieces(tree)
    return ["(", *pieces, ")"] if tree["kind"] == "sum" else pieces
