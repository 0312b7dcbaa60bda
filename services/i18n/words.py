"""A phrase kept in both languages, for what is stored once and read in either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.i18n.texts import DEFAULT_LANGUAGE, language


@dataclass(frozen=True, slots=True)
class Words:
    """A phrase in Chinese and English; as text it is that of the language in use."""

    zh: str = ""
    en: str = ""

    def __str__(self) -> str:
        """Return the phrase in the language in use."""
        return self.zh if language() == DEFAULT_LANGUAGE else self.en

    def __bool__(self) -> bool:
        """Return whether anything is said."""
        return bool(self.zh or self.en)

    def with_note(self, zh: str, en: str) -> Words:
        """Return the phrase with a remark behind it, if there is one."""
        if not (zh or en):
            return self
        return Words(f"{self.zh}；{zh}", f"{self.en}; {en}")


def words_of(names: Mapping[str, str]) -> Words:
    """Return names by language as a phrase."""
    return Words(names["zh-CN"], names["en"])


def same(text: str) -> Words:
    """Return what is written alike in both languages, such as a formula."""
    return Words(text, text)
