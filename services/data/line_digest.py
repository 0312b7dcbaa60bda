"""One digest over all lines of a run, so that the transparency log covers them with their run.

The same text can be made from the lines in a bundle; the offline verifier holds these functions.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LINES_FORM = "shuangtan.lines/1"
COLUMNS = ("source", "item", "gas", "emission_scope", "sign", "formula", "month")


def lines_digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 over the texts of lines in their order."""
    return encoded_digest([text.encode() for text in texts])


def encoded_digest(texts: Iterable[bytes]) -> str:
    """Return the same of texts that are UTF-8 already."""
    digest = hashlib.sha256(f"{LINES_FORM}\n".encode())
    digest.update(b"".join(texts))
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
