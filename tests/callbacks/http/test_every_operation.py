"""Ten generated requests for each operation, good and bad: no 5xx, and nothing beside the contract.

`bench api` makes a hundred. The bodies and parameters are made from the contract itself, by a
program that holds every permission of a firm; what it may write lies at its own firm.
"""

import pytest

from callbacks.http.openapi import operations_of
from tests.callbacks.generated import Generated, everything_written
from tests.callbacks.other_firm import OtherFirm
from workers.embedded.postgres import SUPERUSER

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
EACH, SEED = 10, 7


@pytest.fixture(scope="module")
def generated(app, app_database):
    firm, other = OtherFirm(app_database), OtherFirm(app_database, 6, city=None)
    return Generated(app, firm, other, EACH, SEED)


def test_whatever_is_sent_is_answered_as_the_contract_says(generated, servers, app, app_database):
    address = servers.postgres.url(SUPERUSER, app_database.engine.url.database)
    before = everything_written(address, generated.other)
    found = generated.run()
    assert found.wrong == []
    # All but the address that the contract itself is read from.
    assert found.operations == len(operations_of(app.server)) - 1
    assert found.sent >= EACH * found.operations
    assert everything_written(address, generated.other) == before
