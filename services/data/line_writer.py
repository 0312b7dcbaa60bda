"""Lines as the database takes them, and the digest over them: written in one pass.

What lines have in common is written out once; a batch comes here a million times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from services.data.line_digest import encoded_digest, input_text, marked, notice_text, words_digest
from services.standards.results import Calculation, EmissionLine, InputValue, Notice

_NULL = "\\N"


@dataclass(frozen=True, slots=True)
class WrittenLines:
    """The rows of one calculation as COPY takes them, and the digest over its lines."""

    rows: bytes
    digest: str


def digest_of(calculation: Calculation) -> str:
    """Return the digest over the lines of one calculation."""
    place = {"organization_id": 0, "run_id": "", "access_path": ""}
    return LineWriter().write(place, calculation).digest


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is not a number of a line: before and after its numbers for COPY, and marked."""

    before: bytes
    after: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class _Frame:
    """An input without its value: what stands before and after it, and the digest of its words."""

    before: bytes
    after: bytes
    half_width: float | None
    words: str

    def filled(self, value: float) -> tuple[bytes, bytes]:
        """Return the input with a value: as it is stored, and as the digest has it."""
        sealed = input_text(value, self.half_width, self.words)
        return b"%b%a%b" % (self.before, value, self.after), sealed.encode()


class LineWriter:
    """Writes the lines of one calculation after another, all of which the caller holds meanwhile.

    By identity: lines share the very objects of their inputs and remarks.
    """

    def __init__(self) -> None:
        self._inputs: dict[tuple[str, int], tuple[bytes, bytes]] = {}
        self._frames: dict[tuple[object, ...], _Frame] = {}
        self._notices: dict[int, tuple[bytes, bytes]] = {}
        self._columns: dict[tuple[object, ...], _Columns] = {}

    def write(self, place: Mapping[str, Any], calculation: Calculation) -> WrittenLines:
        """Return the lines of a calculation whose run has this place and id."""
        head = f"{place['organization_id']}\t{place['run_id']}\t{place['access_path']}"
        start = f"{head}\t{calculation.year}\t".encode()
        rows: list[bytes] = []
        sealed = []
        for number, line in enumerate(calculation.lines):
            row, text = self._line(line)
            rows += (start, str(number).encode(), *row)
            sealed.append(text)
        return WrittenLines(b"".join(rows), encoded_digest(sealed))

    def _line(self, line: EmissionLine) -> tuple[tuple[bytes, ...], bytes]:
        """Return the pieces of a line as it is stored, and the text line_text() has for it."""
        if not math.isfinite(line.co2e_t):
            raise ValueError(f"Line of record {line.record}: {line.co2e_t} t")
        known = self._inputs
        inputs = [
            known.get((symbol, id(given))) or self._input(symbol, given)
            for symbol, given in line.inputs.items()
        ]
        what = line.source, line.item, line.gas
        key = (*what, line.emission_scope, line.sign, line.formula, line.month)
        columns = self._columns.get(key) or self._written_out(key)
        said, remarks = self._remarks(line.warnings)
        gas_t, gwp, co2e_t = repr(line.gas_t), repr(line.gwp), repr(line.co2e_t)
        record, numbers = f"\t{line.record}".encode(), f"{gas_t}\t{gwp}\t{co2e_t}".encode()
        # A list of inputs, because jsonb would put the symbols of a formula in another order.
        stored = b",".join([texts[0] for texts in inputs])
        row = record, columns.before, numbers, columns.after, stored, said
        text = [f"{line.record},{gas_t},{gwp},{co2e_t},".encode(), columns.sealed]
        text += [texts[1] for texts in inputs]
        text.append(remarks)
        return row, b"".join(text)

    def _remarks(self, warnings: Iterable[Notice]) -> tuple[bytes, bytes]:
        known = self._notices
        texts = [known.get(id(each)) or self._notice(each) for each in warnings]
        stored, sealed = [text[0] for text in texts], [text[1] for text in texts]
        return b"]\t[%b]\n" % b",".join(stored), b"][%b]\n" % b"".join(sealed)

    def _written_out(self, key: tuple[object, ...]) -> _Columns:
        *columns, month = key
        texts = [_escaped(str(value)) for value in columns]
        last = _NULL if month is None else str(month)
        before, after = "\t".join(texts[:3]), "\t".join([*texts[3:], last])
        pieces = f"\t{before}\t", f"\t{after}\t[", f"{marked(key)}["
        found = self._columns[key] = _Columns(*[piece.encode() for piece in pieces])
        return found

    def _input(self, symbol: str, given: InputValue) -> tuple[bytes, bytes]:
        about = (symbol, given.unit, given.origin, given.status, given.factor, given.half_width)
        key = (*about, id(given.reference))
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = _frame(symbol, given)
        texts = self._inputs[symbol, id(given)] = frame.filled(given.value)
        return texts

    def _notice(self, notice: Notice) -> tuple[bytes, bytes]:
        sealed = notice_text(notice.key, notice.values).encode()
        texts = self._notices[id(notice)] = _json(notice_values(notice)), sealed
        return texts


def notice_values(notice: Notice) -> dict[str, Any]:
    """Return a remark as it is stored."""
    # jsonb writes 4e16 as an integer; a remark may hold integers too, so floats are marked.
    values = {
        name: {"float": repr(value)} if isinstance(value, float) else value
        for name, value in notice.values.items()
    }
    return {"key": notice.key, "values": values}


def _frame(symbol: str, given: InputValue) -> _Frame:
    reference = given.reference
    about: dict[str, object] = {
        "unit": given.unit,
        "origin": given.origin,
        "status": given.status,
        "factor": given.factor,
        "reference": {"zh": reference.zh, "en": reference.en},
    }
    if given.half_width is not None:
        about["half_width"] = given.half_width
    before = b'{"symbol":%b,"value":' % _json(symbol)
    words = (symbol, given.unit, given.origin, given.status, given.factor)
    digest = words_digest((*words, reference.zh, reference.en))
    return _Frame(before, b",%b" % _json(about)[1:], given.half_width, digest)


def _json(entry: object) -> bytes:
    # Of the signs that mean something to COPY, JSON itself leaves only one.
    return orjson.dumps(entry).replace(b"\\", b"\\\\")


def _escaped(text: str) -> str:
    """Return a text as COPY takes it: the signs that mean something to it are marked."""
    plain = text.replace("\\", "\\\\")
    return plain.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
