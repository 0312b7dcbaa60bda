"""Firms of a town with two years of figures, of which one took another's as its own."""

from bench._forgeries import CLINKER, POWER, YEAR, filed, population
from bench._forgeries import COAL as COAL_USED
from services import jobs
from services.clock import now
from services.collection.radar import rounds
from services.collection.radar.rounds import RoundOrder
from services.data import submissions
from services.data.engine import SYSTEM_SCOPE
from services.data.submissions import NewSubmission
from services.security.permissions import Role
from tests.places import NANJING, add_firm, add_person

FIRMS, COPIED, COPY = 24, 0, 3


class Queue:
    def __init__(self):
        self.ids = []

    def enqueue(self, job_id):
        self.ids.append(job_id)


class Town:
    """Firms of one method with two years of figures, of which one took another's as its own."""

    def __init__(self, database, catalog, place=NANJING, officer="officer"):
        self.database, self.catalog, self.queue = database, catalog, Queue()
        self.place = place
        self.officer = add_person(database, officer, (Role.BUREAU_OFFICER, place))
        made = [firm for firm in population(5, 3 * FIRMS, 0) if firm.sector == 0]
        for key in (CLINKER, COAL_USED, POWER):
            made[COPY].lines[key] = made[COPIED].lines[key]
        self.firms = [self.submit(each, number) for number, each in enumerate(filed(made))]

    def submit(self, made, number):
        firm = add_firm(self.database, f"T{self.place}{number}", self.place, made.method)
        with self.database.work(SYSTEM_SCOPE) as work:
            for year, rows in ((YEAR - 1, made.before), (YEAR, made.rows)):
                new = NewSubmission(year, made.method, "voluntary", "320100", "manual", "",
                                    [], self.officer.person_id, now())  # fmt: skip
                submissions.add(work, firm, new, rows)
            work.commit()
        return firm

    def order(self, actor=None, year=YEAR):
        order = RoundOrder(self.place, year)
        return rounds.order_round(actor or self.officer, self.database, self.queue, order)

    def take(self, job):
        with self.database.work(SYSTEM_SCOPE) as work:
            taken = jobs.take(work, job.job_id)
            work.commit()
        return taken

    def run(self, job, actor=None):
        rounds.run_round(self.database, self.catalog, actor or self.officer, self.take(job))
        return job.job_id
