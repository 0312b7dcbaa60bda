"""Files changed at random: refused or told cell by cell, never a crash, never a bad row written.

A tenth of what `bench mutations` sends; each that ever failed keeps its seed here.
"""

import pytest

from services.collection import manual
from services.collection.imports import Place, SentRows, preview, take_over
from services.collection.reasons import ReasonMissingError
from services.errors import PlatformError
from services.i18n.texts import use_language
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff
from tests.workbooks import mutated

pytestmark = pytest.mark.postgres
SEEDS = range(50)


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def test_no_mutated_file_crashes_or_writes_what_the_rules_refuse(database, catalog):
    reporter, _ = add_staff(database, add_firm(database))
    place, outcomes = Place("T1", 2023), set()
    for seed in SEEDS:
        sent = SentRows(*mutated(seed))
        found, refused = looked_at(
            lambda sent=sent: preview(reporter, database, catalog, sent, place)
        )
        if found is None:
            outcomes.add("refused")
            assert told(refused)
            continue
        assert all(map(told, found.errors))
        written = take_over(reporter, database, sent, found, replaces=True)
        outcomes.add("written" if any(each.new for each in written) else "nothing")
        entry = manual.open_entry(reporter, database, catalog, found_place(found), 2023)
        assert [p for p in entry.problems if waits(p)] == [], seed
    assert outcomes == {"refused", "written", "nothing"}


def looked_at(look):
    try:
        return look(), None
    except PlatformError as error:
        return None, error


def found_place(found):
    return found.parts[0].entry.subject.organization_id


def told(error):
    words = []
    for language in ("zh-CN", "en"):
        with use_language(language):
            words.append(error.explain())
    return all(each.what and each.why and each.do for each in words)


def waits(problem):
    return problem.severity == "error" and not isinstance(problem.error, ReasonMissingError)
