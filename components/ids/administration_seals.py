"""Ids of the page of seals and proofs (7.2)."""

PATH = "/administration/seals"
QUERY = "administration-seals-query"
CONTENT = "administration-seals-content"
LAST = "administration-seals-last"
CHECKS = "administration-seals-checks"
CHECK = "administration-seals-check"
CLOCK = "administration-seals-clock"
