"""A bureau and a firm, a system that listens, and deeds that are sealed."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from services import clock
from services.data.engine import SYSTEM_SCOPE
from services.outbound import Outbound
from services.security.permissions import Role
from services.security.signing import Signer
from services.security.trail import Deed, record_deed
from services.transparency.sealing import seal
from services.webhooks.announcing import announce
from services.webhooks.delivering import deliver_due
from services.webhooks.keeping import WebhookOrder, add_webhook, event_names, webhooks_of
from tests.other_system import other_system, send
from tests.places import NANJING, SUZHOU, add_firm, add_person

SIGNER = Signer.from_text("5e" * 32, "test")
LOOPBACK = Outbound((ip_network("127.0.0.0/8"),))


class Told:
    """What is done below Nanjing, and what of it arrives; `later` lets time pass."""

    def __init__(self, database, system):
        self.database, self.system = database, system
        self.firm = add_firm(database, "WH1", NANJING)
        self.elsewhere = add_firm(database, "WH2", SUZHOU)
        self.officer = add_person(database, "officer", (Role.BUREAU_OFFICER, NANJING))
        self.later = timedelta(0)
        self.status = 200

    def add(self, actor=None, code=None, path="/hook", events=()):
        """Add a webhook and return its secret as text."""
        order = WebhookOrder(code or str(NANJING), self.system.url(path), events or event_names())
        return add_webhook(actor or self.officer, self.database, LOOPBACK, order)

    def hook(self, actor=None):
        """Return the first webhook there is."""
        return webhooks_of(actor or self.officer, self.database)[0]

    def do(self, place=None, action="submit", resource="s1", result="done", **after):
        """Do something at a firm; it is in the log by the next sealing."""
        subject = place or self.firm
        with self.database.work(SYSTEM_SCOPE) as work:
            deed = Deed(action, resource, after=after or {"year": 2024}, result=result)
            record_deed(work, self.officer.person_id, subject, deed)
            work.commit()

    def announce(self):
        """Seal and announce; return how much is to be told."""
        seal(self.database, SIGNER)
        return announce(self.database, self.now())

    def deliver(self, outbound=LOOPBACK):
        """Send what is due; return how many were tried."""
        return deliver_due(self.database, outbound, self.now)

    def now(self):
        """Return the present moment of the test."""
        return clock.now() + self.later


@pytest.fixture
def told(database):
    def answer(request, _system):
        send(request, b"", told.status)

    with other_system(answer) as system:
        told = Told(database, system)
        yield told
