"""Ids of the page of restatements (5.2.1 b)."""

QUERY = "enterprise-restatement-query"
RESTATEMENTS = "enterprise-restatement-content"
KNOWN_ON = "enterprise-restatement-known-on"
GWP_SET = "enterprise-restatement-gwp-set"
ORDER = "enterprise-restatement-order"
CHART = "enterprise-restatement-chart"
