"""Who sees and does what in a verification, and what the database refuses, in words (7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from psycopg.errors import Error
from sqlalchemy.exc import IntegrityError

from services.data import verifications
from services.data.engine import Database
from services.data.verifications import StoredVerification
from services.data.work import EVERY_ENGAGEMENT, Scope, Work
from services.errors import ConflictError, NotAllowedError, PlatformError
from services.security.permissions import PERMISSIONS, Action, Actor, Role, is_below, require
from services.security.scopes import scope_for

ETS = "ets"


class NoVerifierError(PlatformError):
    """No institution verifies this year of the organization, or not with this person."""

    text_key = "verification_appointed"


class VerifierMadeError(PlatformError):
    """Somebody who made the report would verify it."""

    text_key = "verification_maker"


class NotAtWorkError(PlatformError):
    """The verification is not begun, or closed already: nothing of it changes."""

    text_key = "verification_at_work"


class StepError(PlatformError):
    """A verification does not go from its state to that one."""

    text_key = "verification_step"


class NotOfTeamError(PlatformError):
    """Only who belongs to the team does this, and never who made or answered what it is about."""

    text_key = "verification_team"


class FindingKeptError(ConflictError):
    """The finding was closed in the meantime."""

    text_key = "finding_closed"


class UnderwayError(PlatformError):
    """The year has a verification already."""

    text_key = "verification_underway"


_REFUSED: Mapping[str, type[PlatformError]] = {
    "verification_appointed": NoVerifierError,
    "verifier_appointed": NoVerifierError,
    "verifier_made": VerifierMadeError,
    "verification_at_work": NotAtWorkError,
    "verification_step": StepError,
    "verification_team": NotOfTeamError,
    "closed_by_another": NotOfTeamError,
    "finding_kept": FindingKeptError,
    "opinion_open": StepError,
    "verification_live": UnderwayError,
}


@contextmanager
def refusals_told(value: object) -> Iterator[None]:
    """Tell what the database refuses of a verification as the error that a person reads."""
    try:
        yield
    except IntegrityError as error:
        diag = error.orig.diag if isinstance(error.orig, Error) else None
        found = _REFUSED.get((diag.constraint_name or "") if diag else "")
        if found is None:
            raise
        raise found("verification", value=value) from error


def scope_of(actor: Actor, database: Database, *actions: Action) -> Scope:
    """Return the scope of the actions with the verifications that the actor sees in it.

    A verifier sees those of the own teams; whoever else acts at a place sees those of the place.
    """
    scope = scope_for(actor, *actions)
    wanted = frozenset(actions) & actor.actions
    granting = [m for m in actor.memberships if PERMISSIONS[m.role] & wanted]
    others = tuple(sorted({m.access_path for m in granting if m.role is not Role.VERIFIER}))
    if len(others) == len(scope.access_paths):
        return _with(scope, EVERY_ENGAGEMENT)
    with database.work(scope) as work:
        seen = {str(each) for each in verifications.of_member(work, actor.person_id)}
    if others:
        with database.work(_with(Scope(others, actor.person_id), EVERY_ENGAGEMENT)) as work:
            seen |= {str(each) for each in verifications.ids_in_scope(work)}
    return _with(scope, tuple(sorted(seen)))


def held(
    work: Work, actor: Actor, action: Action, verification_id: UUID, *, lock: bool = False
) -> StoredVerification:
    """Return a verification on which the actor may do an action, else raise."""
    found = verifications.get(work, verification_id, lock=lock)
    require(actor, action, found.access_path)
    return found


def of_team(work: Work, actor: Actor, found: StoredVerification, *, lead: bool = False) -> None:
    """Raise NotOfTeamError unless the actor belongs to the team, or leads it."""
    for member in verifications.team(work, found):
        if member.person_id == actor.person_id and member.left_at is None:
            if member.is_lead or not lead:
                return
            break
    raise NotOfTeamError("verification", value=found.year)


def require_assigning(actor: Actor, purpose: str, access_path: str) -> None:
    """Raise NotAllowedError unless the actor may have a year of that purpose verified.

    What the market is settled by is for the bureau to assign (Decree 775, Art. 12); what a firm or
    its group wants to have verified is for them.
    """
    require(actor, assigning(purpose), access_path)


def assigning(purpose: str) -> Action:
    """Return the action that assigning a verification of a purpose is."""
    if purpose == ETS:
        return Action.ASSIGN_STATUTORY_VERIFICATION
    return Action.ASSIGN_VERIFICATION


def sees_work(actor: Actor, access_path: str) -> bool:
    """Return whether the actor sees the work itself: the team, and the bureau above the firm."""
    return any(
        (m.role is Role.VERIFIER or Action.ASSIGN_STATUTORY_VERIFICATION in PERMISSIONS[m.role])
        and is_below(access_path, m.access_path)
        for m in actor.memberships
    )


def refuse_strangers(actor: Actor, found: StoredVerification) -> None:
    """Raise NotAllowedError unless the actor sees the work of a verification."""
    if not sees_work(actor, found.access_path):
        raise NotAllowedError(Action.VERIFY.value, value=found.access_path)


def _with(scope: Scope, engagements: tuple[str, ...]) -> Scope:
    return Scope(scope.access_paths, scope.person_id, scope.readable, engagements)
