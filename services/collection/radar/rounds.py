"""Rounds of the radar: ordered, run as a job, read, and marked by those who looked (4.2, N4).

A round is over what its orderer may read. What it says is for whoever may run one: neither the
firm it is about nor another one sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services import clock, jobs
from services.accounting.filing import fingerprint
from services.collection.radar.gathering import Sought, gather
from services.collection.radar.judging import RATE, VERSION, Judgement, Reason, judge
from services.collection.radar.reading import LEAST_SHARE, Reading, read
from services.collection.years import check_year
from services.data import jobs as job_rows
from services.data import organizations, radar, radar_reading
from services.data.engine import Database
from services.data.jobs import StoredJob
from services.data.organizations import Organization
from services.data.radar import NewHit, NewMark, NewRound, StoredHit, StoredMark, StoredRound
from services.data.radar_reading import NewestSubmission
from services.data.work import Work
from services.errors import PlatformError
from services.jobs import JobQueue
from services.security.permissions import Action, Actor, require
from services.security.readings import note_export, note_view
from services.security.scopes import scope_of_radar
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog

__all__ = ["StoredHit", "StoredMark", "StoredRound"]

SOUND, TO_CORRECT, PASSED = "sound", "to_correct", "passed"
VERDICTS = (SOUND, TO_CORRECT, PASSED)
LONGEST_COMMENT = 2_000
PAGE, MOST_ROUNDS, MOST_PASSED, MOST_HITS = 50, 20, 50, 100_000


class NothingSubmittedError(PlatformError):
    """Nothing was submitted below the place for the year."""

    text_key = "radar_nothing"


class MarkError(PlatformError):
    """A mark has no comment, or a verdict that there is not."""

    text_key = "radar_mark"


# Names of organizations that are alike to one on the list, by number, as far as a reader may see.
Others = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class RoundOrder:
    """Over which year below which place."""

    organization_id: int
    year: int


@dataclass(frozen=True, slots=True)
class MarkOrder:
    """What somebody found who looked at a submission of a round."""

    round_id: UUID
    submission_id: UUID
    verdict: str
    comment: str


@dataclass(frozen=True, slots=True)
class Running:
    """A round that is not there yet, or that could not be finished; names of its place."""

    job: StoredJob
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows first: places with their years, rounds, what was passed on."""

    places: tuple[tuple[Organization, tuple[int, ...]], ...]
    running: tuple[Running, ...]
    rounds: tuple[StoredRound, ...]
    passed: tuple[StoredHit, ...]
    others: Others


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with a part of its list; `verdicts` counts what was marked, `others` names twins."""

    found: StoredRound
    hits: tuple[StoredHit, ...]
    start: int
    verdicts: Mapping[str, int]
    others: Others


def order_round(actor: Actor, database: Database, queue: JobQueue, order: RoundOrder) -> StoredJob:
    """Order a round; of the same years, in the same state, by the same rules it is the same."""
    check_year(order.year)
    with database.work(scope_of_radar(actor)) as work:
        place = organizations.get(work, order.organization_id)
        require(actor, Action.RUN_RADAR, place.access_path)
        found = radar_reading.newest(work, place.access_path, order.year)
        if not found:
            raise NothingSubmittedError("year", value=order.year)
        known = [VERSION, *sorted(map(_judged_by, found))]
        arguments = {"organization_id": order.organization_id, "year": order.year}
        key = f"{jobs.RADAR}:{order.year}:{fingerprint(known)}"
        ordered = jobs.order_job(work, actor, jobs.RADAR, arguments, key)
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered


def run_round(database: Database, catalog: Catalog, actor: Actor, job: StoredJob) -> None:
    """Run an ordered round and end its job; what it found is stored with its end, or not at all."""
    year = int(job.arguments["year"])
    scope = scope_of_radar(actor)
    with database.work(scope) as work:
        place = organizations.get(work, job.organization_id)
        found = radar_reading.newest(work, job.access_path, year)

    def told(share: float) -> None:
        with database.work(scope) as work:
            # What is left are the tests themselves.
            jobs.progress(work, job, 0.9 * share)
            work.commit()

    filed = gather(database, Sought(scope, job.access_path, year), found, told)
    reading = read(catalog, filed)
    told(1)
    judged = judge(catalog, reading)
    with database.work(scope) as work:
        hits = _hits(reading, judged, found)
        radar.add(work, place, _round(job, year, judged), hits)
        jobs.finish(work, job, {"judged": len(judged), "listed": len(hits)})
        work.commit()


def overview(actor: Actor, database: Database) -> Overview:
    """Return the places, rounds and hits passed to the verifier that the actor sees."""
    require(actor, Action.RUN_RADAR)
    own = {m.organization_id for m in actor.memberships if _runs(actor, m.access_path)}
    with database.work(scope_of_radar(actor)) as work:
        places = [organizations.get(work, each) for each in sorted(own)]
        running = [
            Running(job, place.names)
            for place in places
            for job in job_rows.of_organization(work, place.organization_id, jobs.RADAR)
            if job.state != job_rows.DONE
        ]
        years = [radar_reading.years(work, place.access_path) for place in places]
        passed = radar.passed(work, MOST_PASSED)
        return Overview(
            places=tuple(zip(places, years, strict=True)),
            running=tuple(running),
            rounds=radar.rounds(work, MOST_ROUNDS),
            passed=passed,
            others=_others(work, actor, passed),
        )


def round_of(actor: Actor, database: Database, round_id: UUID, start: int = 0) -> RoundView:
    """Return a round with its list from the `start`-th on, or raise NotFoundError."""
    found = _view(actor, database, round_id, (start, PAGE))
    deed = Deed("view_radar", str(round_id))
    note_view(database, actor, Action.RUN_RADAR, found.found, deed)
    return found


def take_round(actor: Actor, database: Database, round_id: UUID) -> RoundView:
    """Return a round with its whole list, for a file, and write down that it was taken out."""
    found = _view(actor, database, round_id, (0, MOST_HITS))
    with database.work(scope_of_radar(actor)) as work:
        deed = Deed("export_radar", str(round_id), after={"rows": len(found.hits)})
        note_export(work, actor, Action.RUN_RADAR, found.found, deed)
        work.commit()
    return found


def mark_hit(actor: Actor, database: Database, order: MarkOrder) -> tuple[StoredHit, Others]:
    """Keep what somebody found who looked; return the hit as it stands, and whom it names."""
    comment = order.comment.strip()
    if order.verdict not in VERDICTS or not 0 < len(comment) <= LONGEST_COMMENT:
        raise MarkError("comment", value=order.verdict[:20])
    with database.work(scope_of_radar(actor)) as work:
        found = radar.hit(work, order.round_id, order.submission_id)
        require(actor, Action.RUN_RADAR, found.access_path)
        new = NewMark(
            order.round_id, order.submission_id, order.verdict, comment,
            actor.person_id, clock.now(),
        )  # fmt: skip
        radar.mark(work, found, new)
        before = {"verdict": found.marks[0].verdict} if found.marks else {}
        after = {"verdict": order.verdict, "year": found.year}
        deed = Deed("mark_radar", str(order.submission_id), before=before, after=after)
        record_deed(work, actor.person_id, found, deed)
        marked = radar.hit(work, order.round_id, order.submission_id)
        others = _others(work, actor, (marked,))
        work.commit()
    return marked, others


def _view(actor: Actor, database: Database, round_id: UUID, part: tuple[int, int]) -> RoundView:
    require(actor, Action.RUN_RADAR)
    with database.work(scope_of_radar(actor)) as work:
        found = radar.get(work, round_id)
        require(actor, Action.RUN_RADAR, found.access_path)
        hits = radar.hits_of(work, round_id, *part)
        others = _others(work, actor, hits)
        return RoundView(found, hits, part[0], radar.verdicts(work, round_id), others)


def _others(work: Work, actor: Actor, hits: Sequence[StoredHit]) -> Others:
    """Return the names of those that reasons speak of, where the actor may screen them too."""
    keys = {reason["other"] for hit in hits for reason in hit.reasons if reason.get("other")}
    named = radar.organizations_of(work, keys)
    return {key: names for key, (path, names) in named.items() if _runs(actor, path)}


def _runs(actor: Actor, access_path: str) -> bool:
    return actor.may(Action.RUN_RADAR, access_path)


def _judged_by(each: NewestSubmission) -> list[str]:
    """Return what decides what a round says of a submission: itself, the year before, its state."""
    return [str(each.submission_id), str(each.before_id or ""), str(each.returned)]


def _round(job: StoredJob, year: int, judged: Sequence[Judgement]) -> NewRound:
    unable = Counter(name for each in judged for name in each.unable)
    unable["all"] = sum(each.chance is None for each in judged)
    return NewRound(
        round_id=job.job_id,
        year=year,
        rules=VERSION,
        parameters={"rate": RATE, "least_share": LEAST_SHARE},
        judged=len(judged),
        listed=sum(each.is_listed for each in judged),
        unable=dict(unable),
        ordered_by=job.ordered_by,
        ordered_at=job.ordered_at,
        ended_at=clock.now(),
    )


def _hits(
    reading: Reading, judged: Sequence[Judgement], found: Sequence[NewestSubmission]
) -> list[NewHit]:
    listed = [each for each in judged if each.is_listed]
    return [
        NewHit(
            organization_id=reading.filed[each.owner].organization_id,
            access_path=found[each.owner].access_path,
            submission_id=reading.filed[each.owner].submission_id,
            year=reading.filed[each.owner].year,
            method=reading.filed[each.owner].method,
            place=place,
            chance=each.chance or 0.0,
            rate=each.rate or 0.0,
            reasons=[_plain(reading, reason) for reason in each.reasons],
            unable=list(each.unable),
        )
        for place, each in enumerate(listed, 1)
    ]


def _plain(reading: Reading, reason: Reason) -> dict[str, Any]:
    """Return a reason as it is stored: another submission by its organization."""
    other = reading.filed[reason.other].organization_id if reason.other >= 0 else None
    return {
        "kind": reason.kind,
        "chance": reason.chance,
        "places": [asdict(place) for place in reason.places],
        "months": list(reason.months),
        "told": dict(reason.told),
        "other": other,
    }
