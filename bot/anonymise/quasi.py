"""Quasi-identifiers: what may point at a person without naming them. Its author is asked, with advice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.anonymise.finding import QuasiFlag
from bot.anonymise.passage import Passage

KINDS = ("job", "event", "home", "family", "message", "clinic")


def quasi_flags(field: str, passage: Passage) -> Iterator[QuasiFlag]:
    """One flag a kind and field, at the first phrase that calls for it; `gate.flag.<kind>` is the advice."""
    for kind in KINDS:
        match = _phrases(passage.vocabulary.quasi[kind]).search(passage.text)
        if match:
            yield QuasiFlag(field, match.start(), match.end(), kind, f"gate.flag.{kind}")


@cache
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(phrase.strip())}" for phrase in phrases), re.IGNORECASE)
