"""Verifications of a year: assigned to an institution, begun, closed, locked, or withdrawn.

Source: 碳排放权交易管理暂行条例 (State Council Decree 775), Art. 12; the steps follow
企业温室气体排放报告核查指南（试行）, 环办气候函〔2021〕130号 (from memory).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services import clock
from services.collection.years import check_year
from services.data import messages, organizations, submissions, verification_work, verifications
from services.data.engine import Database
from services.data.messages import NewMessage
from services.data.organizations import Organization
from services.data.submissions import StoredSubmission
from services.data.verifications import (
    AT_WORK,
    FINDINGS_OUT,
    LOCKED,
    WITHDRAWN,
    Candidate,
    NewVerification,
    StoredVerification,
)
from services.data.work import Work
from services.errors import NotFoundError, PlatformError
from services.security.permissions import Action, Actor
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.verification.access import (
    NoVerifierError,
    StepError,
    assigning,
    held,
    of_team,
    refusals_told,
    require_assigning,
    scope_of,
)

LONGEST = 2_000
LINK = "/collection/verification?verification={0}"
ASSIGNING = (Action.ASSIGN_VERIFICATION, Action.ASSIGN_STATUTORY_VERIFICATION)


class NotAcceptedError(PlatformError):
    """A year is verified once it is accepted, and this one is not."""

    text_key = "verification_not_accepted"


class ReasonError(PlatformError):
    """A verification is withdrawn with a reason."""

    text_key = "verification_reason"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which year of an organization, by its code, goes to which verifier of which institution."""

    code: str
    year: int
    institution_id: UUID
    lead: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A year that could be verified, and who could verify it."""

    subject: Organization
    year: int
    version: int
    purpose: str
    candidates: tuple[Candidate, ...]


def choice_of(actor: Actor, database: Database, code: str, year: int) -> Choice:
    """Return who may be assigned to a year of an organization that the actor assigns for."""
    check_year(year)
    with database.work(scope_for(actor, *ASSIGNING)) as work:
        subject = organizations.by_code(work, code)
        accepted = _accepted(work, subject, year)
        require_assigning(actor, accepted.purpose, subject.access_path)
        found = verifications.candidates(work, subject.organization_id, year, clock.today())
    return Choice(subject, year, accepted.version, accepted.purpose, found)


def assign(actor: Actor, database: Database, order: Assignment) -> UUID:
    """Assign a verification with its lead, and return its id.

    The database refuses an institution that does not verify there, a person whom it does not
    employ, and anybody who made the report.
    """
    check_year(order.year)
    now = clock.now()
    scope = scope_of(actor, database, *ASSIGNING)
    with database.work(scope) as work, refusals_told(order.year):
        subject = organizations.by_code(work, order.code)
        accepted = _accepted(work, subject, order.year)
        require_assigning(actor, accepted.purpose, subject.access_path)
        new = NewVerification(
            order.year, accepted.submission_id, order.institution_id, accepted.purpose,
            order.note.strip()[:LONGEST], actor.person_id, now,
        )  # fmt: skip
        made = verifications.add(work, (subject.organization_id, subject.access_path), new)
        found = verifications.get(work, made)
        verifications.add_member(work, found, order.lead, True, (actor.person_id, now))
        after: dict[str, object] = {"version": accepted.version, "lead": order.lead}
        after |= {"institution": str(order.institution_id), "purpose": accepted.purpose}
        record(work, actor, found, Deed("assign_verification", "", after=after))
        work.commit()
    return made


def start(actor: Actor, database: Database, verification_id: UUID) -> None:
    """Begin with the work; it needs a plan."""
    with database.work(scope_of(actor, database, Action.VERIFY)) as work:
        found = held(work, actor, Action.VERIFY, verification_id, lock=True)
        of_team(work, actor, found, lead=True)
        if not verification_work.plans(work, found):
            raise StepError("plan", value=found.year)
        move(work, actor, found, AT_WORK, Deed("start_verification", ""))
        work.commit()


def publish(actor: Actor, database: Database, verification_id: UUID) -> None:
    """Show the firm what was found; what is found later it sees at once."""
    with database.work(scope_of(actor, database, Action.VERIFY)) as work:
        found = held(work, actor, Action.VERIFY, verification_id, lock=True)
        of_team(work, actor, found, lead=True)
        count = len(verification_work.findings(work, found))
        if not count:
            raise StepError("findings", value=found.year)
        deed = Deed("publish_findings", "", after={"findings": count})
        move(work, actor, found, FINDINGS_OUT, deed)
        tell(work, found, "verification_findings", {"count": count})
        work.commit()


def lock(actor: Actor, database: Database, verification_id: UUID) -> None:
    """Take note of the opinion: from then on the verification is only read."""
    with database.work(scope_of(actor, database, *ASSIGNING)) as work:
        found = _assigned(work, actor, verification_id)
        move(work, actor, found, LOCKED, Deed("lock_verification", ""))
        work.commit()


def withdraw(actor: Actor, database: Database, verification_id: UUID, reason: str) -> None:
    """End a verification with a reason, whatever its state; the year can then be opened again."""
    said = reason.strip()[:LONGEST]
    if not said:
        raise ReasonError("reason")
    with database.work(scope_of(actor, database, *ASSIGNING)) as work:
        found = _assigned(work, actor, verification_id)
        deed = Deed("withdraw_verification", "", after={"reason": said})
        move(work, actor, found, WITHDRAWN, deed)
        work.commit()


def add_member(actor: Actor, database: Database, verification_id: UUID, person_id: int) -> None:
    """Take another verifier of the institution into the team."""
    with (
        database.work(scope_of(actor, database, Action.VERIFY)) as work,
        refusals_told(verification_id),
    ):
        found = held(work, actor, Action.VERIFY, verification_id, lock=True)
        of_team(work, actor, found, lead=True)
        if found.state not in verifications.OPEN_STATES:
            raise StepError("team", value=found.year)
        if any(m.person_id == person_id for m in verifications.team(work, found)):
            raise NoVerifierError("verification", value=found.year)
        verifications.add_member(work, found, person_id, False, (actor.person_id, clock.now()))
        record(work, actor, found, Deed("join_verification", "", after={"person": person_id}))
        work.commit()


def remove_member(actor: Actor, database: Database, verification_id: UUID, person_id: int) -> None:
    """Let somebody other than the lead leave the team: from then on they see nothing of it."""
    with database.work(scope_of(actor, database, Action.VERIFY)) as work:
        found = held(work, actor, Action.VERIFY, verification_id, lock=True)
        of_team(work, actor, found, lead=True)
        if not verifications.remove_member(work, found, person_id, clock.now()):
            raise NotFoundError("person", value=person_id)
        record(work, actor, found, Deed("leave_verification", "", after={"person": person_id}))
        work.commit()


def move(work: Work, actor: Actor, found: StoredVerification, state: str, deed: Deed) -> None:
    """Take a verification to another state and write down who did; a reason is in the deed."""
    with refusals_told(found.year):
        by = (actor.person_id, clock.now())
        verifications.move(work, found, state, by, str(deed.after.get("reason", "")))
    after = {"state": state, **deed.after}
    record(work, actor, found, replace(deed, before={"state": found.state}, after=after))


def record(work: Work, actor: Actor, found: StoredVerification, deed: Deed) -> None:
    """Write down what was done in a verification."""
    after = {"year": found.year, **deed.after}
    told = replace(deed, resource=str(found.verification_id), after=after)
    record_deed(work, actor.person_id, found, told)


def tell(
    work: Work, found: StoredVerification, kind: str, told: dict[str, object], occasion: str = ""
) -> None:
    """Tell those who work on the organization's data, once on each occasion."""
    link = LINK.format(found.verification_id)
    about = f"{kind}:{found.verification_id}:{occasion}"
    new = NewMessage(kind, {"year": found.year, **told}, link, about, clock.now())
    messages.send(work, [(found, new)])


def _assigned(work: Work, actor: Actor, verification_id: UUID) -> StoredVerification:
    found = verifications.get(work, verification_id, lock=True)
    require_assigning(actor, found.purpose, found.access_path)
    return found


def may_assign(actor: Actor, found: StoredVerification) -> bool:
    """Return whether the actor takes note of it or withdraws it."""
    return actor.may(assigning(found.purpose), found.access_path)


def _accepted(work: Work, subject: Organization, year: int) -> StoredSubmission:
    accepted = submissions.accepted(work, subject.organization_id, year)
    if accepted is None:
        raise NotAcceptedError("year", value=year)
    return accepted
