"""Words for pages, which hold layout only and do not reach for services."""

from __future__ import annotations

from services.i18n.texts import t


def text(key: str, **values: object) -> str:
    """Return the text of a key in the visitor's language."""
    return t(key, **values)
