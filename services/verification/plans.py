"""The sampling plan of a verification: drawn by risk, kept with its seed, drawn again by anybody.

What each row is drawn by is kept with the plan, so that nothing that changes later (checks, a
newer version, another year) draws otherwise.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services import clock
from services.algorithms.sampling import (
    Drawn,
    Item,
    RiskFacts,
    TooMuchExpectedError,
    Weights,
    draw,
    sample_size,
    sampling_interval,
    start_of,
    weight_of,
)
from services.data import verification_work
from services.data.engine import Database
from services.data.verification_work import StoredPlan
from services.data.verifications import OPEN_STATES, StoredVerification
from services.data.work import Work
from services.errors import PlatformError
from services.security.permissions import Action, Actor
from services.security.trail import Deed
from services.standards.catalog import Catalog
from services.verification.access import StepError, held, of_team, refusals_told, scope_of
from services.verification.engagements import record
from services.verification.risk import facts_of
from services.verification.sampling_rules import sampling_rules
from services.verification.versions import Version, version_of

WAY = "systematic-pps-1"
CERTAIN, DRAWN, NOT_DRAWN = "certain", "drawn", "not"
TAKEN = (CERTAIN, DRAWN)
SEED_BYTES = 8


class PlanError(PlatformError):
    """A plan cannot be so: its materiality, confidence or expected error."""

    text_key = "verification_plan"


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What a plan is to reach; shares of the total (0.05 is 5 %) and a confidence (0.95)."""

    materiality: float
    confidence: float
    expected: float = 0.0


def draw_plan(
    actor: Actor, database: Database, catalog: Catalog, verification_id: UUID, order: PlanOrder
) -> int:
    """Draw a plan for the version that counts and return its number; those before it stay."""
    rules = sampling_rules(clock.today())
    expansion = rules.expansion(order.confidence)
    if expansion is None:
        raise PlanError("confidence", value=order.confidence)
    if not 0 < order.materiality <= rules.materiality.share:
        raise PlanError("materiality", value=order.materiality)
    if not order.expected >= 0:
        raise PlanError("expected", value=order.expected)
    with (
        database.work(scope_of(actor, database, Action.VERIFY)) as work,
        refusals_told(verification_id),
    ):
        found = held(work, actor, Action.VERIFY, verification_id, lock=True)
        of_team(work, actor, found, lead=True)
        if found.state not in OPEN_STATES:
            raise StepError("plan", value=found.year)
        plan = _drawn(work, catalog, found, (order, expansion), actor.person_id)
        verification_work.add_plan(work, found, plan)
        after = {"plan": plan.number, **plan.parameters, "rows": len(picked(plan))}
        record(work, actor, found, Deed("draw_sample", "", after=after))
        work.commit()
    return plan.number


def picked(plan: StoredPlan) -> list[Mapping[str, Any]]:
    """Return the rows that a plan looks at."""
    return [each for each in plan.picks if each["why"] != NOT_DRAWN]


def is_drawn_again(plan: StoredPlan) -> bool:
    """Return whether the seed and the sizes that a plan keeps give the rows that it names."""
    again = _draw(plan.picks, plan.parameters)
    told = {name: sorted(p["key"] for p in plan.picks if p["why"] == name) for name in TAKEN}
    return told == {CERTAIN: sorted(again.certain), DRAWN: sorted(again.drawn)}


def _drawn(
    work: Work,
    catalog: Catalog,
    found: StoredVerification,
    asked: tuple[PlanOrder, float],
    person_id: int,
) -> StoredPlan:
    version = version_of(work, found)
    facts, weights = facts_of(work, catalog, found, version), Weights()
    parameters = _parameters(asked, version, facts, weights)
    picks = [_pick(each, version.rows[each.key].line, weights) for each in facts]
    drawn = _draw(picks, parameters)
    why = dict.fromkeys(drawn.certain, CERTAIN) | dict.fromkeys(drawn.drawn, DRAWN)
    earlier = verification_work.plans(work, found)
    return StoredPlan(
        number=len(earlier) + 1,
        submission_id=version.submission.submission_id,
        run_id=version.run.run_id,
        parameters=parameters,
        picks=[each | {"why": why.get(str(each["key"]), NOT_DRAWN)} for each in picks],
        made_by=person_id,
        made_at=clock.now(),
    )


def _parameters(
    asked: tuple[PlanOrder, float], version: Version, facts: Sequence[RiskFacts], weights: Weights
) -> dict[str, Any]:
    order, expansion = asked
    total = abs(version.run.total_t)
    sizes = [abs(f.co2e_t) * weight_of(f, weights) for f in facts if f.co2e_t is not None]
    try:
        interval = sampling_interval(
            order.materiality * total, order.confidence, order.expected * total, expansion
        )
    except TooMuchExpectedError:
        # Also where the year emits nothing, of which no share is material.
        raise PlanError("expected", value=order.expected) from None
    return {
        **{"way": WAY, "seed": secrets.token_hex(SEED_BYTES), "interval_t": interval},
        **{"materiality": order.materiality, "tolerable_t": order.materiality * total},
        **{"confidence": order.confidence, "expected": order.expected, "expansion": expansion},
        **{"total_t": version.run.total_t, "weighted_t": math.fsum(sizes)},
        **{"hits": sample_size(math.fsum(sizes), interval), "weights": asdict(weights)},
    }


def _pick(facts: RiskFacts, line: int, weights: Weights) -> dict[str, Any]:
    weight = weight_of(facts, weights)
    told = {"key": facts.key, "line": line, "co2e_t": facts.co2e_t, "weight": weight}
    return told | {"reasons": list(facts.reasons), "half_width": facts.half_width}


def _draw(picks: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> Drawn:
    interval = float(parameters["interval_t"])
    items = [
        Item(p["key"], None if p["co2e_t"] is None else abs(p["co2e_t"]) * float(p["weight"]))
        for p in picks
    ]
    return draw(items, interval, start_of(str(parameters["seed"]), interval))
