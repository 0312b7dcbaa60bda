"""An organization's own measured values: proposed with evidence, accepted by another (5.2.1 b).

A value is never changed. A new one takes its place, or ends it by an earlier last day; each is
known from the day on which the second person accepted it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services import clock
from services.accounting.proposing import order_after_value
from services.collection.attachments import FileNotKeptError
from services.collection.cells import CellError, parse_cell
from services.collection.years import check_year
from services.data import attachments, organizations, own_values
from services.data.engine import Database
from services.data.evidence_files import Attachment
from services.data.organizations import Organization
from services.data.own_values import (
    ACCEPTED,
    PROPOSED,
    REJECTED,
    NewOwnValue,
    NewValueDecision,
    StoredOwnValue,
)
from services.data.work import Work
from services.errors import ConflictError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog
from services.standards.own_values import Measurable, check_value, measurable
from services.standards.problems import NotANumberError, UnusualValueError

SUPERSEDED = "superseded"
LONGEST = 500


class NotMeasurableError(PlatformError):
    """The method lets no organization measure this quantity of this item."""

    text_key = "own_value_not_measurable"


class LaboratoryMissingError(PlatformError):
    """Nothing is said about sampling and laboratory, or too much."""

    text_key = "own_value_laboratory"


class EvidenceMissingError(PlatformError):
    """A measured value without a file that shows it."""

    text_key = "own_value_evidence"


class ValuePeriodError(PlatformError):
    """The last day lies before the first."""

    text_key = "own_value_period"


class ValueOverlapError(PlatformError):
    """Another accepted value of the same quantity is valid on some of the same days."""

    text_key = "own_value_overlap"


class ValueMakerError(PlatformError):
    """Whoever proposed a value may not decide on it."""

    text_key = "own_value_maker"


class RejectionReasonError(PlatformError):
    """A rejection needs a reason that the proposer can act on."""

    text_key = "own_value_reason"


class ValueDecidedError(ConflictError):
    """Another person has decided on the value before."""

    text_key = "own_value_decided"


class ValueReplacedError(ConflictError):
    """The value that was to be replaced does not stand, or is one of another quantity."""

    text_key = "own_value_replaced"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value as a person enters it; `supersedes` is the accepted value whose place it takes.

    `files` are the year and the SHA-256 of each file that was sent before as its evidence.
    """

    organization_id: int
    item: str
    symbol: str
    value: str
    unit: str
    valid_from: date
    valid_to: date | None
    laboratory: str
    note: str = ""
    files: Sequence[tuple[int, str]] = ()
    supersedes: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListedValue:
    """A value as the library shows it; `state` is also superseded, `used_in` are years."""

    stored: StoredOwnValue
    state: str
    files: tuple[Attachment, ...]
    used_in: tuple[int, ...]


def own_values_of(
    actor: Actor, database: Database, organization_id: int
) -> tuple[ListedValue, ...]:
    """Return every value of an organization, by item, quantity and first day."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        found = own_values.of_organization(work, organization_id)
        files = own_values.files_of(work, found)
        used = own_values.used_in(work, organization_id) if found else {}
    deed = Deed("view_own_values", str(organization_id))
    note_view(database, actor, Action.VIEW_RESULT, subject, deed)
    return tuple(_listed(value, found, files, used.get(value.value_id, ())) for value in found)


def measurable_of(
    actor: Actor, database: Database, catalog: Catalog, organization_id: int
) -> Mapping[tuple[str, str], Measurable]:
    """Return what the organization's method lets it measure, by item and quantity."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
    return _measurable(catalog, subject)


def propose(actor: Actor, database: Database, catalog: Catalog, proposal: Proposal) -> UUID:
    """Keep a value for another person to decide on; return its id."""
    _check_words(proposal)
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, proposal.organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        number = _number(catalog, subject, proposal)
        own_values.lock(work, subject.organization_id)
        replaced = _replaced(work, proposal)
        _raise_on_overlap(work, _span(proposal), proposal.supersedes)
        year, files = _files(work, proposal, replaced)
        new = _new(actor, proposal, (number, year, files))
        value_id = own_values.add(work, subject, new)
        deed = Deed("propose_own_value", str(value_id), after=_told(new))
        record_deed(work, actor.person_id, subject, deed)
        work.commit()
    return value_id


def accept(
    actor: Actor, database: Database, organization_id: int, value_id: UUID, reason: str = ""
) -> tuple[UUID, ...]:
    """Let a value of another person count from today on.

    Return the jobs that restate filed years it holds for, to be handed to the queue.
    """
    return _decide(actor, database, _Decision(organization_id, value_id, ACCEPTED, reason.strip()))


def reject(
    actor: Actor, database: Database, organization_id: int, value_id: UUID, reason: str
) -> None:
    """Refuse a value of another person, with the reason."""
    if not reason.strip():
        raise RejectionReasonError("reason")
    _decide(actor, database, _Decision(organization_id, value_id, REJECTED, reason.strip()))


@dataclass(frozen=True, slots=True)
class _Decision:
    organization_id: int
    value_id: UUID
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Span:
    """Which days of which quantity a value is to hold for."""

    organization_id: int
    item: str
    symbol: str
    valid_from: date
    valid_to: date | None

    def meets(self, other: StoredOwnValue) -> bool:
        """Return whether another value holds for some of the same days."""
        if (other.item, other.symbol) != (self.item, self.symbol):
            return False
        ends_before = self.valid_to is not None and self.valid_to < other.valid_from
        begins_after = other.valid_to is not None and other.valid_to < self.valid_from
        return not (ends_before or begins_after)


def _decide(actor: Actor, database: Database, decision: _Decision) -> tuple[UUID, ...]:
    with database.work(scope_for(actor, Action.APPROVE_ACTIVITY)) as work:
        subject = organizations.get(work, decision.organization_id)
        require(actor, Action.APPROVE_ACTIVITY, subject.access_path)
        own_values.lock(work, subject.organization_id)
        stored = own_values.get(work, subject.organization_id, decision.value_id)
        if stored.proposed_by == actor.person_id:
            raise ValueMakerError("own_value", name=actor.name, value=stored.symbol)
        if decision.state == ACCEPTED and stored.state == PROPOSED:
            _raise_unless_standing(work, stored)
            _raise_on_overlap(work, _span(stored), stored.supersedes)
        now, today = clock.now(), clock.today()
        new = NewValueDecision(decision.state, decision.reason, actor.person_id, now, today)
        if not own_values.decide(work, subject, stored, new):
            name = stored.decided_by_name
            raise ValueDecidedError("own_value", value=stored.symbol, name=name)
        after: dict[str, object] = {"state": decision.state, "reason": decision.reason}
        deed = Deed("decide_own_value", str(stored.value_id), after=after)
        record_deed(work, actor.person_id, subject, deed)
        ordered = _ordered(work, actor, stored) if decision.state == ACCEPTED else ()
        work.commit()
    return ordered


def _ordered(work: Work, actor: Actor, stored: StoredOwnValue) -> tuple[UUID, ...]:
    """Order the restatements of the filed years that a value, or what it replaces, holds for."""
    key, replaced = stored.organization_id, stored.supersedes
    others = [own_values.get(work, key, replaced)] if replaced else []
    return order_after_value(work, actor, [stored, *others])


def _check_words(proposal: Proposal) -> None:
    if not 0 < len(proposal.laboratory.strip()) <= LONGEST or len(proposal.note) > LONGEST:
        raise LaboratoryMissingError("laboratory", most=LONGEST)
    if proposal.valid_to is not None and proposal.valid_to < proposal.valid_from:
        raise ValuePeriodError("valid_to", first=proposal.valid_from, last=proposal.valid_to)
    check_year(proposal.valid_from.year)


def _measurable(catalog: Catalog, subject: Organization) -> Mapping[tuple[str, str], Measurable]:
    return measurable(catalog.method(subject.method)) if subject.method else {}


def _number(catalog: Catalog, subject: Organization, proposal: Proposal) -> float:
    """Return the value as typed, once method, unit and range admit it."""
    named = {"item": proposal.item, "symbol": proposal.symbol, "method": subject.method}
    of = _measurable(catalog, subject).get((proposal.item, proposal.symbol))
    if of is None:
        raise NotMeasurableError("symbol", **named)
    number = parse_cell(proposal.value)
    if isinstance(number, CellError):
        raise number
    if number is None:
        raise NotANumberError("value", value=proposal.value)
    try:
        check_value(catalog, of, {"value": number, "unit": proposal.unit.strip()}, "value")
    except UnusualValueError:
        if not proposal.note.strip():
            raise
    return number


def _replaced(work: Work, proposal: Proposal) -> StoredOwnValue | None:
    if proposal.supersedes is None:
        return None
    found = own_values.get(work, proposal.organization_id, proposal.supersedes)
    standing = own_values.standing(own_values.of_organization(work, found.organization_id))
    is_same = (found.item, found.symbol) == (proposal.item, proposal.symbol)
    if found not in standing or not is_same:
        raise ValueReplacedError("supersedes", value=found.symbol)
    return found


def _raise_unless_standing(work: Work, stored: StoredOwnValue) -> None:
    """Raise ValueReplacedError when what a value is to replace has been replaced meanwhile."""
    standing = own_values.standing(own_values.of_organization(work, stored.organization_id))
    if stored.supersedes and stored.supersedes not in {value.value_id for value in standing}:
        raise ValueReplacedError("supersedes", value=stored.symbol)


def _raise_on_overlap(work: Work, span: _Span, replaced: UUID | None) -> None:
    values = own_values.of_organization(work, span.organization_id)
    for other in own_values.standing(values):
        if other.value_id != replaced and span.meets(other):
            last = other.valid_to or "—"
            raise ValueOverlapError(
                "valid_from", symbol=other.symbol, first=other.valid_from, last=last
            )


def _span(value: Proposal | StoredOwnValue) -> _Span:
    return _Span(**{name: getattr(value, name) for name in _Span.__dataclass_fields__})


def _files(
    work: Work, proposal: Proposal, replaced: StoredOwnValue | None
) -> tuple[int, list[str]]:
    """Return year and files of a proposal; one without any takes those of what it replaces."""
    if not proposal.files and replaced is not None:
        return replaced.file_year, list(replaced.files)
    if not proposal.files:
        raise EvidenceMissingError("files", symbol=proposal.symbol)
    year = proposal.files[0][0]
    check_year(year)
    kept = attachments.of_year(work, proposal.organization_id, year)
    for place, sha256 in proposal.files:
        # One that no submission and no value names goes with the next submission of its year.
        if place != year or sha256 not in kept:
            raise FileNotKeptError("files", value=sha256[:12])
    return year, list(dict.fromkeys(sha256 for _, sha256 in proposal.files))


def _new(actor: Actor, proposal: Proposal, found: tuple[float, int, Sequence[str]]) -> NewOwnValue:
    number, year, files = found
    return NewOwnValue(
        item=proposal.item,
        symbol=proposal.symbol,
        value=number,
        unit=proposal.unit.strip(),
        valid_from=proposal.valid_from,
        valid_to=proposal.valid_to,
        laboratory=proposal.laboratory.strip(),
        note=proposal.note.strip(),
        file_year=year,
        files=files,
        supersedes=proposal.supersedes,
        proposed_by=actor.person_id,
        proposed_at=clock.now(),
    )


def _told(new: NewOwnValue) -> dict[str, object]:
    same = ("item", "symbol", "value", "unit", "laboratory", "note")
    last = new.valid_to.isoformat() if new.valid_to else None
    return {
        **{name: getattr(new, name) for name in same},
        "valid_from": new.valid_from.isoformat(),
        "valid_to": last,
        "files": list(new.files),
        "supersedes": str(new.supersedes) if new.supersedes else None,
    }


def _listed(
    value: StoredOwnValue,
    all_: Iterable[StoredOwnValue],
    files: Mapping[str, Attachment],
    used_in: tuple[int, ...],
) -> ListedValue:
    replaced = {other.supersedes for other in all_ if other.state == ACCEPTED}
    state = SUPERSEDED if value.value_id in replaced else value.state
    own = tuple(files[sha256] for sha256 in value.files if sha256 in files)
    return ListedValue(value, state, own, used_in)
