"""The opinion that a verification comes to: about one version, and only once all is done.

Forms: reasonable and limited assurance (ISO 14064-3), and the conclusion of the Chinese guidelines
(环办气候函〔2021〕130号), all from memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services import clock
from services.data import verification_work
from services.data.engine import Database
from services.data.verification_work import Opinion
from services.data.verifications import CLOSED, FINDINGS_OUT, PLANNED
from services.data.work import Work
from services.errors import PlatformError
from services.i18n.texts import t
from services.security.permissions import Action, Actor
from services.security.trail import Deed
from services.verification.access import held, of_team, refusals_told, scope_of
from services.verification.engagements import move, tell
from services.verification.rooms import Room, room_in
from services.verification.sampling_rules import sampling_rules

REASONABLE, LIMITED, CONFORMITY = "reasonable", "limited", "conformity"
FORMS = (REASONABLE, LIMITED, CONFORMITY)
UNQUALIFIED, QUALIFIED, ADVERSE = "unqualified", "qualified", "adverse"
CONCLUSIONS = (UNQUALIFIED, QUALIFIED, ADVERSE)
LONGEST = 8_000


class OpinionError(PlatformError):
    """An opinion cannot be so: its form, its conclusion or its words."""

    text_key = "verification_opinion"


class OpinionMissingError(PlatformError):
    """Something is to be done before there can be an opinion."""

    text_key = "verification_missing"


@dataclass(frozen=True, slots=True)
class OpinionOrder:
    """What is to be said, and in which form."""

    form: str
    conclusion: str
    words: str


def issue(actor: Actor, database: Database, verification_id: UUID, order: OpinionOrder) -> None:
    """Issue the opinion; the verification is closed with it, and the year locked."""
    _check(order)
    with database.work(scope_of(actor, database, Action.VERIFY)) as work:
        found = held(work, actor, Action.VERIFY, verification_id, lock=True)
        of_team(work, actor, found, lead=True)
        # Judged only now: nobody of the team adds to it while the verification is held.
        room = room_in(work, actor, found)
        lacking = missing(room, order)
        if lacking:
            raise OpinionMissingError("opinion", value=found.year, missing=_told(lacking))
        with refusals_told(found.year):
            _keep(work, actor, room, order)
            work.commit()


def missing(room: Room, order: OpinionOrder | None = None) -> list[str]:
    """Return what has to be done before there can be an opinion, by text keys; best nothing.

    What an opinion may not say with what is known counts too: without an order, nothing of that.
    """
    progress, plan, state = room.progress, room.plan, room.verification.state
    lacking = {
        "plan": plan is None,
        "work": state == PLANNED,
        "rows": progress.rows_done < progress.rows,
        "items": progress.items_done < progress.items,
        "unpublished": progress.findings > 0 and state != FINDINGS_OUT,
        "major": progress.open_major > 0,
        "version": not room.version.is_settled,
    }
    if order is not None and plan is not None:
        least = sampling_rules(clock.today()).confidence.share
        falls_short = float(plan.parameters["confidence"]) < least
        lacking["confidence"] = order.form == REASONABLE and falls_short
        lacking["open"] = order.conclusion == UNQUALIFIED and progress.open_findings > 0
    return [name for name, is_lacking in lacking.items() if is_lacking]


def _check(order: OpinionOrder) -> None:
    wrong = {
        "form": order.form not in FORMS,
        "conclusion": order.conclusion not in CONCLUSIONS,
        "words": not order.words.strip(),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise OpinionError(name, value=str(getattr(order, name))[:40])


def _keep(work: Work, actor: Actor, room: Room, order: OpinionOrder) -> None:
    found, filed, run = room.verification, room.version.submission, room.version.run
    opinion = Opinion(
        filed.submission_id, filed.version, filed.rows_hash, run.run_id, run.input_hash,
        run.total_t, len(room.plans), order.form, order.conclusion,
        order.words.strip()[:LONGEST], actor.person_id, clock.now(),
    )  # fmt: skip
    verification_work.add_opinion(work, found, opinion)
    told: dict[str, object] = {
        "version": filed.version,
        "rows_hash": filed.rows_hash,
        "run": str(run.run_id),
    }
    told |= {"total_t": run.total_t, "form": order.form, "conclusion": order.conclusion}
    # The event is a leaf of the transparency log: with it, the opinion is.
    told["words"] = opinion.words
    move(work, actor, found, CLOSED, Deed("issue_opinion", "", after=told))
    tell(work, found, "verification_opinion", {})


def _told(lacking: list[str]) -> str:
    return t("verification.and").join(t(f"verification.missing.{name}") for name in lacking)
