"""Dates of a day or of a month with its year, in figures and in words; feast days; birth dates as yymmdd.

A bare month or day ("in October", "the 24th") is doubtful, years alone and weekdays stay readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage
from bot.anonymise.vocabulary import all_months, word_set

_YEAR = r"(?:(?:19|20)\d{2}|['’]\d{2})"
_ISO = re.compile(r"(?<![\w-])(?:19|20)\d{2}([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?![\w-])")
_FULL = re.compile(
    r"(?<![\w.,/-])(?:0?[1-9]|[12]\d|3[01]) ?([./-]) ?(?:0?[1-9]|1[0-2]|[12]\d|3[01]) ?\1 ?"
    r"(?:(?:19|20)\d{2}|\d{2})(?![\w])(?![/-]\d)"
)
_MONTH_YEAR = re.compile(r"(?<![\w.,/-])(?:0[1-9]|1[0-2])[/-](?:(?:19|20)\d{2}|[12]\d)(?![\w/-])(?!\.\d)")
_DOTTED = re.compile(r"(?<![\w.,/-])(?:0?[1-9]|[12]\d|3[01])\. ?(?:0?[1-9]|1[0-2])\.(?![\d])")
_SHORT = re.compile(r"(?<![\w.,/-])(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])(?![\w%/-])(?!\.\d)")
_BORN = re.compile(
    r"\b(?:dob|d\.o\.b|born|født|född|fødd|föd|f|geb|geboren|geboortedatum|geb\.datum|fødselsdato|fødselsdag|födelsedatum)"
    r"\.?:? {0,2}(?:den |am |op |on )?(\d{6}|\d{8})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:the |on |~|mon |tue |tues |wed |thu |thurs |fri |sat |sun )(?:the )?(\d{1,2}(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
_NORDIC_DAY = re.compile(r"\b(?:d\.|den) (\d{1,2}\.)(?= )", re.IGNORECASE)
_USUAL_TOTALS = frozenset({2, 3, 4, 5, 7, 8, 10, 12})
"""What things are counted out of: "3/7", "2/10"."""
DATE_LEADS = word_set("date_leads")
_COUNTED = word_set("counted")


def dates(passage: Passage) -> Iterator[Span]:
    """Every form of date, the surest first."""
    yield from _in_words(passage)
    for pattern in (_ISO, _FULL):
        for match in pattern.finditer(passage.text):
            yield Span(match.start(), match.end(), "DATE", "auto", 0.95, "date", hard=True)
    for match in _BORN.finditer(passage.text):
        yield Span(match.start(1), match.end(1), "DATE", "auto", 0.97, "date", hard=True)
    for match in _MONTH_YEAR.finditer(passage.text):
        if _left(passage, match.start())[0] not in _COUNTED:
            yield Span(match.start(), match.end(), "DATE", "auto", 0.8, "date")
    yield from _without_year(passage)
    for pattern in (_ORDINAL, _NORDIC_DAY):
        for match in pattern.finditer(passage.text):
            yield Span(match.start(1), match.end(1), "DATE", "check", 0.5, "date")
    yield from _feasts(passage)


def _in_words(passage: Passage) -> Iterator[Span]:
    """ "3 March 2026", "May 9", "20 to 28 March", "November 2025"."""
    day_month, month_day, month_year = _word_patterns()
    for pattern, tier in ((day_month, "auto"), (month_day, "auto"), (month_year, "auto")):
        for match in pattern.finditer(passage.text):
            if pattern is month_day and _a_verb(match):
                continue
            full = re.search(r"\d{4}", match.group()) is not None and pattern is not month_year
            yield Span(match.start(), match.end(), "DATE", tier, 0.93, "date", hard=full)  # type: ignore[arg-type]  # a tier


@cache
def _word_patterns() -> tuple[re.Pattern[str], ...]:
    months = "|".join(sorted(all_months(), key=len, reverse=True))
    month, day = rf"(?:{months})\b\.?", r"(?:0?[1-9]|[12]\d|3[01])"
    year = rf"(?:,? {{0,2}}{_YEAR}\b)?"
    suffix = r"(?:st|nd|rd|th|ten|te|\.|:?[ea]|de|ste)?"
    return (
        re.compile(
            rf"(?<![\w.,/-])(?:{day}{suffix} {{0,2}}(?:to|and|bis|und|til|till|og|och|tot|en|t/m|-|–|&) {{0,2}})?"
            rf"{day}{suffix}(?: of)?[ -]{{0,2}}{month}{year}",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b{month} {day}(?:st|nd|rd|th)?(?![\w%.:]\d|\w| ?(?:mg|min|%|weeks|modul))(?:,? {{0,2}}{_YEAR}\b)?",
            re.IGNORECASE,
        ),
        re.compile(rf"\b{month},? {{0,2}}(?:of )?{_YEAR}\b|\b{month} \d{{2}}(?=[.,;)])", re.IGNORECASE),
    )


def _a_verb(match: re.Match[str]) -> bool:
    """ "may 9", "mar 3" in small letters are no dates unless written like one."""
    return (
        re.match(r"(?:may|mar|des|dec|mai|maj) ", match.group()) is not None
        and match.group()[0].islower()
        and "may" in match.group()
    )


def _without_year(passage: Passage) -> Iterator[Span]:
    """ "1.4.", "28/1", "3-2": dates beside a word that leads to one; without it only where nothing is counted."""
    taken: set[int] = set()
    for match in _DOTTED.finditer(passage.text):
        lead, further = _left(passage, match.start())
        if lead not in _COUNTED and (lead in DATE_LEADS or not _scored(passage, lead)):
            taken.add(match.start())
            sure = lead in DATE_LEADS or further in DATE_LEADS
            yield Span(match.start(), match.end(), "DATE", "auto" if sure else "check", 0.85, "date")
    for match in _SHORT.finditer(passage.text):
        if match.start() in taken:
            continue
        lead, further = _left(passage, match.start())
        if lead in _COUNTED or _scored(passage, lead):
            continue
        day, month = (int(part) for part in re.split(r"[/.-]", match.group())[:2])
        if lead in DATE_LEADS:
            tier = "auto" if match.group(1) == "/" or lead in ("d", "den", "am", "op") else "check"
            yield Span(match.start(), match.end(), "DATE", tier, 0.8, "date")  # type: ignore[arg-type]  # a tier
        elif (
            match.group(1) == "/"
            and (day > month or further in DATE_LEADS or month not in _USUAL_TOTALS)
            and not _counted_after(passage, match.end())
        ):
            yield Span(match.start(), match.end(), "DATE", "check", 0.6, "date")


def _feasts(passage: Passage) -> Iterator[Span]:
    """Feast days, which are a date, and feast seasons with their year."""
    for match in _feast_pattern(passage.vocabulary.feast_days).finditer(passage.text):
        yield Span(match.start(), match.end(), "DATE", "auto" if match.group(1) else "check", 0.7, "date")
    for match in _feast_pattern(passage.vocabulary.feast_seasons).finditer(passage.text):
        if match.group(1):
            yield Span(match.start(), match.end(), "DATE", "auto", 0.8, "date")


@cache
def _feast_pattern(feasts: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(
        re.escape(feast).replace("\\ ", r"[ ]{1,2}").replace("'", "['’]?")
        for feast in sorted(feasts, key=len, reverse=True)
    )
    return re.compile(rf"(?<![\w-])(?:{names})s?(?![\w-])(?:,? ((?:19|20)\d\d|['’]\d\d)\b)?", re.IGNORECASE)


def _left(passage: Passage, start: int) -> tuple[str, str]:
    """The two words before a place of the text, without case."""
    before = [w.low for w in passage.left_of(start, 2)]
    return (before[-1] if before else "", before[-2] if len(before) > 1 else "")


def _scored(passage: Passage, lead: str) -> bool:
    return lead in passage.shared.tests or lead.partition("-")[0] in passage.shared.tests


def _counted_after(passage: Passage, end: int) -> bool:
    following = passage.right_of(end)
    return following is not None and following.low in _COUNTED
