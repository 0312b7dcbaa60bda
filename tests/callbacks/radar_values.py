"""What the radar says of a firm with something to hide, and what its page sends."""

from uuid import UUID

from services.clock import now
from services.data import radar
from services.data.engine import SYSTEM_SCOPE
from services.data.radar import NewHit, NewMark, NewRound


def keep_round(firm, year):
    """Keep a round over the firm that lists a submission of it, with a mark; return its id."""
    round_id, person = UUID(int=firm.number * 10 + 7), firm.staff[0].person_id
    place = {"source": "fuel", "item": "diesel", "key": "", "symbol": "FC", "number": 0}
    reason = {"kind": "flat", "chance": 1e-6, "places": [place], "months": [1, 2, 3],
              "told": {"number": 3.0, "level": 987.0}, "other": None}  # fmt: skip
    new = NewRound(round_id, year, "test", {"rate": 0.05, "least_share": 0.01}, 1, 1,
                   {"all": 0, "twin": 1}, person, now(), now())  # fmt: skip
    hit = NewHit(firm.key, firm.firm.access_path, firm.waiting_id, year, firm.firm.method, 1,
                 1e-6, 1e-6, [reason], ["twin"])  # fmt: skip
    mark = NewMark(round_id, firm.waiting_id, "passed", firm.watched, person, now())
    with firm.database.work(SYSTEM_SCOPE) as work:
        radar.add(work, firm.firm, new, [hit])
        radar.mark(work, radar.hit(work, round_id, firm.waiting_id), mark)
        work.commit()
    return round_id


def radar_values(firm, key, year):
    """Return what the page of the radar sends: a form to order, and the round that is shown."""
    return {
        "collection-radar-query": {"round": str(firm.radar)},
        "collection-radar-place": str(key),
        "collection-radar-year": str(year),
        "radar-verdict": "sound",
        "radar-comment": "geprüft",
    }
