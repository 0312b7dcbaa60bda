"""Opening an accepted year to be corrected: with a reason, and as a new version (5.2.1 b)."""

from __future__ import annotations

from services import clock
from services.data import corrections, organizations, submissions, verifications
from services.data.corrections import NewCorrection
from services.data.engine import Database
from services.data.work import Work
from services.errors import ConflictError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

LONGEST_REASON = 2_000


class AcceptedError(PlatformError):
    """An accepted year is locked until it is opened to be corrected."""

    text_key = "year_accepted"


class VerifiedError(PlatformError):
    """A year about which there is a verification opinion is not opened any more."""

    text_key = "year_verified"


class CorrectionReasonError(PlatformError):
    """A correction needs a reason that others can read."""

    text_key = "correction_reason"


def open_correction(
    actor: Actor, database: Database, organization_id: int, year: int, reason: str
) -> None:
    """Open an accepted year to be changed; what was accepted stays until the new version is.

    ConflictError when it is not accepted, or open already; VerifiedError once there is an opinion.
    """
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise CorrectionReasonError("reason")
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        accepted = submissions.latest(work, organization_id, year)
        if accepted is None or accepted.state != submissions.APPROVED:
            raise ConflictError("year", value=year)
        if verifications.state_of_year(work, organization_id, year) in verifications.SETTLED:
            raise VerifiedError("year", value=year)
        new = NewCorrection(said, actor.person_id, clock.now())
        if not corrections.add(work, subject, accepted, new):
            raise ConflictError("year", value=year)
        after = {"year": year, "version": accepted.version, "reason": said}
        deed = Deed("open_correction", str(accepted.submission_id), after=after)
        record_deed(work, actor.person_id, subject, deed)
        work.commit()


def refuse_accepted(work: Work, organization_id: int, year: int) -> None:
    """Raise AcceptedError when a year is accepted and not opened to be corrected."""
    latest = submissions.latest(work, organization_id, year)
    if latest is None or latest.state != submissions.APPROVED:
        return
    if not corrections.is_open(work, latest):
        raise AcceptedError("year", value=year)
