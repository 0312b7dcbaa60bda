"""What axe-core calls serious or critical on a page (ui.md)."""

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")


def serious_findings(name, page):
    """Return what axe calls serious or critical: scene, rule, element and what is missing."""
    return [
        f"{name} {rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]
