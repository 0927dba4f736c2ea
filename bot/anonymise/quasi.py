"""Quasi-identifiers: what may point at a person without naming them. Its author is asked, with advice.

A flag covers the telling words up to the end of their phrase. For some kinds a broader word can stand instead; a
verbatim message and one's own clinic are for the author to write differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.anonymise.finding import BROADER, QuasiFlag
from bot.anonymise.tokens import Passage

KINDS = ("job", "event", "home", "family", "message", "clinic")
_OF = frozenset({"of", "von", "af", "av", "van"})
_REST = re.compile(r"(?: [^\W\d_][\w'’-]*){0,4}")


def quasi_flags(field: str, passage: Passage) -> Iterator[QuasiFlag]:
    """One flag a kind and field, at the first phrase that calls for it; `gate.flag.<kind>` is the advice."""
    for kind in KINDS:
        match = _phrases(passage.vocabulary.quasi[kind]).search(passage.text)
        if match:
            yield _flag(field, match.start(), _end(passage, match.end()) if kind in BROADER else match.end(), kind)
    country = next((word for word in passage.words if word.low in passage.shared.countries and word.capital), None)
    if country is not None:
        yield _flag(field, country.start, country.end, "country")


def _flag(field: str, start: int, end: int, kind: str) -> QuasiFlag:
    return QuasiFlag(field, start, end, kind, f"gate.flag.{kind}")


def _end(passage: Passage, end: int) -> int:
    """The end of the phrase: up to four more words, before a sign or a small word that begins something new."""
    rest = _REST.match(passage.text, end)
    last = end
    for word in passage.between(end, rest.end() if rest else end):
        if word.start > end and (word.low in passage.vocabulary.verbs or word.low in passage.vocabulary.into - _OF):
            break
        last = word.end
    return last


@cache
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(phrase.strip())}" for phrase in phrases), re.IGNORECASE)
