"""Formulas as Word's own equations, which can be read, copied and edited there."""

from __future__ import annotations

from xml.sax.saxutils import escape

from services.reports.formulas import Fraction, Node, Product, Sum, Symbol, Value

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def equation(node: Node) -> str:
    """Return the equation as XML to stand inside a paragraph."""
    return f'<m:oMath xmlns:m="{MATH}">{_set(node)}</m:oMath>'


def _set(node: Node) -> str:
    match node:
        case Symbol():
            return _symbol(node)
        case Value(text):
            return _run(text)
        case Product(factors):
            return _run(" × ").join(_bracketed(f) for f in factors)
        case Sum(terms):
            return _sum(terms)
        case Fraction(above, below):
            return f"<m:f><m:num>{_set(above)}</m:num><m:den>{_set(below)}</m:den></m:f>"


def _symbol(symbol: Symbol) -> str:
    base, index = symbol.parts
    if not index:
        return _run(base)
    return f"<m:sSub><m:e>{_run(base)}</m:e><m:sub>{_run(index)}</m:sub></m:sSub>"


def _sum(terms: tuple[tuple[int, Node], ...]) -> str:
    pieces = []
    for position, (sign, term) in enumerate(terms):
        if sign < 0:
            pieces.append(_run(" − " if position else "−"))
        elif position:
            pieces.append(_run(" + "))
        pieces.append(_bracketed(term))
    return "".join(pieces)


def _bracketed(node: Node) -> str:
    # Word's own brackets grow with the fractions inside.
    return f"<m:d><m:e>{_set(node)}</m:e></m:d>" if isinstance(node, Sum) else _set(node)


def _run(text: str) -> str:
    fonts = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
    upright = '<m:rPr><m:sty m:val="p"/></m:rPr>'
    return f'<m:r>{upright}{fonts}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'
