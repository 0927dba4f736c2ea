"""Identifiers with a fixed form in all six countries: national ids, phones, e-mail, links, IBAN, full dates.

Checks come from python-stdnum and phonenumbers. A Danish CPR number is never dropped for a failed
modulus 11, which many valid ones fail since 2007: a plausible birth date is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.anonymise.finding import Span

REGIONS = ("GB", "DK", "DE", "NL", "NO", "SE")
_MONTHS = (
    r"jan(?:uary?|uari|uar)?|feb(?:ruary?|ruari|ruar)?|m[aä]r(?:ch|z|ts|s)?|maart|mrt|apr(?:il)?|ma[ijy]|mei"
    r"|june?|juni|july?|juli|aug(?:ust|ustus|usti)?|sep(?:t|tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cszt](?:ember)?"
)
_DATES = (
    re.compile(r"\b\d{4}-\d{2}-\d{2}\b"),
    re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b"),
    re.compile(rf"\b\d{{1,2}}(?:\.|st|nd|rd|th|\. of)?\s+(?:{_MONTHS})\.?,?\s+\d{{4}}\b", re.IGNORECASE),
    re.compile(rf"\b(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b", re.IGNORECASE),
)
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"']{3,300}", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b")
_DIGITS = re.compile(r"(?<![\w.])\d(?:[ .+-]{0,1}\d){7,13}(?![\w])")

Recogniser = Callable[[str], Iterator[Span]]


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    for match in _EMAIL.finditer(text):
        yield Span(match.start(), match.end(), "EMAIL", "auto", 1.0, "email", hard=True)


def links(text: str) -> Iterator[Span]:
    """Web addresses."""
    for match in _URL.finditer(text):
        end = match.start() + len(match.group().rstrip(".,;:!?)"))
        yield Span(match.start(), end, "URL", "auto", 1.0, "url", hard=True)


def ibans(text: str) -> Iterator[Span]:
    """Bank accounts with a valid checksum."""
    from stdnum import iban

    for match in _IBAN.finditer(text):
        if iban.is_valid(match.group()):
            yield Span(match.start(), match.end(), "ID", "auto", 1.0, "iban", hard=True)


def national_ids(text: str) -> Iterator[Span]:
    """Personal and health numbers of the six countries."""
    for match in _DIGITS.finditer(text):
        if _is_national_id(match.group()):
            yield Span(match.start(), match.end(), "ID", "auto", 0.95, "national_id", hard=True)


def phones(text: str) -> Iterator[Span]:
    """Phone numbers as dialled in any of the six countries."""
    import phonenumbers

    for region in REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.POSSIBLE):
            digits = sum(c.isdigit() for c in match.raw_string)
            if digits >= 8 and not _only_a_date(match.raw_string):
                yield Span(match.start, match.end, "PHONE", "auto", 0.9, "phone", hard=True)


def dates(text: str) -> Iterator[Span]:
    """Full dates: a day, a month and a year."""
    for pattern in _DATES:
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), "DATE", "auto", 0.95, "date", hard=True)


FIXED_FORMS: dict[str, Recogniser] = {
    "email": emails,
    "url": links,
    "iban": ibans,
    "national_id": national_ids,
    "date": dates,
    "phone": phones,
}


def _is_national_id(digits: str) -> bool:
    from stdnum.de import idnr
    from stdnum.dk import cpr
    from stdnum.gb import nhs
    from stdnum.nl import bsn
    from stdnum.no import fodselsnummer
    from stdnum.se import personnummer

    compact = re.sub(r"[ .-]", "", digits)
    if any(check.is_valid(compact) for check in (bsn, idnr, nhs, fodselsnummer)):
        return True
    if personnummer.is_valid(digits.replace(" ", "").replace(".", "")):
        return True
    return len(compact) == 10 and _cpr_date(cpr, compact)


def _cpr_date(cpr: object, compact: str) -> bool:
    try:
        cpr.get_birth_date(compact)  # type: ignore[attr-defined]  # stdnum is untyped
    except Exception:  # stdnum's own error for an impossible birth date
        return False
    return True


def _only_a_date(text: str) -> bool:
    return any(pattern.fullmatch(text.strip()) for pattern in _DATES)
