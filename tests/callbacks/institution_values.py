"""What the page of institutions sends about an organization."""

from uuid import UUID

from services.clock import today


def institution_values(code, login, year):
    """Return the values of its fields by their ids; the institution is not there."""
    typed = {"kind": "technical_service", "code": f"JG-{code}", "name": "x", "name-en": "x"}
    typed |= dict.fromkeys(("staff-first", "tie-first", "end-day"), today().isoformat())
    typed |= {"staff-last": "", "tie-last": "", "relation": "compiles", "organization": code}
    typed |= {"login": login, "years": str(year), "query": {"institution": str(UUID(int=9))}}
    return {f"administration-institutions-{name}": value for name, value in typed.items()}
