"""Phone numbers as people write them in the six countries and from abroad, in text of any language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.anonymise.finding import Span
from bot.anonymise.tokens import Passage

REGIONS = ("GB", "DK", "DE", "NL", "NO", "SE")
_CANDIDATE = re.compile(
    r"(?<![\w.,+])(?<![A-Za-z][-/])(?:\(?(?:\+|00) ?\d{1,3}\)?|\(?\d{2,5}\)?)(?:[ /.()-]{0,3}\d{1,4}){1,8}(?![\w])"
)
_EXTENSION = re.compile(r"[ ,]{0,2}(?:x|ext\.?|extension|durchwahl|lokal|anknytning|toestel) ?\d{1,5}\b", re.IGNORECASE)
_HOURS = re.compile(r"(?:[01]?\d|2[0-4])[.:][0-5]\d ?-? ?(?:[01]?\d|2[0-4])[.:][0-5]\d")
"""A sleep window: "20.30-02.00"."""
_MIN_DIGITS, _MAX_DIGITS = 7, 15
_NEAR = 5


def phones(passage: Passage) -> Iterator[Span]:
    """International numbers, national ones that are possible somewhere, and digits beside "tel"."""
    for match in _CANDIDATE.finditer(passage.text):
        shown = match.group()
        digits = "".join(c for c in shown if c.isdigit())
        if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS or _a_date(shown) or _HOURS.fullmatch(shown):
            continue
        start = match.start() + (shown.startswith("(") and ")" not in shown)
        further = _EXTENSION.match(passage.text, match.end())
        end = further.end() if further else match.end()
        if shown.lstrip("(").startswith(("+", "00")):
            yield Span(start, end, "PHONE", "auto", 0.97, "phone", hard=True)
        elif _announced(passage, match.start()) or _possible(digits):
            yield Span(start, end, "PHONE", "auto", 0.9, "phone", hard=True)


def _announced(passage: Passage, start: int) -> bool:
    return any(w.low in passage.vocabulary.phones for w in passage.left_of(start, _NEAR))


def _possible(digits: str) -> bool:
    """A full national number with its trunk zero, or a valid eight-digit one of Denmark and Norway."""
    import phonenumbers

    if digits.startswith("0"):
        return 9 <= len(digits) <= 13  # the shortest and longest with a trunk zero in the six countries
    for region in REGIONS:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(number, region):
            return True
    return False


def _a_date(text: str) -> bool:
    return re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}", text.strip()) is not None
