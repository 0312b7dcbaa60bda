"""Ids of the page of parameters (7.2)."""

PATH = "/administration/parameters"
QUERY = "administration-parameters-query"
CONTENT = "administration-parameters-content"
