"""One digest over all lines of a run, so that the transparency log covers them with their run.

The same text can be made from the lines in a bundle; the offline verifier holds these functions.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.standards.results import Calculation, EmissionLine, InputValue, Notice

LINES_FORM = "shuangtan.lines/1"
COLUMNS = ("source", "item", "gas", "emission_scope", "sign", "formula", "month")


def lines_digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 over the texts of lines in their order."""
    digest = hashlib.sha256(f"{LINES_FORM}\n".encode())
    digest.update("".join(texts).encode())
    return digest.hexdigest()


def line_text(
    record: int, columns: str, numbers: Sequence[float], inputs: str, notices: str
) -> str:
    """Return a line: its record and columns, its numbers to the last digit, inputs, remarks."""
    gas_t, gwp, co2e_t = numbers
    return f"{record},{gas_t!r},{gwp!r},{co2e_t!r},{columns}[{inputs}][{notices}]\n"


def input_text(value: float, half_width: float | None, words: str) -> str:
    """Return an input: its value, half-width, and the digest of the words about it."""
    return f"{value!r},{half_width!r},{words};"


def words_digest(words: Sequence[str]) -> str:
    """Return what stands for symbol, unit, origin, status, factor and the two references.

    Lines have most of these words in common, and they are longer than all the rest.
    """
    return hashlib.sha256(marked(words).encode()).hexdigest()


def notice_text(key: str, values: Mapping[str, Any]) -> str:
    """Return a remark; a value that is no number at all is told as none."""
    told = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
    return marked((key, json.dumps(told, ensure_ascii=False, sort_keys=True)))


def marked(values: Sequence[object]) -> str:
    """Return texts one behind the other, each with its length, so that none runs into the next."""
    texts = [str(value) for value in values]
    return "".join([f"{len(text)}:{text}" for text in texts])


def document_text(line: Mapping[str, Any]) -> str:
    """Return the same text of a line that was stored, or that stands in a bundle."""
    what = [line.get(name) for name in COLUMNS]
    inputs = "".join(_document_input(given) for given in line["inputs"])
    notices = "".join(notice_text(each["key"], _plain(each["values"])) for each in line["notices"])
    numbers = [float(line[name]) for name in ("gas_t", "gwp", "co2e_t")]
    return line_text(line["record"], marked(what), numbers, inputs, notices)


def _document_input(given: Mapping[str, Any]) -> str:
    reference, half_width = given["reference"], given.get("half_width")
    chinese = reference["zh"] if "zh" in reference else reference["zh-CN"]
    words = [given[name] for name in ("symbol", "unit", "origin", "status")]
    digest = words_digest([*words, given.get("factor", ""), chinese, reference["en"]])
    half = None if half_width is None else float(half_width)
    return input_text(float(given["value"]), half, digest)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    # The database marks floats, because jsonb would write some of them as integers.
    return {
        name: float(value["float"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }


class LineDigests:
    """Digests over the lines of calculations; what lines have in common is written out once."""

    def __init__(self) -> None:
        # By identity: lines share the very objects, and the caller holds them meanwhile.
        self._inputs: dict[tuple[str, int], str] = {}
        self._words: dict[tuple[str, str, str, str, str, int], str] = {}
        self._columns: dict[tuple[object, ...], str] = {}
        self._notices: dict[int, str] = {}

    def of(self, calculation: Calculation) -> str:
        """Return the digest over the lines of a calculation."""
        return lines_digest([self._line(line) for line in calculation.lines])

    def _line(self, line: EmissionLine) -> str:
        known = self._inputs
        inputs = "".join(
            [
                known.get((symbol, id(given))) or self._input(symbol, given)
                for symbol, given in line.inputs.items()
            ]
        )
        how = (line.emission_scope, line.sign, line.formula, line.month)
        what = (line.source, line.item, line.gas, *how)
        columns = self._columns.get(what) or self._marked(what)
        said = self._notices
        notices = "".join([said.get(id(each)) or self._notice(each) for each in line.warnings])
        # What line_text() says, written out: a batch comes here a million times.
        return (
            f"{line.record},{line.gas_t!r},{line.gwp!r},{line.co2e_t!r},{columns}"
            f"[{inputs}][{notices}]\n"
        )

    def _notice(self, notice: Notice) -> str:
        text = self._notices[id(notice)] = notice_text(notice.key, notice.values)
        return text

    def _marked(self, what: tuple[object, ...]) -> str:
        found = self._columns[what] = marked(what)
        return found

    def _input(self, symbol: str, given: InputValue) -> str:
        about = (symbol, given.unit, given.origin, given.status, given.factor, id(given.reference))
        words = self._words.get(about) or self._told(about, given)
        text = f"{given.value!r},{given.half_width!r},{words};"
        self._inputs[symbol, id(given)] = text
        return text

    def _told(self, about: tuple[str, str, str, str, str, int], given: InputValue) -> str:
        reference = given.reference
        found = self._words[about] = words_digest((*about[:5], reference.zh, reference.en))
        return found
