"""Topics: what a gateway may publish to, and what else arrives."""

from uuid import UUID

import pytest

from services.collection.refusals import Reason, RefusedError
from services.collection.topics import parse_topic, receipt_topic, up_topic

TENANT = UUID("3f4608ae-6bba-4795-9584-da62ff3bf842")


def test_a_topic_gives_back_what_it_was_made_of():
    topic = parse_topic(up_topic(TENANT, "GW-1", "main"))
    assert (topic.tenant, topic.gateway, topic.stream) == (TENANT, "GW-1", "main")


def test_receipts_go_to_the_gateway_that_sent():
    assert receipt_topic(TENANT, "GW-1") == f"c/{TENANT}/GW-1/ack"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "c/x/GW-1/up/main",
        f"c/{TENANT}/GW-1/ack",
        f"c/{TENANT}/GW-1/up/main/more",
        f"c/{TENANT}/GW 1/up/main",
        f"c/{TENANT}/../up/main",
        f"c/{TENANT}/GW-1/up/" + "x" * 65,
        f"c/{'-' * 36}/GW-1/up/main",
        f"c/{TENANT}/GW-1/up/main\n",
        f"c/{TENANT}/网关/up/main",
    ],
)
def test_any_other_topic_is_refused_by_name(topic):
    with pytest.raises(RefusedError) as refused:
        parse_topic(topic)
    assert refused.value.reason is Reason.TOPIC
