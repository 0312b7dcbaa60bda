"""What was told to other systems, and fetches that brought nothing, go after their time (7.3 b)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select

from services.clock import now
from services.data.connector_tables import connector, connector_fetch
from services.data.engine import SYSTEM_SCOPE
from services.data.webhook_tables import webhook, webhook_delivery
from services.security.retention import apply_retention
from tests.places import add_firm, add_person

pytestmark = pytest.mark.postgres
OLD, YOUNG = timedelta(days=366), timedelta(days=364)


@pytest.fixture
def place(database):
    firm = add_firm(database, "CALLS1")
    return {"organization_id": firm.organization_id, "access_path": firm.access_path}


def test_deliveries_go_after_a_year_but_not_what_still_waits(database, place):
    hook = place | {"webhook_id": uuid4()}
    made = {
        "old": ("delivered", OLD),
        "given up": ("given_up", OLD),
        "waiting": ("waiting", OLD),
        "young": ("delivered", YOUNG),
    }
    person = add_person(database, "hooks").person_id
    with database.work(SYSTEM_SCOPE) as work:
        address = {"address": "https://a.example", "events": ["x"], "secret": bytes(52)}
        work.connection.execute(
            insert(webhook).values(**hook, **address, made_at=now(), made_by=person)
        )
        for body, (state, age) in made.items():
            values = {"event": "x", "body": body, "state": state, "next_at": now(), "tries": 1}
            row = insert(webhook_delivery).values(**hook, **values, made_at=now() - age)
            work.connection.execute(row.inline())
        work.commit()
    assert apply_retention(database, now())["deliveries"] == 2
    with database.work(SYSTEM_SCOPE) as work:
        left = set(work.connection.scalars(select(webhook_delivery.c.body)))
    assert left == {"waiting", "young"}


def test_fetches_that_brought_nothing_go_after_a_year_and_others_stay(database, place):
    held = place | {"connector_id": uuid4()}
    plain = {
        "kind": "rest",
        "settings": {},
        "every": "day",
        "hour": 3,
        "years": "this",
        "state": "paused",
    }
    with database.work(SYSTEM_SCOPE) as work:
        made = {"name": "a", **plain, "made_by": 1, "made_at": now()}
        work.connection.execute(insert(connector).values(**held, **made))
        for year, age, rows in ((2020, OLD, 0), (2021, OLD, 3), (2022, YOUNG, 0)):
            values = {"year": year, "rows": 3, "new_rows": rows, "waiting": 0, "sha256": ""}
            times = {"at": now() - age, "state": "done", "error": {}, "fetch_id": uuid4()}
            work.connection.execute(insert(connector_fetch).values(**held, **values, **times))
        work.commit()
    assert apply_retention(database, now())["fetches"] == 1
    with database.work(SYSTEM_SCOPE) as work:
        left = set(work.connection.scalars(select(connector_fetch.c.year)))
        # Where rows came from cannot be removed, whoever asks the database.
        assert work.connection.execute(delete(connector_fetch)).rowcount == 1
        work.commit()
    assert left == {2021, 2022}
