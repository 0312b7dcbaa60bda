"""Workbooks and texts of rows, changed at random as damage, mistakes and malice change them."""

import io
import random
import re
import zipfile

from xlsxwriter import Workbook

HEADINGS = ("排放源", "品种", "月份", "燃料消耗量 FC (t)", "低位发热量 NCV", "数据来源", "备注")
ITEMS = ("柴油", "汽油", "焦炭", "diesel", "烟煤")
# What stands in cells of files that people send, and what they try.
NASTY = (
    *(
        "",
        " ",
        "-",
        "—",
        "N/A",
        "NE",
        "ＮＥ",
        "1,23",
        "1，234",
        "１２．５",
        "1.2.3",
        "1e400",
        "-1e308",
    ),
    *("0x10", "1/0", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "\ufeff12", "٣", "①", "10²", "½"),
    *("98%", "(5)", "12 t", "十二", "NaN", "inf", "TRUE", "#DIV/0!", "2023-02-30", "13月", "全年"),
    *("'; DROP TABLE business.draft; --", "<script>alert(1)</script>", "\u202e12", "a" * 5_000),
    *("\U0001f3ed", "9" * 70, "1" * 400, "{{7*7}}", "%s%n", "\\x00", "null", "[]", "💀" * 300),
)
XML = (
    (r'r="[A-Z]+(\d+)"', r'r="XFD\1"'),
    (r'r="([A-Z]+)\d+"', r'r="\g<1>-7"'),
    (r'r="([A-Z]+)\d+"', r'r="\g<1>99999999999"'),
    (r' r="[A-Z]+\d+"', ""),
    (r' t="s"', ' t="e"'),
    (r' t="s"', ""),
    (r"<v>[^<]*</v>", "<v></v>"),
    (r"<v>[^<]*</v>", "<v>99999999</v>"),
    (r"<v>[^<]*</v>", "<v>-1</v>"),
    (r"<v>[^<]*</v>", "<v>1e999</v>"),
    (r"<v>[^<]*</v>", "<f>A1*2</f>"),
    (r"<v>[^<]*</v>", '<f t="shared" si="0"/><v>#REF!</v>'),
    (r"</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    (r"</sheetData>", '</sheetData><mergeCells><mergeCell ref="D2:D9"/></mergeCells>'),
    (r"<row ", '<row><c t="inlineStr"><is><t>x</t></is></c></row><row '),
    (r' s="\d+"', ' s="77"'),
    (r"<sheetData>", "<sheetData>" + "<a>" * 400),
    (r"<\?xml[^>]*>", '<!DOCTYPE a [<!ENTITY b "c">]>'),
    (r'encoding="UTF-8"', 'encoding="UTF-16"'),
    (r'encoding="UTF-8"', 'encoding="no-such"'),
    (r"worksheets/sheet1.xml", "../../etc/passwd"),
    (r"<sheets>", '<sheets><sheet name="b" sheetId="9" r:id="rId1"/>'),
    (r"<t>", "<t>&#1;"),
    (r"</si>", ""),
)


def mutated(seed):
    """Return the name and content of a file; the same for the same seed."""
    chance = random.Random(seed)
    ways = (_cells, _cells, _parts, _parts, _bytes, _cut, _missing_part, _text)
    return chance.choice(ways)(chance)


def rows_of(chance, nasty=0.2):
    """Return rows of which every cell may be replaced by something nasty."""

    def put(value):
        return chance.choice(NASTY) if chance.random() < nasty else value

    return [
        [
            put(each)
            for each in ("化石燃料燃烧", chance.choice(ITEMS), str(n % 12 + 1), 10.5, 42, "", "")
        ]
        for n in range(chance.randint(1, 12))
    ]


def workbook(rows, headings=HEADINGS):
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate([headings, *rows]):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    return stream.getvalue()


def _cells(chance):
    headings = list(HEADINGS)
    if chance.random() < 0.3:
        headings[chance.randrange(1, len(headings))] = chance.choice(
            (*NASTY[:60], "排放源", "FC (kWh)")
        )
    return "a.xlsx", workbook(rows_of(chance), headings)


def _parts(chance):
    """Change a part of the archive as no program writes it."""
    content = workbook(rows_of(chance, 0.05))
    pattern, new = chance.choice(XML)
    count = chance.choice((1, 1, 0))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as archive:
        for name in old.namelist():
            text = old.read(name).decode()
            archive.writestr(name, re.sub(pattern, new, text, count=count))
    return "a.xlsx", made.getvalue()


def _bytes(chance):
    content = bytearray(workbook(rows_of(chance, 0.05)))
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return "a.xlsx", bytes(content)


def _cut(chance):
    content = workbook(rows_of(chance, 0.05))
    return "a.xlsx", content[: chance.randrange(len(content))]


def _missing_part(chance):
    content, made = workbook(rows_of(chance, 0.05)), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as archive:
        gone = chance.choice(old.namelist())
        for name in old.namelist():
            if name != gone:
                archive.writestr(name, old.read(name))
    return "a.xlsx", made.getvalue()


def _text(chance):
    separator = chance.choice(",;\t")
    lines = [HEADINGS, *rows_of(chance)]
    text = "\n".join(separator.join(map(str, line)) for line in lines)
    encoding = chance.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"))
    content = bytearray(text.encode(encoding))
    if chance.random() < 0.3:
        content[chance.randrange(len(content))] = chance.randrange(256)
    return "a.csv", bytes(content)
