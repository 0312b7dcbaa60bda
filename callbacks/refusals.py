"""What was refused to somebody is written down, in a transaction of its own."""

from __future__ import annotations

from flask import request

from callbacks.context import Context
from services import clock
from services.errors import NotAllowedError, NotFoundError
from services.security.limits import limit_of, network_of, spend
from services.security.trail import API, REFUSED, WEB, Deed, Sender, record_alone, set_sender

# Of an address or an output only so much, whatever somebody sends.
LONGEST = 300
FOR_API = "/api/"


def name_sender() -> None:
    """Say by which channel and from where the present request comes."""
    channel = API if request.path.startswith(FOR_API) else WEB
    set_sender(Sender(channel, request.remote_addr or ""))


def keep_refusal(context: Context, person_id: int | None, action: str, resource: str) -> None:
    """Write down that a person, or a stranger, was refused something.

    Of one source the first ones of a minute are written down, then each doubling with the count:
    a flood must not fill the trail.
    """
    address = network_of(request.remote_addr or "")
    source = f"address {address}" if person_id is None else f"person {person_id}"
    limit = limit_of("refusal", clock.today())
    spent = spend(context.counters, limit, source, clock.now())
    if spent is not None and not spent.is_told:
        return
    count = {"refused": spent.count} if spent is not None and spent.is_over else {}
    deed = Deed(action, resource[:LONGEST], after=count, result=REFUSED)
    record_alone(context.database, person_id, deed)


def keep_if_refused(context: Context, error: Exception, place: str) -> None:
    """Write down an error that says that somebody may not do what was asked for.

    What is out of somebody's sight is not found, so that trying out ids shows in the trail too.
    """
    if isinstance(error, NotAllowedError | NotFoundError):
        path = str(error.values.get("value", ""))
        keep_refusal(context, context.actor().person_id, error.where, f"{place} {path}".strip())
