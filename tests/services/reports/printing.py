"""The sample report in a language, and what other programs read out of its files."""

import subprocess

from services.i18n.texts import use_language
from services.reports.build import build_report
from services.reports.charts import picture
from services.reports.excel import write_excel
from services.reports.model import ChartBlock
from services.reports.pdf import write_pdf
from services.reports.word import write_word
from tests.services.reports import samples


def report(language="zh-CN", result=None, names=None, certainty=None, heat_power=None):
    result, names = result or samples.result(), names or samples.names()
    with use_language(language):
        found = certainty or samples.certainty()
        return build_report(result, names, samples.ISSUED_AT, found, heat_power)


def drawn(found):
    return {b.key: picture(b) for b in found.blocks() if isinstance(b, ChartBlock)}


def pdf(language="zh-CN", **given):
    found = report(language, **given)
    with use_language(language):
        return write_pdf(found, drawn(found))


def word(store, language="zh-CN", **given):
    found = report(language, **given)
    with use_language(language):
        return write_word(found, drawn(found), store)


def excel(language="zh-CN", **given):
    found = report(language, **given)
    with use_language(language):
        return write_excel(found)


def text_of_pdf(content, *options):
    """Return the text of a PDF in the order in which it was written."""
    return read_by("pdftotext", content, "-raw", *options, "-", "-")


def read_by(program, content, *arguments):
    """Return what a Poppler program prints about a PDF that it reads from its input."""
    answer = subprocess.run(
        [program, *arguments],
        input=content,
        capture_output=True,
        check=True,
    )
    return answer.stdout.decode()


def without_spaces(text):
    return "".join(text.split())
