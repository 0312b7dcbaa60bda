"""Letting somebody else hold a role of one's own for some days: what there is, and taking it back.

`services.security.rights.delegate` gives; what is given ends by its day, with the role it comes
from, or here.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services import clock
from services.data import memberships
from services.data.engine import Database
from services.data.memberships import HeldRole
from services.data.work import Work
from services.errors import NotFoundError
from services.security.permissions import Action, Actor, Role, may_be_delegated, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

__all__ = ["HeldRole"]


@dataclass(frozen=True, slots=True)
class Delegations:
    """The roles of one's own that may be delegated, and who holds one of them besides."""

    own: tuple[HeldRole, ...]
    given: tuple[HeldRole, ...]


def delegations_of(actor: Actor, database: Database) -> Delegations:
    """Return what the actor may delegate, and what is delegated now or from a day to come."""
    require(actor, Action.DELEGATE)
    with database.work(scope_for(actor, Action.DELEGATE)) as work:
        own = _own(work, actor)
        given = memberships.delegated_from(work, [each.membership_id for each in own])
    today = clock.today()
    living = (each for each in given if each.valid_to is None or each.valid_to >= today)
    return Delegations(own, tuple(living))


def take_back(actor: Actor, database: Database, membership_id: UUID) -> None:
    """End what the actor has delegated, at once."""
    require(actor, Action.DELEGATE)
    with database.work(scope_for(actor, Action.DELEGATE)) as work:
        own = [each.membership_id for each in _own(work, actor)]
        given = memberships.delegated_from(work, own)
        found = next((each for each in given if each.membership_id == membership_id), None)
        if found is None:
            raise NotFoundError("membership", value=membership_id)
        memberships.end(work, [membership_id], clock.now())
        deed = Deed("withdraw_delegation", found.login, before={"role": found.role})
        record_deed(work, actor.person_id, found, deed)
        work.commit()


def _own(work: Work, actor: Actor) -> tuple[HeldRole, ...]:
    today = clock.today()
    return tuple(
        each
        for each in memberships.of_person(work, actor.person_id)
        if each.delegated_from is None
        and may_be_delegated(Role(each.role))
        and (each.valid_to is None or each.valid_to >= today)
    )
