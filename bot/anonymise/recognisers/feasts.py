"""Feast days, which are a date, and feast seasons with their year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage


def feasts(passage: Passage) -> Iterator[Span]:
    """ "Shrove Tuesday", "andre påskedag"; "Christmas 2024", never "Christmas" alone."""
    for match in _pattern(passage.vocabulary.feast_days).finditer(passage.text):
        yield Span(match.start(), match.end(), "DATE", "auto" if match.group(1) else "check", 0.7, "date")
    for match in _pattern(passage.vocabulary.feast_seasons).finditer(passage.text):
        if match.group(1):
            yield Span(match.start(), match.end(), "DATE", "auto", 0.8, "date")


def a_feast(passage: Passage, text: str) -> bool:
    """The text is the name of a feast day and nothing else."""
    return _pattern(passage.vocabulary.feast_days).fullmatch(text) is not None


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    said = "|".join(
        re.escape(name).replace("\\ ", r"[ ]{1,2}").replace("'", "'?") for name in sorted(names, key=len, reverse=True)
    )
    return re.compile(rf"(?<![\w-])(?:{said})s?(?![\w-])(?:,? ((?:19|20)\d\d|'\d\d)\b)?", re.IGNORECASE)
