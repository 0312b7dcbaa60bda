"""The check within a firm: another person looks through a draft before it is submitted (4.2 a)."""

from __future__ import annotations

from dataclasses import dataclass

from services import clock
from services.data import campaigns, draft_checks, drafts, organizations
from services.data.draft_checks import StoredCheck
from services.data.drafts import DraftVersion, StoredDraft
from services.data.engine import Database
from services.data.work import Work
from services.errors import ConflictError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

LONGEST_COMMENT = 2_000


class NotCheckedError(PlatformError):
    """A campaign wants the draft to be checked by another person before it is submitted."""

    text_key = "not_checked"


class OwnCheckError(PlatformError):
    """Whoever typed rows of a draft does not check it."""

    text_key = "own_check"


@dataclass(frozen=True, slots=True)
class CheckStanding:
    """Whether a year is to be checked, who checked it as it stands now, and who may.

    `why_not` is typed, nothing or role where the reader may not, and empty where they may.
    """

    is_needed: bool
    version: DraftVersion
    check: StoredCheck | None
    why_not: str


def standing(actor: Actor, database: Database, organization_id: int, year: int) -> CheckStanding:
    """Return how the check of a year's draft stands."""
    with database.work(scope_for(actor, Action.VIEW_ENTRY)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_ENTRY, subject.access_path)
        stored = drafts.get(work, organization_id, year)
        version = DraftVersion(organization_id, year, stored.revision if stored else 0)
        is_needed = campaigns.needs_check(work, organization_id, year)
        check = draft_checks.get(work, version)
    return CheckStanding(is_needed, version, check, _why_not(actor, subject.access_path, stored))


def confirm(actor: Actor, database: Database, version: DraftVersion, comment: str) -> None:
    """Say that a draft is right as it stands; ConflictError when it was changed meanwhile."""
    with database.work(scope_for(actor, Action.CHECK_ACTIVITY)) as work:
        subject = organizations.get(work, version.organization_id)
        require(actor, Action.CHECK_ACTIVITY, subject.access_path)
        stored = drafts.lock(work, version)
        if actor.person_id in stored.editors:
            raise OwnCheckError("draft", value=version.year, name=actor.name)
        said = comment.strip()[:LONGEST_COMMENT]
        check = StoredCheck(actor.person_id, actor.name, clock.now(), said)
        if not draft_checks.add(work, subject, version, check):
            raise ConflictError("draft", value=version.year)
        after = {"year": version.year, "revision": version.revision, "comment": said}
        record_deed(
            work, actor.person_id, subject, Deed("check_draft", str(version.year), after=after)
        )
        work.commit()


def require_checked(work: Work, version: DraftVersion) -> None:
    """Raise NotCheckedError where a campaign wants a check that this revision does not have."""
    if not campaigns.needs_check(work, version.organization_id, version.year):
        return
    if draft_checks.get(work, version) is None:
        raise NotCheckedError("draft", value=version.year)


def _why_not(actor: Actor, access_path: str, stored: StoredDraft | None) -> str:
    if not actor.may(Action.CHECK_ACTIVITY, access_path):
        return "role"
    if stored is None or not stored.rows:
        return "nothing"
    return "typed" if actor.person_id in stored.editors else ""
