"""The radar over a simulated population a tenth the size of the measurement, with bounds."""

import numpy as np
import pytest

from bench._forgeries import PLANTS, STRENGTHS, filed, population
from bench.radar import run_radar
from services.collection.radar.judging import RATE, judge
from services.collection.radar.reading import read

SEED, FIRMS = 4, 300


@pytest.fixture(scope="module")
def outcome(catalog):
    return run_radar(catalog, SEED, FIRMS, each=1)


def listed(outcome, strength):
    return {kind for kind in PLANTS if outcome.recall(kind, strength)[0]}


def test_of_strong_inventions_nearly_all_are_listed(outcome):
    assert {"repeated", "flat", "smooth", "locked", "edits", "twin", "copy", "last_year"} <= listed(
        outcome, "strong"
    )
    assert len(listed(outcome, "strong")) >= 9


def test_of_medium_ones_more_than_half_are_listed(outcome):
    assert len(listed(outcome, "medium")) >= 6


def test_the_first_of_the_list_are_all_planted_and_most_of_it_is(outcome):
    assert outcome.precision(outcome.judged[:15]) == 1
    assert outcome.precision(outcome.listed) >= 0.65


def test_an_honest_population_does_not_flood_the_list(catalog):
    assert len(run_radar(catalog, SEED, FIRMS, each=0).listed) <= 0.04 * FIRMS


def test_each_kind_is_found_for_its_own_reason(outcome):
    names = {"hidden": {"band", "consumption"}}
    for judgement in outcome.judged:
        kind, strength = outcome.firms[judgement.owner].planted
        if strength == "strong" and judgement.is_listed and kind != "digits":
            told = {reason.kind for reason in judgement.reasons}
            assert told & names.get(kind, {kind}), (kind, told)


def test_a_twin_names_the_one_it_was_copied_from(outcome):
    for judgement in outcome.judged:
        kind, strength = outcome.firms[judgement.owner].planted
        if kind == "twin" and strength == "strong":
            reason = next(r for r in judgement.reasons if r.kind == "twin")
            assert outcome.firms[reason.other].planted[0] == "source"


def test_the_list_is_in_the_order_of_the_chances_and_cut_at_the_rate(outcome):
    chances = [j.chance for j in outcome.judged if j.chance is not None]
    assert chances == sorted(chances)
    rates = [j.rate for j in outcome.listed]
    assert max(rates) <= RATE
    assert all(j.rate > RATE for j in outcome.judged[len(rates) :] if j.rate is not None)


def test_a_lonely_firm_is_judged_by_few_tests_and_says_by_which_not(catalog):
    (alone,) = judge(catalog, read(catalog, filed(population(SEED, 3, 0))[:1]))
    assert {"smooth", "locked", "twin", "last_year", "consumption", "copy"} <= set(alone.unable)
    assert "repeated" not in alone.unable
    assert not alone.is_listed


def test_who_gave_one_figure_for_the_year_cannot_be_judged(catalog):
    (whole,) = filed(population(SEED, 3, 0))[:1]
    yearly = [row for row in whole.rows if row.cells["month"] == "1"]
    for row in yearly:
        del row.cells["month"]
    changed = type(whole)(whole.organization_id, whole.submission_id, whole.year, whole.method,
                          yearly)  # fmt: skip
    (found,) = judge(catalog, read(catalog, [changed]))
    # What no process can do is told of a single figure too.
    assert set(found.unable) >= {"repeated", "flat", "smooth", "digits", "twin", "edits"}
    assert found.chance in (None, 1.0)


def test_the_same_seed_makes_the_same_firms_and_another_one_others():
    first, again, other = (filed(population(seed, 6, 0)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(STRENGTHS) == 3
    assert np.isfinite(float(first[0].rows[0].cells["Q_clinker"].replace(",", "")))
