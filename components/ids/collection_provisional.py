"""Ids of the page of provisional emissions (4.2 c)."""

QUERY = "collection-provisional-query"
CONTENT = "collection-provisional-content"
SHOWN = "collection-provisional-shown"
ORGANIZATION = "collection-provisional-organization"
MONTH = "collection-provisional-month"
CHART = "collection-provisional-chart"
PATH = "/collection/provisional"
