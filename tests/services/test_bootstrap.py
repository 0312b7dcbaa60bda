"""What the platform refuses to start with, and that it starts from an empty database."""

import pickle

import pytest
from rq.serializers import DefaultSerializer, JSONSerializer
from sqlalchemy import text

from services import bootstrap
from services.bootstrap import UnsafeStartError, bring_up_to_date, refuse_pickle, refuse_unsafe
from services.data.engine import owner_work


@pytest.mark.parametrize("name", ["DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED"])
@pytest.mark.parametrize("value", ["1", "true", "Yes", "anything"])
def test_a_switch_that_opens_the_process_is_refused_by_name(name, value):
    with pytest.raises(UnsafeStartError) as raised:
        refuse_unsafe({name: value})
    assert name in str(raised.value)
    assert value in str(raised.value)


@pytest.mark.parametrize("value", ["", "0", "false", "No"])
def test_a_switch_that_is_off_is_admitted(value):
    refuse_unsafe({"DASH_DEBUG": value})


@pytest.mark.parametrize("found", ["4.4.0", "4.3.9", "3.2"])
def test_an_old_dash_is_refused(monkeypatch, found):
    monkeypatch.setattr(bootstrap, "version", {"dash": found}.get)
    with pytest.raises(UnsafeStartError, match=found):
        refuse_unsafe({})


@pytest.mark.parametrize("found", ["4.4.1", "4.10.0", "5.0.0rc1"])
def test_a_newer_dash_is_admitted(monkeypatch, found):
    monkeypatch.setattr(bootstrap, "version", {"dash": found}.get)
    refuse_unsafe({})


def test_pickle_is_refused_and_json_admitted():
    refuse_pickle(JSONSerializer)
    for unsafe in (DefaultSerializer, pickle):
        with pytest.raises(UnsafeStartError):
            refuse_pickle(unsafe)


def test_base_data_is_loaded_once_and_a_second_start_changes_nothing(empty_owner_url):
    bring_up_to_date(empty_owner_url)
    first = base_rows(empty_owner_url)
    bring_up_to_date(empty_owner_url)
    assert base_rows(empty_owner_url) == first
    assert {name for name, rows in first.items() if rows} >= {"division", "factor", "gas"}


def base_rows(owner_url):
    """Every row of the reference tables with the transaction that wrote it."""
    with owner_work(owner_url) as work:
        return {
            name: sorted(
                work.connection.scalars(text(f"SELECT xmin || x::text FROM base.{name} x"))
            )
            for name in ("division", "industry", "gas", "gwp", "fuel", "factor")
        }
