"""The rows behind a line: as typed and as understood, by whom and how, with their files."""

from dataclasses import replace

from callbacks.enterprise.line_activity import records_of
from services.accounting.results import ActivityRow
from services.data.evidence_files import Attachment
from services.i18n.words import Words
from services.standards.results import InputValue
from tests.callbacks.enterprise.test_result_view import AT, line, material

HASH = "ab" * 32
FILE = Attachment(1, 2023, HASH, "发票.pdf", "pdf", 1_234, "B", AT)
TYPED = {"FC": "１２.５", "origin": "estimated", "files": f"{HASH} {'cd' * 32}"}


def shown(*rows, lines=(), **of_filing):
    found = material(*lines)
    filing = replace(found.result.filing, **of_filing)
    result = replace(found.result, activity=rows, filing=filing, files={HASH: FILE})
    return replace(found, result=result)


def test_a_row_is_told_as_typed_and_as_understood_without_its_hashes():
    only = line(0, 12.5)
    row = ActivityRow(0, "fuel", "bituminous", TYPED, "仓库")
    (record,) = records_of(shown(row, lines=(only,)), only)
    told = [(cell.symbol, cell.typed, cell.understood) for cell in record.cells]
    assert told == [("FC", "１２.５", "12.5 t"), ("", "估算", "—")]
    assert (record.row, record.note) == (1, "仓库")


def test_a_file_that_is_kept_can_be_downloaded_and_says_who_added_it():
    only = line(0, 12.5)
    row = ActivityRow(0, "fuel", "", TYPED, "")
    (record,) = records_of(shown(row, lines=(only,)), only)
    (file,) = record.files
    assert (file.name, file.size, file.sha256) == ("发票.pdf", "1.23 kB", HASH)
    assert file.href == f"/download/file/1/2023/{HASH}"
    assert "B" in file.added


def test_who_entered_it_is_told_with_the_channel():
    only = line(0, 1.0)
    (record,) = records_of(shown(ActivityRow(0, "fuel", "", {}, ""), lines=(only,)), only)
    assert record.entered == "A · 2026-11-20 16:00 · 页面填报"
    rows = (ActivityRow(0, "fuel", "", {}, ""),)
    (record,) = records_of(shown(*rows, lines=(only,), channel="interface"), only)
    assert record.entered.endswith("系统接口")
    (record,) = records_of(shown(*rows, lines=(only,), channel="courier"), only)
    assert record.entered.endswith("courier")


def test_a_balance_shows_every_stream_with_its_own_numbers():
    amounts = {"in[0].Q": 100.0, "out[0].Q": 10.0, "in[1].Q": 7.0}
    inputs = {s: InputValue(v, "t", "measured", Words(), "user") for s, v in amounts.items()}
    balance = line(0, 1.0, inputs=inputs)
    sides = ("in", "out", "in")
    rows = [ActivityRow(at, "fuel", "", {"Q": "q", "key": s}, "") for at, s in enumerate(sides)]
    other = ActivityRow(3, "lime", "", {"Q": "q", "key": "in"}, "")
    records = records_of(shown(*rows, other, lines=(balance,)), balance)
    assert [record.cells[0].understood for record in records] == ["100 t", "10 t", "7 t"]
