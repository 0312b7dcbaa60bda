"""What the documents and comments name exists: files, folders and tables."""

import re

import pytest

from services.data import (  # noqa: F401  # each module adds its tables to the metadata
    base_tables,
    business_tables,
    collected_tables,
    identity_tables,
    point_tables,
    series_tables,
    statistics_tables,
    telemetry_tables,
)
from services.data.metadata import metadata
from tests.architecture.sources import MODULES, ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FOLDERS = "assets|bench|callbacks|components|deploy|docs|pages|services|tests|tools|workers"
# A file or a folder of ours; what is only one of many carries … or <…> and is left out.
PATH = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
IN_COMMENT = re.compile(rf"#.*?\b((?:{FOLDERS})/(?:[\w./-]*[\w/])?)")
TABLE = re.compile(r"`((?:base|collected|business|statistics)\.[a-z_]+)`")


def named(pattern, paths):
    for path in paths:
        for found in pattern.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), found


@pytest.mark.parametrize(("pattern", "paths"), [(PATH, DOCUMENTS), (IN_COMMENT, MODULES)])
def test_every_file_and_folder_named_exists(pattern, paths):
    missing = [(p, found) for p, found in named(pattern, paths) if not (ROOT / found).exists()]
    assert missing == []


def test_every_table_named_exists():
    assert [(p, n) for p, n in named(TABLE, DOCUMENTS) if n not in metadata.tables] == []
