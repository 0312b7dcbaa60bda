"""Formulas as trees, so that each writer can set them properly: typst math, Word, plain text."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass

_OPERATORS = str.maketrans({"×": "*", "·": "*", "−": "-", "÷": "/", "（": "(", "）": ")"})
_SUBSCRIPT = re.compile(r"^([A-Za-zΑ-ω]+?)_?(\d+|(?<=_)[A-Za-z0-9_]+)$")
_NAME = re.compile(r"[^\W\d]\w*")
# Stands behind a name that Python keeps for itself, such as import.
_MARK = "__"
_GREEK = {"eta": "η", "mu": "μ", "rho": "ρ"}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A quantity by name: FC, or FR with the index 10."""

    name: str

    @property
    def parts(self) -> tuple[str, str]:
        """Return what stands on the line and what is lowered: (Q, clinker)."""
        found = _SUBSCRIPT.match(self.name)
        base, index = (found[1], found[2]) if found else (self.name, "")
        return _GREEK.get(base, base), index.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Product:
    """Factors in their order."""

    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs, +1 or -1."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another."""

    above: Node
    below: Node


Node = Symbol | Value | Product | Sum | Fraction


class FormulaNotReadableError(ValueError):
    """The text of a formula holds more than arithmetic."""


def read_formula(text: str) -> Node:
    """Return the tree of arithmetic on symbols: FC × NCV × CC × OF × 44/12.

    >>> as_text(read_formula("a*(1-b)*44/12"))
    'a × (1 − b) × 44/12'
    """
    try:
        plain = _NAME.sub(_unreserved, text.translate(_OPERATORS))
        return _node(ast.parse(plain, mode="eval").body)
    except SyntaxError as error:
        raise FormulaNotReadableError(f"{text!r} is not arithmetic on symbols.") from error


def filled(node: Node, values: Mapping[str, str]) -> Node:
    """Return the tree with the shown numbers in place of the symbols that have one."""
    match node:
        case Symbol(name):
            return Value(values[name]) if name in values else node
        case Product(factors):
            return Product(tuple(filled(f, values) for f in factors))
        case Sum(terms):
            return Sum(tuple((sign, filled(term, values)) for sign, term in terms))
        case Fraction(above, below):
            return Fraction(filled(above, values), filled(below, values))
        case Value():
            return node


def symbols(node: Node) -> tuple[str, ...]:
    """Return the symbols of a tree in the order they are read, each once."""
    return tuple(dict.fromkeys(_names(node)))


def as_text(node: Node) -> str:
    """Return the formula on one line."""
    match node:
        case Symbol(name):
            return name
        case Value(text):
            return text
        case Product(factors):
            return " × ".join(_bracketed(f) for f in factors)
        case Sum(terms):
            return _sum_text(terms)
        case Fraction(above, below):
            divisor = as_text(below)
            closed = isinstance(below, Symbol | Value)
            return f"{_bracketed(above)}/{divisor if closed else f'({divisor})'}"


def as_data(node: Node) -> dict[str, object]:
    """Return the tree as plain values for the typst template."""
    match node:
        case Symbol():
            base, index = node.parts
            return {"kind": "symbol", "base": base, "index": index}
        case Value(text):
            return {"kind": "value", "text": text}
        case Product(factors):
            return {"kind": "product", "factors": [as_data(f) for f in factors]}
        case Sum(terms):
            return {"kind": "sum", "terms": [[sign, as_data(term)] for sign, term in terms]}
        case Fraction(above, below):
            return {"kind": "fraction", "above": as_data(above), "below": as_data(below)}


def _unreserved(name: re.Match[str]) -> str:
    return f"{name[0]}{_MARK}" if keyword.iskeyword(name[0]) else name[0]


def _node(found: ast.expr) -> Node:
    match found:
        case ast.Name(name):
            return Symbol(name.removesuffix(_MARK))
        case ast.Constant(value) if isinstance(value, int | float):
            return Value(str(value))
        case ast.BinOp(left, ast.Mult(), right):
            return Product((*_factors(_node(left)), *_factors(_node(right))))
        case ast.BinOp(left, ast.Div(), right):
            return _quotient(_node(left), _node(right))
        case ast.BinOp(left, ast.Add() | ast.Sub() as operator, right):
            sign = 1 if isinstance(operator, ast.Add) else -1
            return Sum((*_terms(_node(left)), (sign, _node(right))))
    raise FormulaNotReadableError(f"{ast.unparse(found)!r} is not arithmetic on symbols.")


def _quotient(above: Node, below: Node) -> Node:
    # "a * 44 / 12" reads as a × 44/12: the fraction takes the last factor only.
    if isinstance(above, Product):
        return Product((*above.factors[:-1], Fraction(above.factors[-1], below)))
    return Fraction(above, below)


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Product) else (node,)


def _terms(node: Node) -> tuple[tuple[int, Node], ...]:
    return node.terms if isinstance(node, Sum) else ((1, node),)


def _names(node: Node) -> list[str]:
    match node:
        case Symbol(name):
            return [name]
        case Value():
            return []
        case Product(factors):
            return [name for f in factors for name in _names(f)]
        case Sum(terms):
            return [name for _, term in terms for name in _names(term)]
        case Fraction(above, below):
            return _names(above) + _names(below)


def _bracketed(node: Node) -> str:
    return f"({as_text(node)})" if isinstance(node, Sum) else as_text(node)


def _sum_text(terms: tuple[tuple[int, Node], ...]) -> str:
    # Only a first term may stand without its plus.
    text = ""
    for sign, term in terms:
        mark = " + " if sign > 0 else " − "
        shown = _bracketed(term)
        text += f"{mark}{shown}" if text else (shown if sign > 0 else f"−{shown}")
    return text
