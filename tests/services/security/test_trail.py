"""The trail tells who did what to what, from where, and how it ended; a search finds it again."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.i18n.texts import LANGUAGES, texts
from services.security.trail import PLATFORM, REFUSED, Deed, Sender, record_deed, sent_by
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def written(database, *deeds, person_id=None, subject=PLATFORM, sender=None):
    with database.work(SYSTEM_SCOPE) as work, sent_by(sender or Sender("test")):
        for deed in deeds:
            record_deed(work, person_id, subject, deed)
        work.commit()


def found(database, limit=10, after=None, **query):
    with database.work(SYSTEM_SCOPE) as work:
        return audit.search(work, AuditQuery(**query), limit, after)


def test_an_event_says_from_where_and_keeps_digests_of_what_changed(database):
    deed = Deed("price", "x/1", before={"t": 1.5}, after={"t": 2, "name": "煤"}, at=NOON)
    written(database, deed, sender=Sender("api", "192.0.2.9"))
    [event] = [each.event for each in found(database, action="price")]
    assert (event.channel, event.address, event.result) == ("api", "192.0.2.9", "done")
    assert event.before_digest == sha256(b'{"t":1.5}').hexdigest()
    assert event.after_digest == sha256('{"name":"煤","t":2}'.encode()).hexdigest()


def test_what_is_done_at_a_command_line_says_who_sat_at_the_machine(database):
    # Nobody proves there to be the person with whose rights it is done.
    deed = Deed("add_person", "li.na", after={"role": "reporter"}, at=NOON)
    written(database, deed, sender=Sender("command", operator="root (sudo: wang)"))
    [event] = [each.event for each in found(database, resource="li.na")]
    told = {"role": "reporter", "system_user": "root (sudo: wang)"}
    assert (event.after, event.channel) == (told, "command")


def test_each_part_of_a_query_narrows_the_search(database):
    firm = add_firm(database)
    reporter, _ = add_staff(database, firm)
    written(database, Deed("a", "one", at=NOON), Deed("b", "50%", result=REFUSED, at=NOON))
    late = Deed("a", "two", at=NOON + timedelta(hours=1))
    written(database, late, person_id=reporter.person_id, subject=firm, sender=Sender("job"))

    def resources(**query):
        return {each.event.resource for each in found(database, **query)}

    with database.work(SYSTEM_SCOPE) as work:
        login = audit.search(work, AuditQuery(resource="two"), 1)[0].login
    assert resources(action="b") == {"50%"}
    assert resources(result="refused") == {"50%"}
    assert resources(channel="job") == {"two"}
    assert resources(login=login.upper(), first=NOON, last=late.at) == {"two"}
    assert resources(organization_id=firm.organization_id, action="a") == {"two"}
    assert resources(resource="0%") == {"50%"}
    assert resources(first=NOON, last=NOON) == {"one", "50%"}


def test_pages_of_a_search_follow_one_another_without_gap_or_repetition(database):
    written(database, *(Deed("page", str(number), at=NOON) for number in range(7)))
    seen, after = [], None
    while page := found(database, limit=3, after=after, action="page"):
        seen += [each.event.resource for each in page]
        after = (page[-1].event.at, page[-1].event_id)
    assert sorted(seen) == [str(number) for number in range(7)]


WRITTEN = re.compile(
    r"(?:Deed|_deed)\(\s*\"(\w+)\"|note\(\s*work,[^\"()]*?\"(\w+)\""
    r"|_record\(work, actor, .*?\"(\w+)\""
)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_deed_is_told_in_words(code):
    sources = [path.read_text(encoding="utf-8") for path in Path("services").rglob("*.py")]
    found = {name for text in sources for pair in WRITTEN.findall(text) for name in pair if name}
    assert {"submit", "factor_added", "grant_role"} <= found
    assert {f"deed.{name}" for name in found} - set(texts(code)) == set()
