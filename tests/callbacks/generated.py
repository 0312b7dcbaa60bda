"""Requests made from the contract of the API by schemathesis; what is wrong with the answers."""

from dataclasses import dataclass, field

import psycopg
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.data.metadata import metadata
from services.security.permissions import PERMISSIONS, Role
from tests.callbacks.other_firm import BEGUN, FILED
from tests.callbacks.programs import token_for

CHECKS = (
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    response_schema_conformance,
)
EVERY = PERMISSIONS[Role.REPORTER]


@dataclass
class Found:
    """How much was sent to how many operations, what was answered, and what was wrong."""

    operations: int = 0
    sent: int = 0
    statuses: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)


class Generated:
    """Sends so many generated requests to each operation, half of them of another form."""

    def __init__(self, app, firm, other, each, start):
        load_all_checks()
        self.firm, self.other, self.each, self.start = firm, other, each, start
        self.found = Found()
        self.schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app.server)
        token = token_for(firm.database, firm.login(Role.REPORTER), EVERY)
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}

    def run(self):
        """Send all and return what was found."""
        for result in self.schema.get_all_operations():
            operation = result.ok()
            self.found.operations += 1
            self._send(operation, GenerationMode.POSITIVE, self._own(operation))
            if next(iter(operation.iter_parameters()), None) or len(operation.body):
                self._send(operation, GenerationMode.NEGATIVE, {})
        return self.found

    def _own(self, operation):
        """Return the parts of an address that lead to what is the firm's."""
        firm = self.firm
        year = BEGUN if "entries" in operation.path else FILED
        named = {"organization_id": firm.key, "year": year, "run_id": str(firm.run_id)}
        named |= {"job_id": str(firm.report_job), "format": "xlsx", "code": "GWP.AR5.CH4"}
        return {p.name: named[p.name] for p in operation.path_parameters}

    def _send(self, operation, mode, path):
        headers = self.headers | self._match(operation, path)
        given_path = {"path_parameters": path} if path else {}

        @seed(self.start)
        @settings(
            max_examples=self.each,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode, **given_path))
        def send(case):
            self._check(case, headers)

        send()

    def _match(self, operation, path):
        """Return the ETag of the draft for a change of it, so that some changes go through."""
        if operation.method.upper() != "PUT" or not path:
            return {}
        address = operation.path.format(**path)
        answer = operation.app.test_client().get(address, headers=self.headers)
        return {"If-Match": answer.headers["ETag"]}

    def _check(self, case, headers):
        response = case.call(headers=headers)
        found = self.found
        found.sent += 1
        found.statuses[response.status_code] = found.statuses.get(response.status_code, 0) + 1
        try:
            case.validate_response(response, checks=list(CHECKS))
        except FailureGroup as failures:
            told = "; ".join(str(one).splitlines()[0] for one in failures.exceptions)
            found.wrong.append(f"{case.method} {case.path} {response.status_code}: {told}")


def everything_written(superuser_url, firm):
    """Return the rows of a firm in every table, with the transaction that wrote each."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        return {
            name: connection.execute(
                f"SELECT count(*), md5(string_agg(t.xmin::text || t::text, '|' ORDER BY t::text))"
                f" FROM {name} t WHERE organization_id = %s",
                (firm.key,),
            ).fetchone()
            for name, table in metadata.tables.items()
            if "organization_id" in table.columns
        }
