"""Reactions of the telemetry page: what is sent again, what goes into the address."""

from types import SimpleNamespace

import pytest
from dash import no_update

from callbacks.collection.telemetry import (
    choose,
    move,
    redrive_messages,
    show_telemetry,
)
from callbacks.collection.telemetry_view import broker_of
from callbacks.context import Context
from components.ids import collection_telemetry as ids
from services.collection.intake import Intake
from services.errors import NotFoundError
from services.i18n.texts import t
from services.security.permissions import Actor
from tests.meters import add_meter
from tests.places import SUZHOU, add_firm

pytestmark = pytest.mark.postgres

SETTINGS = SimpleNamespace(mqtt_url="mqtt://user:secret@broker:1883")
CHOSEN = {"organization": 7, "point": "3", "window": "1h"}


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture
def context(database, meter):
    return Context(database, None, SETTINGS, None, lambda: meter.reporter)


def ids_in(components):
    return {part.id for c in components for part in [c, *c._traverse()] if hasattr(part, "id")}


def store_in(components):
    return next(c.data for c in components if getattr(c, "id", "") == ids.SHOWN)


def test_the_page_opens_on_the_visitors_own_organization(context, meter):
    shown = show_telemetry(context, {})
    assert {ids.POLL, ids.TILES, ids.LIVE, ids.SET_ASIDE} <= ids_in(shown)
    assert store_in(shown)["chosen"]["organization"] == meter.firm.organization_id


@pytest.mark.parametrize("wanted", ["abc", "-1", "9" * 30, "1; DROP TABLE", "²"])
def test_an_organization_that_is_no_number_is_not_found(context, wanted):
    with pytest.raises(NotFoundError):
        show_telemetry(context, {"organization": wanted})


def test_another_firms_page_is_not_found(context, database):
    other = add_firm(database, "T2", SUZHOU)
    with pytest.raises(NotFoundError):
        show_telemetry(context, {"organization": str(other.organization_id)})


def test_who_sees_no_organization_is_told_so(database):
    nobody = Context(database, None, SETTINGS, None, lambda: Actor(1, "N"))
    assert len(show_telemetry(nobody, {})) == 1


def test_an_odd_point_or_window_falls_back_to_the_first(context):
    chosen = store_in(show_telemetry(context, {"point": "x", "window": "9y"}))["chosen"]
    assert chosen["window"] == "1h"
    assert chosen["point"].isdecimal()


def test_only_what_moved_is_sent_again(context, database, meter):
    marks = store_in(show_telemetry(context, {}))
    _, live, set_aside, marks = move(context, 1, {}, marks)
    assert (live, set_aside) == (no_update, no_update)
    Intake(database).store([meter.arrival(0)])
    _, live, set_aside, marks = move(context, 2, {}, marks)
    assert live is not no_update
    assert set_aside is no_update
    Intake(database).store([meter.raw(b"rubbish")])
    _, live, set_aside, _ = move(context, 3, {}, marks)
    assert live is no_update
    assert set_aside is not no_update


def test_a_choice_goes_into_the_address():
    shown = {"chosen": CHOSEN}
    assert choose(None, "7", "3", "1h", shown) is no_update
    assert choose(None, "7", "4", "1h", shown) == "?organization=7&point=4&window=1h"
    assert choose(None, "7", "3", "24h", shown) == "?organization=7&point=3&window=24h"


def test_another_organization_forgets_the_point():
    assert choose(None, "8", "3", "1h", {"chosen": CHOSEN}) == "?organization=8&window=1h"


def test_the_address_of_the_broker_is_shown_without_its_password(context):
    assert broker_of(context) == "mqtt://broker:1883"


def test_set_aside_messages_are_tried_again_only_when_the_button_is_pressed(
    context, database, meter
):
    Intake(database).store([meter.raw(b"rubbish")])
    assert ids.REDRIVE in ids_in(show_telemetry(context, {}))
    assert redrive_messages(context, 0, {}) is no_update
    told = redrive_messages(context, 1, {})
    assert told == t("telemetry.quarantine.redriven", stored=0, left=1)
