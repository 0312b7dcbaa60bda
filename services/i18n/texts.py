"""Words on screen and paper, in Chinese and English, read from the TOML files of each area."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("zh-CN", "en")
DEFAULT_LANGUAGE = "zh-CN"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


class TextNotFoundError(LookupError):
    """A text key is used that no file defines."""


def language() -> str:
    """Return the language in use: zh-CN or en."""
    return _language.get()


def set_language(code: str) -> None:
    """Use a language from here on in this context (a request, a job)."""
    _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Use a language inside the block."""
    token = _language.set(code if code in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def texts(code: str) -> Mapping[str, str]:
    """Return every text of a language by its dotted key; two files may not define one key."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / code.replace("-", "_")).glob("*.toml")):
        entries = dict(_flatten(tomllib.loads(path.read_text(encoding="utf-8"))))
        twice = found.keys() & entries.keys()
        if twice:
            raise ValueError(f"{path} defines {sorted(twice)[:5]} again; keep one of them.")
        found |= entries
    return found


def t(key: str, **values: object) -> str:
    """Return the text of a key in the language in use, with its places filled."""
    text = texts(language()).get(key)
    if text is None:
        raise TextNotFoundError(f"{key} has no text in {language()}; add it under {FOLDER}.")
    return text.format_map(values) if values else text


def has_text(key: str) -> bool:
    """Return whether the language in use has a text for the key."""
    return key in texts(language())


def _flatten(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{key}.")
        else:
            yield key, str(value)
